import Core
import Ledger

/// The search for equal earlier edits before an edit is sent.
extension Editor {
  /// Locks a job, so that only one process works on it.
  func lock(_ job: EditJob, _ keys: [JobKey]) throws(PlantainError) -> JobLock {
    let lock = try JobLock(
      store.ledger().replyPath("\(keys[0].text).job"), for: job.output.entry?.path ?? "")
    guard let lock else { throw .equalUnderWay() }
    return lock
  }
}

extension EditOptions {
  /// The options of a job that is recorded by the first of its keys.
  func recorded(by keys: [JobKey]) -> EditOptions {
    var options = self
    options.jobKey = keys[0].text
    options.knownJobs = Set(keys.map(\.text))
    return options
  }
}

extension JobPictures {
  /// - Throws: `outcomeUnknown` if an equal edit is under way or has an unknown outcome;
  ///   `noPicture` if all there is of it is settled as billed.
  func requireNoOpenEqual() throws(PlantainError) {
    if isUnderWay { throw .equalUnderWay() }
    if let entry = unknown.first { throw .equalUnknown(entry.id) }
    // An edit that is done, if only in part, may be repeated.
    if newestResult == nil, let entry = lost.first { throw .settledAsLost(entry.id) }
  }
}

extension Recovery {
  /// Fetches the result of an equal earlier edit that was billed, if it can still be fetched.
  ///
  /// - Returns: `nil` if the edit may be sent.
  /// - Throws: `outcomeUnknown` if an equal edit is under way or has an unknown outcome, `noPicture` if it is
  ///   settled as billed.
  func earlierResult(
    of job: EditJob, _ keys: [JobKey], until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult? {
    let earlier = try await earlier(
      keys.map(\.text), job.options, of: job.references.first, again: job.options.sendsAgain ? .yes : .no,
      until: stop, watch: watch)
    if let result = earlier.fetched.last { return result }
    try earlier.pictures.requireNoOpenEqual()
    return nil
  }
}
