import Gateways
import Core

/// Tasks: asked for until they are done, never sent again. A deadline is no failure of theirs.
extension RequestExecutor {
  func wait(
    for tasks: [String], besides sent: @autoclosure () -> SentPictures, _ attempt: LiveAttempt,
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(ExecutionFailure.Cause) -> ExecutionResult {
    // What can be left is nothing that a stop has to wait for.
    if leavesTasks { stop.end() }
    defer { if leavesTasks { stop.begin(until: deadline) } }
    var pictures: [ReturnedPicture] = []
    var facts = ReplyFacts()
    var linked: Linked?
    var failure: ExecutionFailure.Cause?
    for (position, task) in tasks.enumerated() {
      do throws(ExecutionFailure.Cause) {
        switch try await result(of: task, tasks[position...], deadline) {
        case .pictures(let found, let said):
          pictures += found
          facts = said
        case .linked(let found): linked = linked ?? found
        }
      } catch {
        switch error {
        case .pending, .interrupted: throw error
        default: break
        }
        failure = failure ?? error
      }
    }
    if pictures.isEmpty, let linked {
      return try await collect(linked, besides: sent(), attempt, tasks: tasks, deadline, earlier: earlier)
    }
    if pictures.isEmpty, let failure {
      // What had ended without a picture is not open again because nobody knows it any more.
      let isOpen = failure.isOpen && attempt.state != .withoutPicture
      await attempt.note(isOpen ? .begin : .findNothing, .init(message: failure.summary))
      throw failure
    }
    return try await collect(pictures, facts, attempt, tasks: tasks, deadline, earlier: earlier)
  }

  private func result(
    of task: String, _ open: ArraySlice<String>, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> TaskResult {
    guard let settings = gateway.taskRoute else {
      throw .pending(tasks: Array(open), why: "\(gateway.id) has no tasks")
    }
    var answers = TaskAnswers(open: open)
    var plan = PollPlan(interval: settings.interval)
    while let wait = plan.next(advice: answers.advice, left: deadline - timing.now()) {
      guard let outcome = try await ask(about: task, settings, after: wait, until: deadline) else {
        // Asking costs nothing: whatever it was, it is asked again.
        answers.isMissing()
        continue
      }
      if let result = try answers.take(outcome) { return result }
      if case .failed = outcome { continue }
      watch(.task(task, progress: outcome.progress))
    }
    throw .pending(tasks: Array(open), why: answers.why)
  }

  /// - Returns: `nil` when the gateway could not be asked.
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

  /// - Returns: `nil` when the gateway could not be asked.
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

/// What a gateway has said of a task until now.
private struct TaskAnswers {
  /// A task may not be known everywhere at once.
  private static let maximumUnknown = 3

  /// It and those after it.
  let open: ArraySlice<String>
  private(set) var advice: Duration?
  /// Why there is no result yet.
  private(set) var why = "it was not done in time"
  private var unknown = 0

  init(open: ArraySlice<String>) { self.open = open }

  mutating func isMissing() {
    advice = nil
    why = ExecutionFailure.couldNotAsk
  }

  /// - Returns: `nil` when it has to be asked again.
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
  /// Whether the task may still be there.
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
