package import Gateways
import NIOPosix
package import Vocabulary

/// Brings one request to one gateway and its pictures back, and never pays twice: every attempt is written down before
/// its first byte leaves, only what certainly cost nothing is sent again, and what was accepted is fetched, not repeated.
package final class Delivery: Sendable {
  package struct Route: Sendable {
    package let gateway: Gateway
    package let baseURL: String
    package let key: APIKey

    package init(gateway: Gateway, baseURL: String, key: APIKey) {
      self.gateway = gateway
      self.baseURL = baseURL
      self.key = key
    }
  }

  /// What happens meanwhile, for those who watch.
  package enum Event: Sendable {
    case sending(OutgoingRequest, attempt: Int)
    case replied(IncomingReply)
    case waiting(Duration, because: String)
    case task(String, progress: Int?)
  }

  let route: Route
  let submitter: Submitter
  let journal: any AttemptJournal
  let timing: Timing
  let retries: RetryPlan.Limits
  let stop: StopSignal
  /// Whether a stop ends the waiting for a task that the gateway has accepted: it can be asked for later.
  let leavesTasks: Bool
  let watch: @Sendable (Event) -> Void

  package init(
    _ route: Route, submitter: Submitter, journal: any AttemptJournal, timing: Timing = .real,
    retries: RetryPlan.Limits = RetryPlan.Limits(), stop: StopSignal = StopSignal(),
    leavesTasks: Bool = true, watch: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.route = route
    self.submitter = submitter
    self.journal = journal
    self.timing = timing
    self.retries = retries
    self.stop = stop
    self.leavesTasks = leavesTasks
    self.watch = watch
  }

  var gateway: Gateway { route.gateway }

  /// - Parameters:
  ///   - part: which of an edit's requests this is.
  ///   - timeout: for everything together: tries, waits, tasks.
  package func deliver(
    _ request: EditRequest, part: Int, timeout: Duration
  ) async throws(DeliveryFailure) -> Delivered {
    let deadline = timing.now() + timeout
    var plan = RetryPlan(retries)
    var notes: [AttemptNote] = []
    var unanswered: [LiveAttempt] = []
    while true {
      guard !stop.isAsked else {
        throw DeliveryFailure(
          cause: .interrupted, attempts: notes, state: notes.last?.state ?? .prepared, keptReply: nil)
      }
      let attempt = try await begin(request, part: part, number: notes.count + 1, notes)
      stop.begin(until: deadline)
      // It may have been asked for while the attempt was written down.
      guard !stop.isAsked else {
        stop.end()
        await attempt.note(.notSent, .init(words: "interrupted"))
        throw failure(.interrupted, attempt, notes + [attempt.summary])
      }
      do throws(DeliveryFailure.Cause) {
        let number = notes.count + 1
        let answer = try await inOwnTask { () throws(DeliveryFailure.Cause) in
          let reply = try await self.send(request, attempt, number: number, deadline)
          return try await self.settle(reply, attempt)
        }
        for earlier in unanswered {
          await earlier.note(
            .repeatAnswered, .init(words: "answered when it was sent again under the same key"))
        }
        return try await bring(
          answer, besides: SentPictures(request.references), attempt, deadline, earlier: notes)
      } catch {
        stop.end()
        notes.append(attempt.summary)
        guard let wait = retry(after: error, attempt.state, &plan, deadline) else {
          throw failure(error, attempt, notes)
        }
        watch(.waiting(wait, because: error.words))
        let sleep = timing.sleep
        guard (try? await stop.cutting { try await sleep(wait) }) != nil else {
          throw failure(.interrupted, attempt, notes)
        }
        attempt.entry.reply.discard()
        if attempt.state == .ambiguous { unanswered.append(attempt) }
      }
    }
  }

  /// Goes on with what an earlier process left: a stored reply, or tasks that were accepted. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - reply: the answer as it was stored; `nil`: ask for the tasks.
  ///   - sent: what went along with the request.
  package func resume(
    _ entry: JournaledAttempt, state: AttemptState, reply: IncomingReply?, tasks: [String],
    sent: SentPictures, timeout: Duration
  ) async throws(DeliveryFailure) -> Delivered {
    let deadline = timing.now() + timeout
    let attempt = LiveAttempt(
      entry, gateway: gateway.id, journal: journal, timing: timing, state: state)
    stop.begin(until: deadline)
    do throws(DeliveryFailure.Cause) {
      var answer = Answer.tasks(tasks)
      let isWhole = [.stored, .withoutPicture].contains(state)
      if let reply { answer = try await understand(reply, attempt, isWhole: isWhole) }
      return try await bring(answer, besides: sent, attempt, deadline, earlier: [])
    } catch {
      stop.end()
      throw failure(error, attempt, [attempt.summary])
    }
  }

  private func begin(
    _ request: EditRequest, part: Int, number: Int, _ notes: [AttemptNote]
  ) async throws(DeliveryFailure) -> LiveAttempt {
    do throws(JournalError) {
      let new = NewAttempt(
        part: part, number: number, gateway: gateway.id, model: request.model, baseURL: route.baseURL,
        idempotencyKey: gateway.idempotency == nil ? nil : request.idempotencyKey)
      let entry = try await journal.begin(new)
      return LiveAttempt(entry, gateway: gateway.id, journal: journal, timing: timing)
    } catch {
      throw DeliveryFailure(cause: .journal(error), attempts: notes, state: .prepared, keptReply: nil)
    }
  }

  @inline(never)
  private func send(
    _ request: EditRequest, _ attempt: LiveAttempt, number: Int, _ deadline: Duration
  ) async throws(DeliveryFailure.Cause) -> IncomingReply {
    let outgoing = gateway.encode(request, baseURL: route.baseURL, key: route.key)
    watch(.sending(outgoing, attempt: number))
    do throws(SubmissionError) {
      let reply = try await submitter.send(
        outgoing, timeout: max(.milliseconds(1), deadline - timing.now()), storing: attempt.entry.reply,
        onAcceptance: attempt.accept)
      watch(.replied(reply))
      return reply
    } catch {
      await attempt.note(error.event, .init(words: error.words))
      throw .submission(error)
    }
  }

  /// What a reply that was paid for says.
  private enum Answer: Sendable {
    case pictures([ReturnedPicture], ReplyFacts)
    case tasks([String])
    case linked(Linked)
  }

  /// Stores the answer, and only then reads it.
  private func settle(
    _ reply: IncomingReply, _ attempt: LiveAttempt
  ) async throws(DeliveryFailure.Cause) -> Answer {
    if (200..<300).contains(reply.status) {
      if let why = reply.cutBy, !reply.isOneDocument {
        await attempt.note(.cut, .init(status: reply.status, words: why))
        throw .cutShort(why)
      }
      let stored = attempt.entry.reply
      let isSafe = (try? await NIOThreadPool.singleton.runIfActive { stored.sync() }) ?? false
      return try await understand(reply, attempt, isSafe: isSafe)
    }
    return try await understand(reply, attempt)
  }

  /// - Parameters:
  ///   - isSafe: whether the reply is on the disk; one that a full disk did not take is not called stored.
  ///   - isWhole: whether it is known to have come to its end; else that is why it cannot be read.
  private func understand(
    _ reply: IncomingReply, _ attempt: LiveAttempt, isSafe: Bool = true, isWhole: Bool = true
  ) async throws(DeliveryFailure.Cause) -> Answer {
    let (answer, event, details) = read(reply, isSafe: isSafe, isWhole: isWhole)
    await attempt.note(event, details)
    return try answer.get()
  }

  /// What a reply says, and what is to be written down of it.
  @inline(never)
  private func read(_ reply: IncomingReply, isSafe: Bool, isWhole: Bool) -> Reading {
    var details = LiveAttempt.Details(status: reply.status)
    switch gateway.interpret(reply, key: route.key) {
    case .pictures(let pictures, let facts):
      details.facts = facts
      return (.success(.pictures(pictures, facts)), isSafe ? .store : .begin, details)
    case .accepted(let tasks):
      details.tasks = tasks
      return (.success(.tasks(tasks)), .begin, details)
    case .running:
      // Only questions are answered so.
      return (.failure(.noPicture(reason: "", words: nil)), .findNothing, details)
    case .refused(let reason, let facts):
      (details.words, details.facts) = (reason, facts)
      return (.failure(.refused(reason: reason, words: facts.text)), .findNothing, details)
    case .noPicture(let reason, let facts, let links) where !links.isEmpty:
      details.facts = facts
      let linked = Linked(links: links, reason: reason, facts: facts)
      return (.success(.linked(linked)), isSafe ? .store : .begin, details)
    case .noPicture(let reason, let facts, _):
      (details.words, details.facts) = (reason, facts)
      return (.failure(.noPicture(reason: reason, words: facts.text)), .findNothing, details)
    case .failed(let failure) where failure.kind == .unreadableReply && !isWhole:
      return (.failure(.cutShort("what came of it ends in the middle")), .cut, details)
    case .failed(let failure):
      (details.status, details.words) = (failure.status, failure.message)
      return (.failure(.failed(failure)), failure.event, details)
    }
  }

  private typealias Reading = (
    answer: Result<Answer, DeliveryFailure.Cause>, event: AttemptState.Event, details: LiveAttempt.Details
  )

  /// What the answer leads to: for minutes, where that is a task.
  private func bring(
    _ answer: Answer, besides sent: @autoclosure () -> SentPictures, _ attempt: LiveAttempt,
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(DeliveryFailure.Cause) -> Delivered {
    switch answer {
    case .pictures(let pictures, let facts):
      try await collect(pictures, facts, attempt, deadline, earlier: earlier)
    case .linked(let linked): try await collect(linked, besides: sent(), attempt, deadline, earlier: earlier)
    case .tasks(let tasks):
      try await wait(for: tasks, besides: sent(), attempt, deadline, earlier: earlier)
    }
  }

  private func retry(
    after cause: DeliveryFailure.Cause, _ state: AttemptState, _ plan: inout RetryPlan, _ deadline: Duration
  ) -> Duration? {
    let isNamed = gateway.idempotency?.isHonoured ?? false
    guard !Task.isCancelled, state.permitsSendingAgain || isNamed && state == .ambiguous else { return nil }
    let left = deadline - timing.now()
    let decision: RetryPlan.Decision
    switch cause {
    case .failed(let failure) where gateway.retryable.contains(failure.kind):
      decision = plan.next(
        after: .rateLimit, advice: failure.retryAfter, left: left, random: timing.random())
    case .submission(.unreachable), .submission(.outcomeUnknown), .cutShort:
      decision = plan.next(after: .fault, left: left, random: timing.random())
    case .failed(let failure) where failure.kind == .outcomeUnknown:
      decision = plan.next(after: .fault, advice: failure.retryAfter, left: left, random: timing.random())
    default: return nil
    }
    if case .wait(let wait) = decision { return wait }
    return nil
  }

  /// Keeps the raw reply where there is something in it that may have been paid for: a later version may find a picture in it.
  private func failure(
    _ cause: DeliveryFailure.Cause, _ attempt: LiveAttempt, _ notes: [AttemptNote]
  ) -> DeliveryFailure {
    let reply = attempt.entry.reply
    let isOfUse =
      switch attempt.state {
      case .accepted, .stored: true
      // Only replies under 2xx are stored: what such a one says of itself may be wrong.
      case .ambiguous, .withoutPicture, .unbilled: !reply.isEmpty
      default: false
      }
    if isOfUse { reply.release() } else { reply.discard() }
    return DeliveryFailure(
      cause: cause, attempts: notes, state: attempt.state,
      keptReply: isOfUse && !reply.isEmpty ? reply.path : nil)
  }
}

extension DeliveryFailure.Cause {
  /// For a line of progress.
  fileprivate var words: String {
    switch self {
    case .failed(let failure): "status \(failure.status)"
    case .submission(let error): error.words
    case .cutShort(let why): why
    default: "it failed"
    }
  }
}

extension SubmissionError {
  /// What it means for the attempt.
  fileprivate var event: AttemptState.Event {
    switch self {
    case .unreachable, .sourceLost, .settings, .cancelled(afterSending: false): .notSent
    case .outcomeUnknown, .cancelled(afterSending: true): .lost
    case .replyTooLarge: .cut
    }
  }

  /// For the journal.
  fileprivate var words: String {
    switch self {
    case .unreachable(let words), .outcomeUnknown(let words): words
    case .sourceLost: "a picture changed while it was sent"
    case .settings(let mistake): "\(mistake.variable): \(mistake.words)"
    case .cancelled: "interrupted"
    case .replyTooLarge(let limit): "more than \(limit) bytes"
    }
  }
}

extension GatewayFailure {
  /// What it means for the attempt.
  fileprivate var event: AttemptState.Event {
    switch kind {
    case .rateLimited, .dayQuotaUsed, .overloaded, .keyRejected, .needsBilling, .placeNotServed, .outOfCredit,
      .malformedRequest, .unknownModel, .redirected, .refusedByPolicy, .unknownTask:
      .refused
    case .outcomeUnknown: .lost
    case .unreadableReply: .store
    case .taskFailed: .findNothing
    }
  }
}
