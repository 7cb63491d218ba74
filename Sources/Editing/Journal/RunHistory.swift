package import Gateways
package import Ledger

/// One run of a batch in the ledger.
public struct RunReport: Encodable, Sendable {
  /// The id of the run.
  public let run: String
  /// When the run began, in ISO 8601 and UTC.
  public let at: String
  /// When the run ended, in ISO 8601 and UTC; `nil` while it is in progress, or if its process ended early.
  public let ended: String?
  /// The path of the manifest, if the batch has one.
  public let manifest: String?
  /// The id of the gateway.
  public let gateway: String
  /// The number of jobs.
  public let jobs: Int
  /// The outcomes of the jobs, as encoded from its `BatchSummary`; `nil` until the run has ended.
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

  /// The number of jobs with an outcome: `done`, `skipped`, `failed`, `ambiguous` or `left`.
  public func count(_ name: String) -> Int { summary?[name]?.int ?? 0 }
}

extension History {
  /// Returns the newest runs of batches, newest first. The result is empty if there is no ledger yet.
  ///
  /// - Parameter maximum: the maximum number of runs. Default: 50.
  /// - Throws: `PlantainError` with the code `ledgerUnusable` when the ledger cannot be read.
  public func runs(maximum: Int = 50) async throws(PlantainError) -> [RunReport] {
    guard store.exists else { return [] }
    return try await store.with { ledger throws(LedgerError) in try await ledger.runs(maximum: maximum) }
      .map(RunReport.init)
  }
}
