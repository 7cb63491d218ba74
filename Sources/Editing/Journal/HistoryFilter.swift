import Ledger

/// A filter on the edits of a history. Default: all edits.
public struct HistoryFilter: Sendable {
  /// The batch run that edits must belong to: its id or a prefix of it; `nil`: any. Default: `nil`.
  public var run: String?
  /// A text that the prompt or a picture's name must contain, in any case; `nil`: any. Default: `nil`.
  public var search: String?
  /// The earliest time at which edits may have begun; `nil`: any. Default: `nil`.
  public var since: Timestamp?
  /// The id of the gateway that edits must be planned for or sent to; `nil`: any. Default: `nil`.
  public var gateway: String?
  /// Whether edits must be neither done nor in progress. Default: `false`.
  public var isFailed = false

  /// Creates a filter that matches all edits.
  public init() {}

  /// Checks the conditions that the database query does not cover.
  fileprivate func admits(_ entry: HistoryEntry) -> Bool {
    guard !isFailed || entry.isOpenOrFailed else { return false }
    guard let search else { return true }
    let texts = [entry.prompt].compactMap(\.self) + entry.sources + (entry.outputs ?? [])
    return texts.contains { $0.lowercased().contains(search.lowercased()) }
  }
}

extension History {
  /// Calls `body` with each matching edit, newest first, until it returns `false`.
  ///
  /// - Throws: `missing` for a run or gateway that is not in the ledger, `usage` when several runs have the
  ///   given prefix, `ledgerUnusable` when the ledger cannot be read.
  package func forEach(
    matching filter: HistoryFilter, _ body: (HistoryEntry) -> Bool
  ) async throws(PlantainError) {
    guard store.exists else {
      if let run = filter.run { throw store.unknown(.run, run) }
      return
    }
    var query = EditQuery(since: filter.since?.milliseconds, gateway: filter.gateway)
    if let run = filter.run { query.run = try await store.run(run).id }
    let wanted = query
    let ids = try await store.with { ledger throws(LedgerError) in try await ledger.ids(of: wanted) }
    if ids.isEmpty, let gateway = filter.gateway { try await requireKnown(gateway) }
    for start in stride(from: 0, to: ids.count, by: Self.atOnce) {
      let some = Array(ids[start..<min(start + Self.atOnce, ids.count)])
      let found = try await store.with { ledger throws(LedgerError) in try await ledger.edits(some) }
      for (entry, attempts) in found {
        let details = store.details(of: entry, attempts)
        if filter.admits(details), !body(details) { return }
      }
    }
  }

  /// The maximum number of edits in memory.
  private static let atOnce = 100

  /// Checks the gateway against the ledger instead of the configuration: a gateway that was removed from the
  /// configuration may have edits, and a configured one may have none yet.
  private func requireKnown(_ gateway: String) async throws(PlantainError) {
    let used = try await store.with { ledger throws(LedgerError) in try await ledger.gateways() }
    guard !used.contains(gateway) else { return }
    throw PlantainError(
      .input, .missing, "the ledger \(store.path) has no edit by \(gateway)",
      hint: used.isEmpty ? nil : "It has edits by \(used.joined(separator: ", ")).", subject: gateway)
  }
}
