import Foundation
import TestSupport
import Testing
import Core

/// Several places can state a setting: the command line decides, then a manifest, the environment, the
/// configuration, and last the default.
@Suite(.endsInTime) struct `Precedence` {
  private enum Place: CaseIterable, Hashable { case commandLine, manifest, environment, configuration }

  /// A setting, with what each place states, and what follows from it. A place without a value cannot state
  /// it.
  private struct Setting: Sendable {
    let name: String
    /// The arguments that every run has.
    let arguments: [String]
    let stated: [Place: String]
    let expected: [Place: String]
    let usual: String
  }

  private static let settings = [
    Setting(
      name: "gateway", arguments: ["--dry-run"],
      stated: [
        .commandLine: "--gateway apiyi", .manifest: "google", .environment: "PLANTAIN_GATEWAY=crazyrouter",
        .configuration: "gateway: gccai",
      ],
      expected: [
        .commandLine: "apiyi", .manifest: "google", .environment: "crazyrouter", .configuration: "gccai",
      ],
      usual: "no gateway is chosen"),
    Setting(
      name: "max-cost", arguments: ["--gateway", "simulator", "--price", "1USD", "--dry-run"],
      stated: [.commandLine: "--max-cost 0.01USD", .configuration: "max_cost: 0.02 USD"],
      expected: [.commandLine: "0.01 USD", .configuration: "0.02 USD"], usual: "\"gateway\":\"simulator\""),
    Setting(
      name: "ledger", arguments: ["--gateway", "simulator"],
      stated: [
        .commandLine: "--ledger a.sqlite", .environment: "PLANTAIN_LEDGER=b.sqlite",
        .configuration: "ledger: c.sqlite",
      ],
      expected: [.commandLine: "a.sqlite", .environment: "b.sqlite", .configuration: "c.sqlite"],
      usual: "plantain/ledger.sqlite"),
  ]

  @Test(arguments: settings.indices)
  func `the place that comes first decides`(index: Int) async throws {
    let setting = Self.settings[index]
    var places = Place.allCases.filter { setting.stated[$0] != nil }
    while let first = places.first {
      let text = try await outcome(of: setting, statedIn: places)
      #expect(text.contains(setting.expected[first] ?? ""), "\(setting.name) of \(first): \(text)")
      places.removeFirst()
    }
    let text = try await outcome(of: setting, statedIn: [])
    #expect(text.contains(setting.usual), "\(setting.name): \(text)")
  }

  /// What a batch prints, and the names of the files that are there afterwards.
  private func outcome(of setting: Setting, statedIn places: [Place]) async throws -> String {
    let folder = try TemporaryFolder()
    try folder.write(Synthetic.jpeg(PixelSize(width: 64, height: 48)), as: "a.jpg")
    var line = ["references": "a.jpg", "prompt": "warm"]
    var arguments = ["batch", "m.jsonl", "--json", "--config", "config.yaml"]
    var environment = ["PLANTAIN_LEDGER": "", "XDG_DATA_HOME": folder.path]
    var configuration = "{}"
    for place in places {
      guard let stated = setting.stated[place] else { continue }
      switch place {
      case .commandLine: arguments += stated.split(separator: " ").map(String.init)
      case .manifest: line[setting.name] = stated
      case .environment:
        let parts = stated.split(separator: "=").map(String.init)
        environment[parts[0]] = parts[1]
      case .configuration: configuration = stated
      }
    }
    try folder.write(Array(configuration.utf8), as: "config.yaml")
    try folder.write(Array(try JSONEncoder().encode(line)), as: "m.jsonl")
    let command = Command(folder: folder.path, environment: environment)
    let outcome = try await command.run(arguments + setting.arguments)
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return outcome.text + outcome.errors + names.joined(separator: " ")
  }
}
