import Core
import Testing

@Suite struct `Texts that are shown or compared` {
  @Test(arguments: [
    ("https://h.example/a.png", "https://h.example/a.png", "https://h.example/a.png"),
    ("https://h.example/a.png?sig=s", "https://h.example/a.png", "https://h.example/a.png?…"),
    ("https://h.example/a.png#sig=s", "https://h.example/a.png", "https://h.example/a.png#…"),
    ("https://me:s@h.example/a@b.png", "https://***@h.example/a@b.png", "https://***@h.example/a@b.png"),
    ("https://me:s@h.example?k=s#s", "https://***@h.example", "https://***@h.example?…"),
    ("a.png?s", "a.png", "a.png?…"), ("", "", ""),
  ])
  func `a URL is shown without password, query, and fragment`(url: String, plain: String, marked: String) {
    #expect(url.withoutURLSecrets == plain)
    #expect(url.loggableURL == marked)
  }

  @Test(arguments: [
    ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true),
    ("[::1]", true), ("127.evil.example", false), ("127.0.0.1.example", false), ("127.0.0.256", false),
    ("", false),
  ])
  func `a loopback host is recognized by its whole name`(host: String, isLoopback: Bool) {
    #expect(LoopbackName.matches(host) == isLoopback)
  }

  @Test(arguments: [
    ("/a/b-1.sqlite", "/a/b-1.sqlite"), ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#),
    ("$HOME", "'$HOME'"), ("ä", "'ä'"),
  ])
  func `a word is quoted for a shell only where that is needed`(word: String, quoted: String) {
    #expect(word.shellWord == quoted)
  }

  @Test func `the edit distance counts a swap once`() {
    #expect(Array("5afc07".utf8).editDistance(to: Array("5acf07".utf8)) == 1)
    #expect(Array("abc".utf8).editDistance(to: []) == 3 && [UInt8]().editDistance(to: [1]) == 1)
    #expect(Array("kitten").editDistance(to: Array("sitting")) == 3)
  }
}
