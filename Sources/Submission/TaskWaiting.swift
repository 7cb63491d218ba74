import Gateways
import Core

/// Polling of tasks. A task is polled until it is done, and its request is never sent again. A task that is
/// not done by the deadline has not failed.
extension RequestExecutor {
  /// Polls the tasks of a request until all are done, and collects their results.
  func wait(
    for tasks: [String], besides sent: @autoclosure () -> SentPictures, _ attempt: LiveAttempt,
    _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> CollectedPictures {
    // A stop does not wait for tasks that can be fetched later.
    if leavesTasks { stop.end() }
    defer { if leavesTasks { stop.begin(until: deadline) } }
    var collected = CollectedPictures(facts: ReplyFacts())
    for (position, task) in tasks.enumerated() {
      do throws(ExecutionFailure.Cause) {
        switch try await result(of: task, tasks[position...], deadline) {
        case .pictures(let found, let facts):
          collected.add(try await collect(found, facts, as: .task, deadline))
        case .linked(let linked):
          collected.add(try await collect(linked, besides: sent(), as: .task, deadline))
        }
      } catch {
        guard error.isEnd else { throw error }
        collected.gone = collected.gone ?? error
      }
    }
    if collected.pictures.isEmpty, let failure = collected.gone {
      if case .download = failure { throw failure }
      // An attempt that ended without a picture is not reopened because the gateway has forgotten its task.
      let isOpen = failure.isOpen && ![.withoutPicture, .unusable].contains(attempt.state)
      await attempt.note(isOpen ? .begin : .findNothing, .init(message: failure.summary))
      throw failure
    }
    return collected
  }

  private func result(
    of task: String, _ open: ArraySlice<String>, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> TaskResult {
    guard let settings = gateway.taskRoute else {
      throw .pending(tasks: Array(open), why: "\(gateway.id) does not support tasks")
    }
    var answers = TaskAnswers(open: open)
    var plan = PollPlan(interval: settings.interval)
    while let wait = plan.next(advice: answers.advice, left: deadline - timing.now()) {
      guard let outcome = try await ask(about: task, settings, after: wait, until: deadline) else {
        // Polls are free of charge, so every error is followed by another poll.
        answers.isMissing()
        continue
      }
      if let result = try answers.take(outcome) { return result }
      if case .failed = outcome { continue }
      watch(.task(task, progress: outcome.progress))
    }
    throw .pending(tasks: Array(open), why: answers.why)
  }

  /// Polls a task after a wait.
  ///
  /// - Returns: `nil` if the poll failed.
  private func ask(
    about task: String, _ settings: Gateway.TaskRoute, after wait: Duration, until deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> Outcome? {
    let question = { @Sendable () async throws -> Outcome? in
      try await self.timing.sleep(wait)
      return await self.ask(about: task, settings, until: deadline)
    }
    do {
      try Task.checkCancellation()
      return try await leavesTasks ? stop.cutting(question) : withChildTask(question)
    } catch {
      throw .interrupted
    }
  }

  /// Polls a task.
  ///
  /// - Returns: `nil` if the poll failed.
  @inline(never)
  private func ask(
    about task: String, _ settings: Gateway.TaskRoute, until deadline: Duration
  ) async -> Outcome? {
    guard let question = gateway.encodeQuestion(about: task, baseURL: route.baseURL, key: route.key) else {
      return nil
    }
    let left = max(.milliseconds(1), deadline - timing.now())
    do throws(SubmissionError) {
      let reply = try await sender.send(question, timeout: min(settings.timeout, left))
      return gateway.interpretTask(reply, key: route.key)
    } catch {
      return nil
    }
  }
}

private enum TaskResult {
  case pictures([ReturnedPicture], ReplyFacts)
  case linked(RequestExecutor.Linked)
}

/// The state of polling one task.
private struct TaskAnswers {
  /// The number of replies for an unknown task that end the polling. A new task may not be known to all
  /// servers of a gateway immediately.
  private static let maximumUnknown = 3

  /// The ids of this task and of those after it.
  let open: ArraySlice<String>
  /// The wait that the gateway requests.
  private(set) var advice: Duration?
  /// The reason why there is no result yet.
  private(set) var why = "it was not done before the timeout"
  private var unknown = 0

  init(open: ArraySlice<String>) { self.open = open }

  /// Records that a poll failed.
  mutating func isMissing() {
    advice = nil
    why = ExecutionFailure.couldNotAsk
  }

  /// Processes the outcome of a poll.
  ///
  /// - Returns: The result; `nil` if the task must be polled again.
  @inline(never)
  mutating func take(_ outcome: Outcome) throws(ExecutionFailure.Cause) -> TaskResult? {
    advice = nil
    switch outcome {
    case .pictures(let pictures, let facts): return .pictures(pictures, facts)
    case .running, .accepted: return nil
    case .refused(let reason, let facts): throw .refused(reason: reason, message: facts.text)
    case .noPicture(let reason, let facts, let links):
      guard links.isEmpty else {
        return .linked(RequestExecutor.Linked(links: links, reason: reason, facts: facts))
      }
      throw .noPicture(reason: reason, message: facts.text)
    case .failed(let failure):
      switch failure.kind {
      case .taskFailed, .refusedByPolicy: throw .failed(failure)
      case .unknownTask:
        unknown += 1
        if unknown >= Self.maximumUnknown { throw .failed(failure) }
      case .keyRejected, .outOfCredit, .needsBilling, .placeNotServed:
        throw .pending(tasks: Array(open), why: failure.message)
      default: break
      }
      advice = failure.retryAfter
      why = "status \(failure.status)"
      return nil
    }
  }
}

extension Outcome {
  fileprivate var progress: Int? { if case .running(let progress) = self { progress } else { nil } }
}

extension ExecutionFailure.Cause {
  /// Whether the task has ended, or is unknown, so that asking again brings no picture of it.
  fileprivate var isEnd: Bool {
    switch self {
    case .failed, .refused, .noPicture: true
    case .download(let why, _): why.isFinal
    default: false
    }
  }

  /// Whether the task may still exist at the gateway.
  fileprivate var isOpen: Bool {
    if case .failed(let failure) = self { return failure.kind == .unknownTask }
    return false
  }

  fileprivate var summary: String {
    switch self {
    case .failed(let failure): failure.message
    case .refused(let reason, _), .noPicture(let reason, _, _): reason
    default: ""
    }
  }
}
