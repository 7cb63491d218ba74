import Foundation
import Plantain
import TestSupport
import Testing

@testable import PlantainCommand

/// The library names options without the dashes of a command line, and knows no exit status; the command adds
/// both.
@Suite struct `Flags in messages` {
  private struct Literal: CustomStringConvertible {
    let file: String
    let text: String
    var description: String { "\(file): \(text)" }
  }

  /// The lines with string literals of the library, as written in its source.
  private static let literals: [Literal] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
      .standardized
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap {
      $0 as? URL
    }
    return (files ?? []).filter { $0.pathExtension == "swift" && isOfLibrary($0) }.flatMap { file in
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n").filter { !$0.contains(/^ *\/\//) }
      return lines.map { Literal(file: file.lastPathComponent, text: String($0)) }
    }
  }()

  private static func isOfLibrary(_ file: URL) -> Bool {
    !["PlantainCommand", "Options"].contains { file.pathComponents.contains($0) }
  }

  @Test func `no message of the library names a flag`() {
    #expect(Self.literals.count > 5_000, "the sources were not found")
    let flags = Self.literals.filter { $0.text.contains(/(?:^|[^-\w])--[a-z]/) }
    #expect(flags.isEmpty, "\(flags)")
    let short = Self.literals.filter { $0.text.contains(/\s-[op]\b/) }
    #expect(short.isEmpty, "\(short)")
  }

  @Test func `every option that a message of the library names has a flag`() {
    var found: Set<String> = []
    for literal in Self.literals where literal.text.contains("\"") {
      for name in literal.text.matches(of: /`([a-z]+(?:-[a-z]+)*)`/).map({ String($0.1) }) {
        if literal.text.contains("func `\(name)`") { continue }
        found.insert(name)
        #expect(OptionRow.named(name) != nil, "\(literal)")
      }
    }
    #expect(found.count > 25)
  }

  @Test func `the command writes options as flags, and leaves quoted text alone`() throws {
    let error = PlantainError.usage(
      "`raw` is not `size`, `fit`", hint: "Add `output` FILE or `max-cost`, not `x`.", options: ["raw"])
    #expect(error.options == ["raw", "output", "max-cost", "x"])
    let written = error.namingFlags
    #expect(written.message == "--raw is not `size`, `fit`")
    #expect(written.hint == "Add -o FILE or --max-cost, not `x`.")
  }

  @Test func `JSON of the library has no exit status, and that of the command has`() throws {
    let report = ErrorReport(.usage("`raw` is odd", hint: "Omit `raw`.", options: ["raw"]))
    let encoder = JSONEncoder()
    let plain = String(decoding: try encoder.encode(report), as: UTF8.self)
    #expect(!plain.contains("exit") && plain.contains("Omit `raw`."), "\(plain)")
    encoder.userInfo[try #require(MessageStyle.key)] = MessageStyle.commandLine
    let command = String(decoding: try encoder.encode(report), as: UTF8.self)
    #expect(command.contains("\"exit\":64") && command.contains("--raw is odd"), "\(command)")
  }

  @Test func `every code has a status of failure`() {
    for code in PlantainError.Code.allCases { #expect(ExitStatus.of(code) != ExitStatus.success) }
  }
}
