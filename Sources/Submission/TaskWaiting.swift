import Gateways

/// Tasks: asked for until they are done, never sent again. A deadline is no failure of theirs.
extension Delivery {
  /// A task may not be known everywhere at once.
  private static let mostUnknown = 3

  func wait(
    for tasks: [String], _ attempt: LiveAttempt, _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(DeliveryFailure.Cause) -> Delivered {
    var pictures: [ReturnedPicture] = []
    var facts = ReplyFacts()
    var failure: DeliveryFailure.Cause?
    for (position, task) in tasks.enumerated() {
      do throws(DeliveryFailure.Cause) {
        let (found, said) = try await result(of: task, tasks[position...], deadline)
        pictures += found
        facts = said
      } catch {
        switch error {
        case .pending, .interrupted: throw error
        default: break
        }
        failure = failure ?? error
      }
    }
    if pictures.isEmpty, let failure {
      await attempt.note(failure.isOpen ? .begin : .findNothing, words: failure.summary)
      throw failure
    }
    return try await collect(pictures, facts, attempt, tasks: tasks, deadline, earlier: earlier)
  }

  private func result(
    of task: String, _ open: ArraySlice<String>, _ deadline: Duration
  ) async throws(DeliveryFailure.Cause) -> ([ReturnedPicture], ReplyFacts) {
    guard let question = gateway.encodeQuestion(about: task, baseURL: route.baseURL, key: route.key),
      let settings = gateway.taskRoute
    else { throw .pending(tasks: Array(open), why: "\(gateway.id) has no tasks") }
    var plan = PollPlan(interval: settings.interval)
    var unknown = 0
    var advice: Duration?
    var why = "it was not done in time"
    while let wait = plan.next(advice: advice, left: deadline - timing.now()) {
      guard !Task.isCancelled, (try? await timing.sleep(wait)) != nil else { throw .interrupted }
      advice = nil
      switch await ask(question, settings, deadline) {
      case .failure(let error):
        // Asking costs nothing: whatever it was, it is asked again.
        why = error.description
      case .success(.pictures(let pictures, let facts)): return (pictures, facts)
      case .success(.running(let progress)): watch(.task(task, progress: progress))
      case .success(.accepted): watch(.task(task, progress: nil))
      case .success(.refused(let reason, let facts)): throw .refused(reason: reason, words: facts.text)
      case .success(.noPicture(let reason, let facts)): throw .noPicture(reason: reason, words: facts.text)
      case .success(.failed(let failure)):
        switch failure.kind {
        case .taskFailed, .refusedByPolicy: throw .failed(failure)
        case .unknownTask:
          unknown += 1
          if unknown >= Self.mostUnknown { throw .failed(failure) }
        case .keyRejected, .outOfCredit: throw .pending(tasks: Array(open), why: failure.message)
        default: break
        }
        advice = failure.retryAfter
        why = "status \(failure.status)"
      }
    }
    throw .pending(tasks: Array(open), why: why)
  }

  private func ask(
    _ question: OutgoingRequest, _ settings: Gateway.TaskRoute, _ deadline: Duration
  ) async -> Result<Outcome, Unasked> {
    let left = max(.milliseconds(1), deadline - timing.now())
    do throws(SubmissionError) {
      let reply = try await submitter.send(question, timeout: min(settings.timeout, left))
      return .success(gateway.interpretTask(reply, key: route.key))
    } catch {
      return .failure(Unasked(description: "the gateway could not be asked"))
    }
  }

  private struct Unasked: Error {
    let description: String
  }
}

extension DeliveryFailure.Cause {
  /// Whether the task may still be there.
  fileprivate var isOpen: Bool {
    if case .failed(let failure) = self { return failure.kind == .unknownTask }
    return false
  }

  fileprivate var summary: String {
    switch self {
    case .failed(let failure): failure.message
    case .refused(let reason, _), .noPicture(let reason, _): reason
    default: ""
    }
  }
}
