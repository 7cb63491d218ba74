import Core
import Finishing
import Ledger
import Submission

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The result of pruning the ledger.
public struct PruneResult: Encodable, Sendable, Equatable {
  /// The number of edits that were deleted.
  public package(set) var pruned = 0
  /// The number of edits that are old enough, but may still have a result to fetch, or an unknown outcome.
  public package(set) var kept = 0
  /// The number of done jobs of batches that are old enough. They are kept, or deleted if requested.
  public package(set) var doneJobs = 0
}

extension History {
  /// Deletes old settled edits from the ledger, with their stored replies. Edits that may still be recovered
  /// or replayed, or whose outcome is unknown, are kept. So are done jobs of batches, unless a newer edit has
  /// done the same job: without its record, the next run of its batch would send and pay for it again.
  ///
  /// - Parameters:
  ///   - age: the minimum age, at least one day: what was spent on a day is the sum of its edits.
  ///   - deletesDoneJobs: whether done jobs of batches are deleted, too. Default: `false`.
  ///   - isDry: whether they are only counted, and nothing is deleted. Default: `false`.
  /// - Throws: `PlantainError` with the code `usage` for a shorter age, `ledgerUnusable` when the ledger
  ///   cannot be used.
  public func prune(
    olderThan age: Duration, deletingDoneJobs deletesDoneJobs: Bool = false, isDry: Bool = false
  ) async throws(PlantainError) -> PruneResult {
    guard age >= .seconds(86_400) else {
      throw .usage(
        "expected an age of 1d or more, because the edits of a day count toward its limit", hint: nil)
    }
    guard store.exists else { return PruneResult() }
    let limit = Int.now - Int(age.seconds * 1_000)
    var result = PruneResult()
    var last = ""
    while true {
      let from = last
      let entries = try await store.with { ledger throws(LedgerError) in
        try await ledger.edits(begunBefore: limit, after: from, maximum: Self.atATime)
      }
      guard let end = entries.last else { break }
      last = end.id
      var settled: [String] = []
      for entry in entries {
        let attempts = try await store.attempts(of: entry)
        guard attempts.allSatisfy({ isSettled($0) }) else {
          result.kept += 1
          continue
        }
        if try await isOnlyRecord(entry, attempts, limit) {
          result.doneJobs += 1
          guard deletesDoneJobs else { continue }
        }
        settled.append(entry.id)
        guard !isDry else { continue }
        for attempt in attempts { try unlink(store.ledger().replyPath(attempt.reply)) }
        try unlink(store.ledger().replyPath(LedgerStore.reservationName(of: entry.id)))
      }
      let ids = settled
      result.pruned += ids.count
      guard !isDry else { continue }
      try await store.with { ledger throws(LedgerError) in try await ledger.delete(edits: ids) }
    }
    guard !isDry else { return result }
    try await store.with { ledger throws(LedgerError) in try await ledger.deleteRuns(begunBefore: limit) }
    if result.pruned > 0 { try await store.with { ledger throws(LedgerError) in try await ledger.compact() } }
    return result
  }

  private static let atATime = 200

  /// Whether an edit of a batch has delivered a picture of its job that no newer edit has delivered, too.
  ///
  /// - Parameter limit: the time from which edits are kept.
  private func isOnlyRecord(
    _ entry: EditEntry, _ attempts: [AttemptEntry], _ limit: Int
  ) async throws(PlantainError) -> Bool {
    guard entry.run != nil, let key = entry.jobKey else { return false }
    var numbers = delivered(entry, attempts)
    guard !numbers.isEmpty else { return false }
    let all = try await store.with { ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }
    for other in all where other.created >= limit {
      numbers.subtract(delivered(other, try await store.attempts(of: other)))
    }
    return !numbers.isEmpty
  }

  private func delivered(_ entry: EditEntry, _ attempts: [AttemptEntry]) -> Set<Int> {
    Set(
      entry.pictures(attempts, store.standing).filter { if case .done = $0.value { true } else { false } }
        .keys)
  }

  private func isSettled(_ attempt: AttemptEntry) -> Bool {
    guard !store.isLive(attempt) else { return false }
    switch attempt.settledState(isLive: false) {
    case .prepared, .unbilled, .done, .writtenOff: return true
    // A later version may find a picture in its reply.
    case .unusable: return !store.hasReply(attempt)
    // Without its entry, a lost edit would be sent and paid for again by the next run of its manifest. One
    // without a picture may have been billed.
    case .sending, .accepted, .ambiguous, .stored, .withoutPicture, .lost: return false
    }
  }
}
