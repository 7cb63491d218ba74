package import Gateways
package import Core

/// Executes a request at one gateway and returns its pictures, without ever paying twice. Every attempt is
/// recorded before its first byte is sent. Only attempts that certainly cost nothing are sent again. Accepted
/// results are fetched, not requested again.
package final class RequestExecutor: Sendable {
  /// A gateway with the base URL and the key to use.
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

  /// A progress event.
  package enum Event: Sendable {
    case sending(OutgoingRequest, attempt: Int)
    case replied(IncomingReply)
    /// A wait before a retry, with what is known about billing so far.
    case waiting(Duration, because: String, billed: Billing)
    case task(String, progress: Int?)
  }

  let route: Route
  let sender: HTTPSender
  let journal: any AttemptJournal
  let timing: Timing
  let retries: RetryPlan.Limits
  let stop: StopSignal
  /// Whether a stop also ends the polling of an accepted task, whose result can be fetched later. Default:
  /// `true`.
  let leavesTasks: Bool
  let watch: @Sendable (Event) -> Void

  package init(
    _ route: Route, sender: HTTPSender, journal: any AttemptJournal, timing: Timing = .real,
    retries: RetryPlan.Limits = RetryPlan.Limits(), stop: StopSignal = StopSignal(),
    leavesTasks: Bool = true, watch: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.route = route
    self.sender = sender
    self.journal = journal
    self.timing = timing
    self.retries = retries
    self.stop = stop
    self.leavesTasks = leavesTasks
    self.watch = watch
  }

  var gateway: Gateway { route.gateway }

  /// Executes a request.
  ///
  /// - Parameters:
  ///   - part: The index of the request within its edit.
  ///   - timeout: The timeout of the whole call, including retries, waits, and tasks.
  package func execute(
    _ request: EditRequest, part: Int, timeout: Duration
  ) async throws(ExecutionFailure) -> ExecutionResult {
    let deadline = timing.now() + timeout
    var plan = RetryPlan(retries)
    var notes: [AttemptNote] = []
    var unanswered: [LiveAttempt] = []
    while true {
      guard !stop.isAsked else {
        throw failure(.interrupted, nil, unanswered, notes)
      }
      let attempt = try await begin(request, part: part, number: notes.count + 1, unanswered, notes)
      stop.begin(until: deadline)
      // A stop may have been requested while the attempt was recorded.
      guard !stop.isAsked else {
        stop.end()
        await attempt.note(.notSent, .init(message: "interrupted"))
        throw failure(.interrupted, attempt, unanswered, notes + [attempt.summary])
      }
      do throws(ExecutionFailure.Cause) {
        let number = notes.count + 1
        let answer = try await withChildTask { () throws(ExecutionFailure.Cause) in
          let reply = try await self.send(request, attempt, number: number, deadline)
          return try await self.settle(reply, attempt)
        }
        for earlier in unanswered {
          await earlier.note(
            .repeatAnswered, .init(message: "a retry with the same idempotency key was answered"))
          earlier.entry.reply.discard()
        }
        unanswered = []
        notes = notes.map(\.repeated)
        return try await fetchResult(
          answer, besides: SentPictures(request.references), attempt, deadline, earlier: notes)
      } catch {
        stop.end()
        notes.append(attempt.summary)
        guard let wait = retry(after: error, attempt.state, &plan, deadline) else {
          throw failure(error, attempt, unanswered, notes)
        }
        watch(
          .waiting(wait, because: error.message, billed: AttemptState.combined(notes.map(\.state)).billing))
        let sleep = timing.sleep
        guard (try? await stop.cutting { try await sleep(wait) }) != nil else {
          throw failure(.interrupted, attempt, unanswered, notes)
        }
        if attempt.state == .ambiguous { unanswered.append(attempt) } else { attempt.entry.reply.discard() }
      }
    }
  }

  /// Resumes an attempt of an earlier process, from its stored reply or its accepted tasks. It sends no
  /// request that is billed.
  ///
  /// - Parameters:
  ///   - reply: The stored reply; `nil` polls the tasks.
  ///   - sent: The references of the request.
  package func resume(
    _ entry: JournaledAttempt, state: AttemptState, reply: IncomingReply?, tasks: [String],
    sent: SentPictures, timeout: Duration
  ) async throws(ExecutionFailure) -> ExecutionResult {
    let deadline = timing.now() + timeout
    let attempt = LiveAttempt(
      entry, gateway: gateway.id, journal: journal, timing: timing, state: state)
    stop.begin(until: deadline)
    do throws(ExecutionFailure.Cause) {
      var answer = Answer.tasks(tasks)
      let isWhole = [.stored, .withoutPicture, .unusable].contains(state)
      if let reply { answer = try await understand(reply, attempt, isWhole: isWhole) }
      return try await fetchResult(answer, besides: sent, attempt, deadline, earlier: [])
    } catch {
      stop.end()
      throw failure(error, attempt, [], [attempt.summary])
    }
  }

  private func begin(
    _ request: EditRequest, part: Int, number: Int, _ unanswered: [LiveAttempt], _ notes: [AttemptNote]
  ) async throws(ExecutionFailure) -> LiveAttempt {
    do throws(JournalError) {
      let new = NewAttempt(
        part: part, number: number, gateway: gateway.id, model: request.model, baseURL: route.baseURL,
        idempotencyKey: gateway.idempotency == nil ? nil : request.idempotencyKey)
      let entry = try await journal.begin(new)
      return LiveAttempt(entry, gateway: gateway.id, journal: journal, timing: timing)
    } catch {
      throw failure(.journal(error), nil, unanswered, notes)
    }
  }

  @inline(never)
  private func send(
    _ request: EditRequest, _ attempt: LiveAttempt, number: Int, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> IncomingReply {
    let outgoing = gateway.encode(request, baseURL: route.baseURL, key: route.key)
    watch(.sending(outgoing, attempt: number))
    do throws(SubmissionError) {
      let reply = try await sender.send(
        outgoing, timeout: max(.milliseconds(1), deadline - timing.now()), storing: attempt.entry.reply,
        onAcceptance: attempt.accept)
      watch(.replied(reply))
      return reply
    } catch {
      await attempt.note(error.event, .init(message: error.message))
      throw .submission(error)
    }
  }

  /// The time to wait before the next attempt; `nil` if there must not be one.
  private func retry(
    after cause: ExecutionFailure.Cause, _ state: AttemptState, _ plan: inout RetryPlan, _ deadline: Duration
  ) -> Duration? {
    let isNamed = gateway.idempotency?.isHonored ?? false
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

  /// Makes the error of a request whose last attempt failed. What is known about billing is that of all its
  /// attempts: a refused retry does not settle an earlier attempt that was lost.
  ///
  /// - Parameters:
  ///   - attempt: The last attempt; `nil` if none was begun.
  ///   - unanswered: Earlier attempts whose outcome is unknown.
  ///   - notes: All attempts.
  private func failure(
    _ cause: ExecutionFailure.Cause, _ attempt: LiveAttempt?, _ unanswered: [LiveAttempt],
    _ notes: [AttemptNote]
  ) -> ExecutionFailure {
    let replies = ([attempt].compactMap(\.self) + unanswered.reversed()).map { $0.keepReply() }
    return ExecutionFailure(
      cause: cause, attempts: notes, state: .combined(notes.map(\.state)),
      keptReply: replies.compactMap(\.self).first)
  }
}
