import Ledger
import Submission
import Core

/// The checks between a call of `edit` and its first request: equal earlier edits and stop signals.
extension Editor {
  /// Runs the edit, unless an equal one is under way, has an unknown outcome, or was billed and its result
  /// can still be fetched.
  func editOnce(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    _ = try checked(prompt, references, options, routes, .none, watch)
    var options = options
    let keys = try await keys(of: prompt, references, options)
    let key = keys[0].text
    options.jobKey = key
    options.knownJobs = Set(keys.map(\.text))
    let place = try OutputPlan(options, first: references.first).entry?.path ?? ""
    guard let claim = try JobLock(store.ledger().replyPath("\(key).job"), for: place) else {
      throw .twinUnderWay()
    }
    defer { withExtendedLifetime(claim) {} }
    switch try await earlier(
      keys.map(\.text), options, of: references.first, again: options.sendsAgain ? .yes : .no, until: stop,
      watch: watch)
    {
    case .fetched(let result): return result
    case .underWay: throw .twinUnderWay()
    case .unknown(let entry): throw .twinUnknown(entry.id)
    case .done, .lost, nil:
      return try await editOrFetch(prompt, references, options, until: stop, watch)
    }
  }

  /// Runs `work`, and reports an `EditEvent.stopping` with the remaining wait when `stop` is requested.
  func telling(
    _ stop: StopSignal, _ watch: @escaping @Sendable (EditEvent) -> Void,
    _ work: @escaping @Sendable () async throws(PlantainError) -> EditResult
  ) async throws(PlantainError) -> EditResult {
    let result: Result<EditResult, PlantainError>? = await withTaskGroup(
      of: Result<EditResult, PlantainError>?.self
    ) { group in
      group.addTask {
        do throws(PlantainError) { return .success(try await work()) } catch { return .failure(error) }
      }
      group.addTask { [timing] in
        await stop.asked()
        if stop.isAsked, let deadline = stop.deadline {
          watch(.stopping(atMost: max(.zero, deadline - timing.now())))
        }
        return nil
      }
      defer { group.cancelAll() }
      for await result in group { if let result { return result } }
      return nil
    }
    guard let result else { throw .interrupted() }
    return try result.get()
  }
}
