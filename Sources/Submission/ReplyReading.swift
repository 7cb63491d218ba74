import Gateways
import NIOPosix

/// What a billed reply leads to: pictures, or tasks and links to fetch.
extension RequestExecutor {
  /// The contents of a billed reply.
  enum Answer: Sendable {
    case pictures([ReturnedPicture], ReplyFacts)
    case tasks([String])
    case linked(Linked)
  }

  /// Flushes a successful reply to the disk, and then interprets it.
  func settle(
    _ reply: IncomingReply, _ attempt: LiveAttempt
  ) async throws(ExecutionFailure.Cause) -> Answer {
    if (200..<300).contains(reply.status) {
      if let why = reply.cutBy, !reply.isOneDocument {
        await attempt.note(.cut, .init(status: reply.status, message: why))
        throw .cutShort(why)
      }
      let stored = attempt.entry.reply
      let isSafe = (try? await NIOThreadPool.singleton.runIfActive { stored.sync() }) ?? false
      return try await understand(reply, attempt, isSafe: isSafe)
    }
    return try await understand(reply, attempt)
  }

  /// Interprets a reply and records the outcome.
  ///
  /// - Parameters:
  ///   - isSafe: Whether the reply is on the disk. A reply that did not fit on a full disk is not recorded as
  ///     stored.
  ///   - isWhole: Whether the reply is known to be complete. If not, that is the reason if it cannot be read.
  func understand(
    _ reply: IncomingReply, _ attempt: LiveAttempt, isSafe: Bool = true, isWhole: Bool = true
  ) async throws(ExecutionFailure.Cause) -> Answer {
    let (answer, event, details) = read(reply, isSafe: isSafe, isWhole: isWhole)
    await attempt.note(event, details)
    return try answer.get()
  }

  /// Interprets a reply: its answer, and the event and details to record.
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
      // Only replies to polls have this outcome.
      return (.failure(.noPicture(reason: "", message: nil)), .findNothing, details)
    case .refused(let reason, let facts):
      (details.message, details.facts) = (reason, facts)
      return (.failure(.refused(reason: reason, message: facts.text)), .findNothing, details)
    case .noPicture(let reason, let facts, let links) where !links.isEmpty:
      details.facts = facts
      let linked = Linked(links: links, reason: reason, facts: facts)
      return (.success(.linked(linked)), isSafe ? .store : .begin, details)
    case .noPicture(let reason, let facts, _):
      (details.message, details.facts) = (reason, facts)
      return (.failure(.noPicture(reason: reason, message: facts.text)), .findNothing, details)
    case .failed(let failure) where failure.kind == .unreadableReply && !isWhole:
      return (.failure(.cutShort("the stored reply is incomplete")), .cut, details)
    case .failed(let failure):
      (details.status, details.message) = (failure.status, failure.message)
      return (.failure(.failed(failure)), failure.event, details)
    }
  }

  private typealias Reading = (
    answer: Result<Answer, ExecutionFailure.Cause>, event: AttemptState.Event, details: LiveAttempt.Details
  )

  /// Fetches the result that an answer leads to. For a task, this can take minutes.
  func fetchResult(
    _ answer: Answer, besides sent: @autoclosure () -> SentPictures, _ attempt: LiveAttempt,
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(ExecutionFailure.Cause) -> ExecutionResult {
    let collected: CollectedPictures
    var tasks: [String] = []
    switch answer {
    case .pictures(let pictures, let facts):
      collected = try await collect(pictures, facts, as: .url, deadline)
    case .linked(let linked):
      do throws(ExecutionFailure.Cause) {
        collected = try await collect(linked, besides: sent(), as: .url, deadline)
      } catch {
        if case .noPicture(let reason, _, _) = error {
          await attempt.note(.findNothing, .init(message: reason))
        }
        throw error
      }
    case .tasks(let ids):
      collected = try await wait(for: ids, besides: sent(), attempt, deadline)
      tasks = ids
    }
    return ExecutionResult(
      pictures: collected.pictures, facts: collected.facts, tasks: tasks,
      attempts: earlier + [attempt.summary], areAddressesChecked: collected.areAddressesChecked,
      isIncomplete: collected.gone != nil, receipt: Receipt(attempt: attempt))
  }
}
