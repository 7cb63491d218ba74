import Finishing
import Foundation
import GRDB
import Ledger
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// A ledger that an earlier version wrote, in a new folder, as if it had always been there.
private struct StoredLedger {
  let folder: TemporaryFolder

  init(_ version: String) throws {
    folder = try TemporaryFolder()
    let stored = Samples.root.appending(path: "Tests/StoredShapes/\(version)").path(percentEncoded: false)
    for name in try FileManager.default.contentsOfDirectory(atPath: stored) {
      try FileManager.default.copyItem(atPath: "\(stored)/\(name)", toPath: folder.file(name))
    }
    let place = folder.path
    try DatabaseQueue(path: ledger).write { database in
      for (table, columns) in ["edits": ["output", "outputs", "finishing"], "runs": ["manifest"]] {
        for column in columns {
          // In JSON a backslash precedes each slash.
          for (old, new) in [("/tmp/plantain-stored", place), (#"\/tmp\/plantain-stored"#, place)] {
            try database.execute(
              sql: "UPDATE \(table) SET \(column) = replace(\(column), ?, ?)", arguments: [old, new])
          }
        }
      }
    }
  }

  var ledger: String { folder.file("ledger.sqlite") }
}

@Suite(.endsInTime) struct `A ledger of an earlier version` {
  private static let version = "2026-11-26"

  @Test func `edits are listed with their outcomes`() async throws {
    let stored = try StoredLedger(Self.version)
    try await editor(stored) { editor in
      let entries = try await editor.store.with { ledger throws(LedgerError) in
        try await ledger.edits(maximum: 50)
      }
      var states: [String: String] = [:]
      for entry in entries {
        let attempts = try await editor.store.with { ledger throws(LedgerError) in
          try await ledger.attempts(of: entry.id)
        }
        states[entry.prompt ?? ""] = attempts.map(\.state).joined()
      }
      #expect(
        states == [
          "done": "done", "failed": "unbilled", "ambiguous": "ambiguous", "region": "done", "mask": "done",
          "task": "accepted", "one": "done", "two": "ambiguous", "nothing": "without-picture",
        ])
    }
  }

  @Test(arguments: ["region", "mask", "two"])
  func `finishing options are read`(prompt: String) async throws {
    let stored = try StoredLedger(Self.version)
    try await editor(stored) { editor in
      let entries = try await editor.store.with { ledger throws(LedgerError) in
        try await ledger.edits(maximum: 50)
      }
      let entry = try #require(entries.first { $0.prompt == prompt })
      let finishing = try #require(try await editor.recovery.finishing(entry))
      let options = finishing.options
      #expect(options.wanted == .png)
      #expect(options.shown == VisibleArea(left: 0, top: 0, width: 48, height: 36))
      #expect(options.region == (prompt == "region" ? PixelArea(parsing: "8,8,24,20") : nil))
      #expect(options.feather == (prompt == "region" ? 2 : nil))
      #expect(options.usesMask == (prompt == "mask"))
      #expect((options.metadata != nil) == (prompt == "mask"))
      #expect(options.fitsSource == (prompt == "two"))
      #expect(finishing.contents.original != nil)
      #expect((finishing.contents.mask != nil) == (prompt == "mask"))
    }
  }

  @Test func `a batch sends none of the stored jobs again`() async throws {
    let stored = try StoredLedger(Self.version)
    try await withSimulator { simulator in
      let route = try Route(
        .apiyi, key: .value(APIKey("sk-canary-7f3a")), baseURL: simulator.baseURL(for: .apiyi))
      try await withTestEditor(routes: [route], ledger: stored.folder) { editor in
        let defaults = Manifest.Defaults(folder: stored.folder.file("out"))
        let manifest = try Manifest(reading: stored.folder.file("jobs.jsonl"), defaults, for: .apiyi)
        let summary = try await Batch(editor).run(manifest)
        #expect(summary.skipped == 1)
        #expect(summary.ambiguous == 1)
        #expect(await simulator.counts.received == 0)
      }
    }
  }

  private func editor(_ stored: StoredLedger, _ body: (Editor) async throws -> Void) async throws {
    try await withTestEditor(
      gateway: .apiyi, key: .value(APIKey("sk-canary-7f3a")), ledger: stored.folder, body)
  }
}

@Suite struct `Stored finishing options` {
  private var full: StoredFinishing {
    var stored = StoredFinishing()
    stored.format = "PNG"
    stored.maximumBytes = 2_000_000
    stored.metadata = StoredFinishing.Metadata(keepsPlace: true)
    stored.shown = StoredFinishing.Shown(left: -1.5, top: 0, width: 48, height: 36.25)
    (stored.fitsSource, stored.aligns, stored.matchesColor) = (true, false, true)
    stored.region = StoredFinishing.Region(left: 8, top: 9, width: 24, height: 20)
    (stored.usesMask, stored.feather, stored.keepsUnchanged) = (true, 2, true)
    (stored.restoresAlpha, stored.measuresDrift, stored.compares) = (true, true, true)
    stored.comparisonEdge = 512
    (stored.reading.page, stored.reading.allowed, stored.reading.allowsTruncated) = (3, ["svg"], true)
    return stored
  }

  /// Fails if a field is renamed, removed, or added without a line in the golden file.
  @Test func `the fields have their recorded names`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let text = String(decoding: try encoder.encode(full), as: UTF8.self) + "\n"
    let golden = try String(
      contentsOf: Samples.root.appending(path: "Tests/StoredShapes/finishing.json"), encoding: .utf8)
    #expect(text == golden)
    #expect(try JSONDecoder().decode(StoredFinishing.self, from: Data(golden.utf8)) == full)
  }

  @Test func `missing fields mean what held before they existed`() throws {
    #expect(try JSONDecoder().decode(StoredFinishing.self, from: Data("{}".utf8)) == StoredFinishing())
    let partly = #"{"reading":{},"metadata":{},"fieldOfTheFuture":1}"#
    let stored = try JSONDecoder().decode(StoredFinishing.self, from: Data(partly.utf8))
    #expect(stored.reading == StoredFinishing.Reading() && stored.metadata?.keepsPlace == false)
  }

  @Test func `the meaning of the mask is stored under its old name`() throws {
    var stored = full
    stored.maskEdits = "transparent"
    let text = String(decoding: try JSONEncoder().encode(stored), as: UTF8.self)
    #expect(text.contains(#""maskEdits":"transparent""#))
    #expect(try JSONDecoder().decode(StoredFinishing.self, from: Data(text.utf8)) == stored)
    let options = try #require(FinishingOptions(stored))
    #expect(options.maskEdits == .transparent && StoredFinishing(options) == stored)
    #expect(try #require(FinishingOptions(full)).maskEdits == nil)
    stored.maskEdits = "of the future"
    #expect(FinishingOptions(stored) == nil)
  }

  @Test func `stored options read back to the options they were made from`() throws {
    let options = try #require(FinishingOptions(full))
    #expect(StoredFinishing(options) == full)
    var newer = full
    newer.version = StoredFinishing.currentVersion + 1
    #expect(FinishingOptions(newer) == nil)
    newer = full
    newer.format = "of the future"
    #expect(FinishingOptions(newer) == nil)
  }
}
