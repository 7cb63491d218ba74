import Testing
import Core

@Suite struct `Suggestions for misspelled names` {
  private static let known = [
    "references", "prompt", "output", "id", "tier", "model", "mask", "page", "aspect", "match-color",
    "max-bytes",
  ]

  @Test(arguments: [
    ("teir", "tier"), ("itre", nil), ("iter", "tier"), ("tire", "tier"), ("reference", "references"),
    ("refernces", "references"), ("Max_Bytes", "max-bytes"), ("maxbytes", "max-bytes"),
    ("asepct", "aspect"), ("odel", "model"), ("promt", "prompt"), ("matchcolor", "match-color"),
    // Short words are near to many names, and are often words in their own right.
    ("sku", nil), ("ids", nil), ("age", nil), ("task", nil), ("notes", nil), ("mood", nil), ("", nil),
    ("a word that is longer than any name could ever be", nil),
  ])
  func `typing errors find the name that was meant`(typed: String, meant: String?) {
    #expect(Self.known.nearest(to: typed) == meant)
  }

  @Test func `a suggestion is within the requested distance, and long names end the search early`() {
    #expect(["apiyi", "google"].nearest(to: "gogle", within: 0) == nil)
    #expect(["apiyi", "google"].nearest(to: "goo", within: 3) == "google")
    #expect(["aaaa", "abaa"].nearest(to: "abab", within: 2) == "abaa")
    let long = String(repeating: "x", count: 100_000)
    #expect([long].nearest(to: long + "y") == long)
  }
}
