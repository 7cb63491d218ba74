import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The contents of the ledger by the names that later versions look for.
@Suite(.endsInTime) struct `The ledger's tables stay readable` {
  @Test func `the tables are the recorded ones`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("ledger.sqlite")
    let ledger = try Ledger(path: path)
    try await ledger.save(Self.edit)
    ledger.close()
    let lines = try await DatabaseQueue(path: path).read { database in
      var lines: [String] = []
      for table in ["attempts", "edits", "probes", "routes", "runs"] {
        let columns = try database.columns(in: table).map { "\($0.name) \($0.type)" }
        lines.append("\(table)\t\(columns.joined(separator: ", "))")
      }
      for column in ["sources", "output", "outputs", "digests", "finishing"] {
        let text = try String.fetchOne(database, sql: "SELECT \(column) FROM edits") ?? ""
        lines.append("edits.\(column)\t\(try Self.sorted(text))")
      }
      return lines
    }
    let summary = String(decoding: try JSONEncoder().encode(Self.summary), as: UTF8.self)
    try expectRecorded(
      lines + ["runs.summary\t\(try Self.sorted(summary))"], as: "ledger.txt",
      "add columns with a migration, and never rename one")
  }

  /// The order of an object's members is not guaranteed.
  private static func sorted(_ json: String) throws -> String {
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    let data = try JSONSerialization.data(
      withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private static let edit: EditEntry = {
    let finishing = EditEntry.Finishing(
      options: "{}", original: "/a.jpg", sha256: "s", mask: "/m.png", maskSHA256: "m", maximumDrift: 0.5,
      comparison: "/c.png")
    var edit = EditEntry(
      id: "e", created: 1, prompt: "p", gateway: "g", model: "m", tier: "1K", aspect: "3:2", count: 2,
      sources: [EditEntry.Source(name: "a.jpg", mediaType: "image/jpeg", sha256: "s")],
      output: EditEntry.Output(path: "/o.png", isFile: true, overwrites: true, format: "image/png"),
      priceMillionths: 5, currency: "USD", finishing: finishing, parent: "q", jobKey: "k", run: "r")
    (edit.outputs, edit.digests) = (["/o-1.png", "/o.png"], ["d", ""])
    return edit
  }()

  private static let summary: BatchSummary = {
    var summary = BatchSummary(run: "r")
    summary.count(.failed(.usage("words")))
    summary.count(.elsewhere)
    (summary.elsewhere, summary.left) = (1, 2)
    return summary
  }()
}
