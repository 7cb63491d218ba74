import Ledger
import Submission
import Core

/// The checks between a call of `edit` and its first request: equal earlier edits and stop signals.
extension Editor {
  /// Runs the edit, unless an equal one is under way, has an unknown outcome, is settled as billed, or was
  /// billed and its result can still be fetched.
  func editOnce(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let routes = try checkedRoutes(for: prompt, references, options)
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
    case .lost(let entry): throw .settledAsLost(entry.id)
    case .done, nil:
      return try await editOrFetch(prompt, references, options, by: routes, until: stop, watch)
    }
  }

  /// Foresees what an equal earlier edit means for this one. Asks no gateway, and creates no ledger.
  ///
  /// - Returns: the id of an equal edit that is paid for, whose result would be fetched before anything is
  ///   sent; `nil` if there is none.
  /// - Throws: as `edit`, where it sends nothing because of an equal edit.
  func requireNoTwin(
    _ prompt: String, _ references: [Reference], _ options: EditOptions
  ) async throws(PlantainError) -> String? {
    guard store.exists else { return nil }
    let again: ResendPolicy = options.sendsAgain ? .yes : .no
    var lost: EditEntry?
    for key in try await keys(of: prompt, references, options) {
      for (entry, standing) in try await standings(of: key.text) {
        switch standing {
        case .underWay: throw .twinUnderWay()
        case .done where !again.passesOver(entry): return nil
        case .paid, .unknown(isKept: true): return entry.id
        case .unknown where !again.passesOver(entry): throw .twinUnknown(entry.id)
        case .lost where !again.passesOver(entry): lost = lost ?? entry
        case .done, .unknown, .lost, .nothing, .withoutPicture: continue
        }
      }
    }
    if let lost { throw .settledAsLost(lost.id) }
    return nil
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
