import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The encodings and line endings in which editors and spreadsheets save text.
enum SavedText: CaseIterable {
  case plain, marked, windows, oldMac, littleEndian, bigEndian

  func bytes(_ text: String) -> [UInt8] {
    let lines = text.replacingOccurrences(of: "\n", with: "\r\n")
    let units = Array(("\u{FEFF}" + lines).utf16)
    return switch self {
    case .plain: Array(text.utf8)
    case .marked: Array(("\u{FEFF}" + text).utf8)
    case .windows: Array(("\u{FEFF}" + lines).utf8)
    case .oldMac: Array(text.replacingOccurrences(of: "\n", with: "\r").utf8)
    case .littleEndian: units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .bigEndian: units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
  }
}

@Suite(.endsInTime) struct `Text files of any editor` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Synthetic.jpeg(PixelSize(width: 32, height: 24)), as: "a.jpg")
  }

  private func manifest(_ bytes: [UInt8], _ name: String) throws -> Manifest {
    try folder.write(bytes, as: name)
    return try Manifest(
      reading: folder.file(name), Manifest.Defaults(folder: folder.file("out")), for: .google)
  }

  @Test(arguments: SavedText.allCases) func `JSON Lines manifests are read`(saved: SavedText) throws {
    let text = """
      {"references": ["a.jpg"], "prompt": "ré\u{1F600}d\\nx", "output": "x.png"}


      {"references": ["a.jpg"], "prompt": "blue", "output": "y.png"}

      """
    let manifest = try manifest(saved.bytes(text), "m.jsonl")
    #expect(manifest.problems.isEmpty)
    #expect(
      manifest.items.map(\.prompt) == ["ré\u{1F600}d\nx", "blue"] && manifest.items.map(\.line) == [1, 4])
  }

  @Test(
    arguments: SavedText.allCases,
    [
      ("references,prompt,output\na.jpg,red,x.png\n\n,,\na.jpg,blue,y.png\n,,\n", [2, 5]),
      ("sep=;\nReferences;PROMPT; Output ;\na.jpg;red;x.png;\n;;;\n\na.jpg;blue;y.png", [3, 6]),
      (
        "\"sep=\t\"\t\n\t\t\nreferences\tprompt\toutput\na.jpg\tred\tx.png\n\n\na.jpg\tblue\ty.png\n", [4, 7]
      ),
      ("\n\nreferences;prompt;output\na.jpg;red;x.png\n \n;;\na.jpg;blue;y.png\n", [4, 7]),
    ])
  func `spreadsheet tables are read`(saved: SavedText, table: (text: String, lines: [Int])) throws {
    let manifest = try manifest(saved.bytes(table.text), "m.csv")
    #expect(manifest.problems.isEmpty, "\(manifest.problems)")
    #expect(manifest.items.map(\.prompt) == ["red", "blue"] && manifest.items.map(\.line) == table.lines)
    #expect(
      manifest.items.map(\.options.output) == ["x", "y"].map { .file(folder.file("out/\($0).png")) })
  }

  @Test func `column names ignore case`() throws {
    let table =
      "References,Prompt,Mood,Fit-Source,TIER\na.jpg,{mood} and {Mood} at {tier} {STEM},warm,TRUE,2k\n"
    let item = try #require(try manifest(Array(table.utf8), "m.csv").items.first)
    #expect(item.prompt == "warm and warm at 2k a")
    #expect(item.options.finish.fitsSource && item.options.tier == .two)
    // Two columns that differ only in case are ambiguous.
    let twins = "references,prompt,who,WHO\na.jpg,{who} {WHO},Ann,Bob\na.jpg,{Who},Ann,Bob\n"
    let other = try manifest(Array(twins.utf8), "n.csv")
    #expect(other.items.map(\.prompt) == ["Ann Bob"])
    #expect(other.problems.count == 1 && other.problems[0].message.contains("{Who}"))
    let error = #expect(throws: PlantainError.self) {
      try manifest(Array("references,prompt,Prompt\na.jpg,x,y\n".utf8), "o.csv")
    }
    #expect(error?.exitStatus == 65 && error?.message.contains("prompt") == true)
  }

  @Test(arguments: SavedText.allCases) func `settings and keys are read`(saved: SavedText) async throws {
    let text = "max_cost: 1 USD\n\ngateways:\n  house:\n    like: apiyi\n    key_file: key\n"
    try folder.write(saved.bytes(text), as: "c.yaml")
    try folder.write(saved.bytes("\n  sk-house \nsecond\n"), as: "key")
    let configuration = try Configuration.read(folder.file("c.yaml"))
    #expect(configuration.spending.perRun == Money(parsing: "1 USD"))
    let house = try configuration.gateways(named: "house")[0]
    #expect(try await configuration.keySource(of: house).read().revealed == "sk-house")
    let command = APIKey.Source.command("cat \(folder.file("key"))")
    #expect(try await command.read().revealed == "sk-house")
  }

  @Test(arguments: SavedText.allCases) func `prompts are read unchanged, except for the byte order mark`(
    saved: SavedText
  ) throws {
    try folder.write(saved.bytes(" two\nlines \n"), as: "p.txt")
    let lineEnd = [.plain, .marked].contains(saved) ? "\n" : saved == .oldMac ? "\r" : "\r\n"
    #expect(
      try Array(TextFile.read(folder.file("p.txt")).utf8) == Array(" two\(lineEnd)lines \(lineEnd)".utf8))
    // A second byte order mark belongs to the text.
    try folder.write(Array("\u{FEFF}\u{FEFF}x".utf8), as: "p.txt")
    #expect(try Array(TextFile.read(folder.file("p.txt")).utf8) == Array("\u{FEFF}x".utf8))
  }

  @Test(
    arguments: [
      ([0xEF, 0xBB, 0xBF], 64), ([0xFF, 0xFE], 64), ([0xFF, 0xFE, 0x61], 66), ([0xFE, 0xFF, 0xD8, 0x00], 66),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], 66), ([0xE9, 0x61], 66),
    ] as [([UInt8], Int32)])
  func `a file that is not text is refused`(bytes: [UInt8], status: Int32) throws {
    try folder.write(bytes, as: "p.txt")
    let error = #expect(throws: PlantainError.self) { try TextFile.read(folder.file("p.txt")) }
    #expect(error?.exitStatus == status)
  }
}
