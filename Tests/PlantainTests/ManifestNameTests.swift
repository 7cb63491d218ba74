import Foundation
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// Mistakes that would otherwise be paid for are found before anything is sent.
@Suite struct `Mistakes in a manifest` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.jpg", "b.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 32, height: 24)), as: name)
    }
  }

  private func read(
    _ text: String, as name: String = "m.csv", prompt: String? = nil, gateway: Gateway = .apiyi
  ) throws -> Manifest {
    try folder.write(Array(text.utf8), as: name)
    return try Manifest(
      reading: folder.file(name), Manifest.Defaults(prompt: prompt, folder: folder.file("out")), for: gateway)
  }

  @Test(arguments: [
    ("references,prompt,teir", "a.jpg,warm,4K", "teir", "tier"),
    ("reference,prompt", "a.jpg,warm", "reference", "references"),
    ("picture,prompt", "a.jpg,warm", "picture", "references"),
    ("Image,prompt", "a.jpg,warm", "Image", "references"),
    ("references,prompt,photos", "a.jpg,warm,b.jpg", "photos", "references"),
    ("references,text", "a.jpg,warm", "text", "prompt"),
    ("references,promt", "a.jpg,warm", "promt", "prompt"),
    ("references,prompt,ouput", "a.jpg,warm,x.png", "ouput", "output"),
    ("references,prompt,match color", "a.jpg,warm,true", "match color", "match-color"),
    ("references,prompt,max_bytes", "a.jpg,warm,2MB", "max_bytes", "max-bytes"),
    ("references,prompt,aspect ratio", "a.jpg,warm,1:1", "aspect ratio", "aspect"),
    // Also if its cells are empty.
    ("references,prompt,modell", "a.jpg,warm,", "modell", "model"),
  ])
  func `a column near a known name is an error`(
    head: String, row: String, column: String, nearest: String
  ) throws {
    let manifest = try read("\n\(head)\n\(row)\n", prompt: "a default")
    let problem = try #require(manifest.problems.first)
    #expect(manifest.problems.count == 1 && manifest.items.isEmpty, "\(manifest.problems)")
    #expect(problem.message.contains("m.csv, line 2, column \(column)"), "\(problem)")
    #expect(problem.nearest == nearest && problem.hint?.contains(nearest) == true, "\(problem)")
    #expect(problem.exitStatus == 65)
  }

  @Test(arguments: [
    (#"{"references": ["a.jpg"], "prompt": "warm", "prompt": "cold"}"#, "prompt"),
    (#"{"references": ["a.jpg"], "prompt": "x", "tier": null, "tier": "4K"}"#, "tier"),
    (#"{"references": ["a.jpg"], "prompt": "x", "t\u0069er": "1K", "tier": "4K"}"#, "tier"),
    (#"{"references": ["a.jpg"], "prompt": "x", "note": {"by": [{"x": "a", "x": "b"}]}}"#, "x"),
    (
      #"{"references": ["a.jpg"], "prompt": "{\"a\": 1, \"a\": 2}", "aspect": "1:1", "aspect": "1:1"}"#,
      "aspect"
    ),
  ])
  func `a key that occurs twice is an error`(line: String, key: String) throws {
    let manifest = try read("\n\(line)\n", as: "m.jsonl")
    let problem = try #require(manifest.problems.first)
    #expect(manifest.items.isEmpty && problem.exitStatus == 65)
    #expect(problem.message.contains("line 2") && problem.message.contains("key \(key) "), "\(problem)")
  }

  @Test(arguments: ["{stem}", "out/{season}.png", "x-{n}.jpg"])
  func `an output with a place of a template is an error`(output: String) throws {
    let manifest = try read("references,prompt,season,output\na.jpg,in {season},spring,\(output)\n")
    #expect(manifest.problems.count == 1)
    #expect(manifest.problems.first?.hint?.contains("`output-template`") == true)
    let braces = try read("references,prompt,season,output\na.jpg,in {season},spring,{x}.png\n")
    #expect(braces.problems.isEmpty, "\(braces.problems)")
  }

  @Test func `a key may occur in a text and in several lines`() throws {
    let line = #"{"references": ["a.jpg"], "prompt": "\"prompt\": 1, \"prompt\": 2 \\", "output": "N.jpg"}"#
    let lines = (1...2).map { line.replacing("N", with: "\($0)") }.joined(separator: "\n")
    #expect(try read(lines, as: "m.jsonl").items.count == 2)
  }

  @Test func `a misspelled key is an error, too, and is reported once`() throws {
    let line = #"{"references": ["a.jpg"], "prompt": "x", "teir": "4K"}"#
    let manifest = try read([line, line, line].joined(separator: "\n\n"), as: "m.jsonl")
    #expect(manifest.problems.count == 1 && manifest.items.isEmpty)
    #expect(manifest.problems[0].message.contains("m.jsonl, line 1, key teir"))
    #expect(manifest.problems[0].nearest == "tier")
  }

  @Test(arguments: ["max-cost", "max_cost", "maxcost", "Skip-Existing", "base-url"])
  func `an option of the whole run is not a key of a line`(name: String) throws {
    let manifest = try read(#"{"references": ["a.jpg"], "prompt": "x", "\#(name)": "1"}"#, as: "m.jsonl")
    #expect(manifest.problems.count == 1)
    #expect(manifest.problems.first?.message.contains("option of the whole run") == true)
  }

  @Test func `any other unknown column is reported once`() throws {
    let table = try read(
      ",references,prompt,sku,notes,mood\n0,a.jpg,{Mood},7,x,warm\n1,b.jpg,{mood},8,y,cold\n")
    #expect(table.problems.isEmpty && table.items.map(\.prompt) == ["warm", "cold"], "\(table.problems)")
    #expect(table.warnings.count == 3, "\(table.warnings)")
    #expect(
      table.warnings.contains { $0.contains("line 1") && $0.contains("sku") }
        && table.warnings.contains { $0.contains("notes") }
        && table.warnings.contains { $0.contains("without a name") })
    let lines = try read(
      """
      {"references": ["a.jpg"], "prompt": "{who}", "who": "Ann", "sku": 7}
      {"references": ["b.jpg"], "prompt": "{who}", "who": "Bob", "sku": 8}
      """, as: "m.jsonl")
    #expect(lines.problems.isEmpty && lines.items.map(\.prompt) == ["Ann", "Bob"])
    #expect(lines.warnings.count == 1 && lines.warnings[0].contains("sku"))
  }

  @Test func `a column used in any row's prompt is not a mistake`() throws {
    let table = try read(
      "references,prompt,picture,teir\na.jpg,{picture},cat,\nb.jpg,of {TEIR} kind,,first\n")
    #expect(table.problems.isEmpty && table.warnings.isEmpty, "\(table.problems)")
    #expect(table.items.map(\.prompt) == ["cat", "of first kind"])
    #expect(try read("references,text\na.jpg,warm\n", prompt: "a {text} one").items[0].prompt == "a warm one")
  }

  @Test(arguments: ["match-color", "Match-Colour"])
  func `options are accepted in both spellings`(name: String) throws {
    let table = try read("references,prompt,\(name)\na.jpg,x,true\n")
    #expect(table.items.first?.options.finish.matchesColor == true, "\(table.problems)")
    let line = try read(#"{"references": ["a.jpg"], "prompt": "x", "\#(name)": true}"#, as: "m.jsonl")
    #expect(line.items.first?.options.finish.matchesColor == true, "\(line.problems)")
  }

  @Test func `a row without its picture is one error among others`() throws {
    let table = try read("references,prompt\na.jpg,warm\n,cold\n\" | \",late\n")
    #expect(table.problems.count == 2 && table.items.count == 1)
    #expect(table.problems[0].message.contains("line 3, column references"), "\(table.problems)")
    #expect(table.problems[1].message.contains("line 4"))
    let lines = try read(
      """
      {"prompt": "warm"}
      {"references": [], "prompt": "cold"}
      """, as: "m.jsonl")
    #expect(lines.problems.count == 1 && lines.problems[0].message.contains("line 1, key references"))
    #expect(lines.items.map(\.prompt) == ["cold"] && lines.items[0].references.isEmpty)
  }

  @Test func `pictures are generated from prompts alone if the whole column is empty`() throws {
    let table = try read("references,prompt,output\n,warm,x.png\n,cold,y.png\n")
    #expect(table.problems.isEmpty && table.items.count == 2, "\(table.problems)")
    // A missing column is a mistake, because it does not state that.
    for text in ["prompt,output\nwarm,x.png\n", "Bild,prompt\na.jpg,warm\n", "a.jpg,warm\nb.jpg,cold\n"] {
      let table = try read(text)
      #expect(table.problems.count == 1 && table.items.isEmpty)
      #expect(table.problems[0].message.contains("no column references"), "\(table.problems)")
    }
  }

  @Test func `cells beyond the header are errors, missing ones are empty`() throws {
    let table = try read(
      "references,prompt,output,\na.jpg,warm, late,x.png\nb.jpg,cold\na.jpg,cool,y.png,,\nb.jpg,mild,,z\n")
    #expect(table.items.map(\.prompt) == ["cold", "cool"])
    #expect(table.problems.count == 2, "\(table.problems)")
    #expect(table.problems[0].message.contains("line 2") && table.problems[0].message.contains("x.png"))
    #expect(table.problems[1].message.contains("line 5") && table.problems[1].message.contains("z"))
  }

  @Test(arguments: [" ", "\t \u{A0}", "\u{200B}", "\n"])
  func `a prompt of white space is an error`(prompt: String) throws {
    let table = try read("references,prompt\na.jpg,\"\(prompt)\"\n")
    #expect(table.problems.first?.message.contains("line 2, column prompt") == true, "\(table.problems)")
    let words = try read("references,who\na.jpg,\n", prompt: prompt)
    #expect(!words.problems.isEmpty)
    let error = #expect(throws: PlantainError.self) {
      try RequestCheck.check(prompt, [.file("a.jpg")], EditOptions(), .apiyi)
    }
    #expect(error?.exitStatus == 64)
  }

  @Test func `an empty cell that a prompt uses is an error`() throws {
    let table = try read("references,prompt,who\na.jpg,of {who},Ann\na.jpg,of {who},\n")
    #expect(table.problems.count == 1)
    #expect(table.problems[0].message.contains("line 3, column prompt"))
    #expect(table.problems[0].message.contains("{who}"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `line numbers are those of a text editor`(end: String) throws {
    let rows = [
      "sep=;", "", "references;prompt;tier", "a.jpg;\"two", "lines, \"\"and\"\" more\";1K", "", ";;",
      "b.jpg;x;9K",
      "none.jpg;x;1K",
    ]
    let table = try read(rows.joined(separator: end))
    #expect(table.items.map(\.line) == [4])
    #expect(table.problems.count == 2, "\(table.problems)")
    #expect(table.problems[0].message.contains("line 8, column tier"), "\(table.problems)")
    #expect(table.problems[1].message.contains("line 9, column references"))
    let lines = ["", #"{"references": ["a.jpg"], "prompt": "x", "tier": "9K"}"#].joined(separator: end)
    #expect(try read(lines, as: "m.jsonl").problems[0].message.contains("line 2, key tier"))
  }

  @Test(arguments: [
    ("references,prompt\na.jpg,\"warm\nb.jpg,cold\nb.jpg,cool\n", "line 2", "never closed"),
    ("references,prompt\na.jpg,warm\na.jpg,5\" x 3\n", "line 3", "quote"),
    ("# mine\nreferences,prompt\na.jpg,warm\n", "line 1", "comment"),
    ("{\"references\": [\"a.jpg\"], \"prompt\": \"x\"}\n", "m.csv", "JSON"),
  ])
  func `text that is not a table is reported by line`(text: String, place: String, words: String) throws {
    let error = #expect(throws: PlantainError.self) { try read(text) }
    #expect(error?.exitStatus == 65)
    #expect(
      error?.message.contains(place) == true && error?.message.contains(words) == true,
      "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("m.jsonl", "[{\"references\": [\"a.jpg\"]},\n{}]", "array", "brackets"),
    ("m.json", "\n [\n{\"references\": [\"a.jpg\"]}\n]", "array", "jq"),
    ("m.tsv", "references\tprompt\na.jpg\tx\n", ".csv", "Rename"), ("m.XLSX", "PK", ".csv", "CSV"),
  ])
  func `a file of another kind is named, with what to do`(
    name: String, text: String, words: String, hint: String
  ) throws {
    let error = #expect(throws: PlantainError.self) { try read(text, as: name) }
    #expect(error?.exitStatus == 65)
    #expect(
      error?.message.contains(words) == true && error?.hint?.contains(hint) == true,
      "\(String(describing: error))")
  }

  @Test(arguments: [
    ("# a list", "comment"), ("// a list", "comment"), ("references,prompt", ".csv"), ("{", "one line"),
    (#"{"references": ["a.jpg"], "prompt": "x", "tier": null}"#, "tier"),
    (#"{"references": ["a.jpg"], "prompt": "x", "Prompt": "y"}"#, "twice"),
  ])
  func `a line that is not an object is described`(line: String, words: String) throws {
    let manifest = try read(#"{"references": ["a.jpg"], "prompt": "x"}"# + "\n" + line, as: "m.jsonl")
    let problem = try #require(manifest.problems.first)
    #expect(problem.message.contains("line 2") && "\(problem)".contains(words), "\(problem)")
  }
}
