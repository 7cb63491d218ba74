package import Gateways
package import Ledger

/// One run of a batch as the ledger knows it; its encoding is the JSON of `history --runs`.
public struct RunReport: Encodable, Sendable {
  public let run: String
  /// ISO 8601, in UTC.
  public let at: String
  /// `nil` while it goes on, and where its process ended before it did.
  public let ended: String?
  public let manifest: String?
  public let gateway: String
  public let jobs: Int
  /// What became of them, as in the last line of `batch --json`; `nil` until it has ended.
  package let summary: JSONValue?

  package init(_ entry: RunEntry) {
    run = entry.id
    at = Timestamp(milliseconds: entry.started).description
    ended = entry.ended.map { Timestamp(milliseconds: $0).description }
    manifest = entry.manifest
    gateway = entry.gateway
    jobs = entry.jobs
    summary = entry.summary.flatMap { JSONValue(parsing: Array($0.utf8)) }
  }

  /// How many of its jobs ended so: `done`, `skipped`, `failed`, `ambiguous`, `left`.
  public func count(_ name: String) -> Int { summary?[name]?.int ?? 0 }
}

extension History {
  /// The newest runs of batches, the newest first; none when there is no ledger yet.
  ///
  /// - Throws: 73 when the ledger cannot be read.
  public func runs(maximum: Int = 50) async throws(PlantainError) -> [RunReport] {
    guard store.exists else { return [] }
    return try await store.with { ledger throws(LedgerError) in try await ledger.runs(maximum: maximum) }
      .map(RunReport.init)
  }
}
