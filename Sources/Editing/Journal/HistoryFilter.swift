import Ledger

/// Which edits of a history are asked for. Default: all.
public struct HistoryFilter: Sendable {
  /// Only those of that run of a batch: its id, or the beginning of it.
  public var run: String?
  /// Only those with this text in their prompt or in the name of a picture, whatever its case.
  public var search: String?
  /// Only those that began then or later.
  public var since: Timestamp?
  /// Only those for that gateway, or sent to it.
  public var gateway: String?
  /// Only those that are neither done nor under way.
  public var isFailed = false

  public init() {}

  /// What the database does not look at.
  fileprivate func admits(_ entry: HistoryEntry) -> Bool {
    guard !isFailed || entry.isOpenOrFailed else { return false }
    guard let search else { return true }
    let texts = [entry.prompt].compactMap(\.self) + entry.sources + (entry.outputs ?? [])
    return texts.contains { $0.lowercased().contains(search.lowercased()) }
  }
}

extension History {
  /// Hands over matching edits, the newest first, until `body` says that it is enough.
  ///
  /// - Throws: 66 and 64 for what the ledger does not know; 73.
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

  /// How many edits are in memory at once.
  private static let atOnce = 100

  /// A gateway may have gone from the configuration and still be in the ledger, or not be used yet.
  private func requireKnown(_ gateway: String) async throws(PlantainError) {
    let used = try await store.with { ledger throws(LedgerError) in try await ledger.gateways() }
    guard !used.contains(gateway) else { return }
    throw PlantainError(
      .input, .missing, "the ledger \(store.path) knows no edit by \(gateway)",
      hint: used.isEmpty ? nil : "It knows edits by \(used.joined(separator: ", ")).", subject: gateway)
  }
}
