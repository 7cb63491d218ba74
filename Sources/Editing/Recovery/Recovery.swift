package import Core
import Gateways
package import Ledger
import PictureWork
import Submission

/// Recovers results that were paid for but did not arrive. Sends nothing that costs.
package struct Recovery: Sendable {
  let routes: [Route]
  let store: LedgerStore
  let processor: ImageProcessor
  let send: Send
  let finish: Finish
  let write: Write

  /// - Parameter first: the reference whose name the output takes; `nil`: the edit's own.
  package func recover(
    _ id: String, _ options: EditOptions, namedAfter first: Reference?,
    finishing: FinishingChoice = .recorded,
    until stop: StopSignal, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    try await resume(
      id, options, asksForTasks: true, namedAfter: first, finishing: finishing, until: stop, watch)
  }

  func resume(
    _ id: String, _ options: EditOptions, asksForTasks: Bool, namedAfter first: Reference?,
    finishing choice: FinishingChoice = .recorded, until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let start = ContinuousClock.now
    let entry = try await store.entry(id)
    let attempts = try await store.attempts(of: entry)
    let open = try openAttempts(entry, attempts, asksForTasks: asksForTasks)
    let output = try output(entry, options, namedAfter: first)
    try await onPool { () throws(PlantainError) in
      try output.requireApart(from: entry.readPictures)
      try output.check()
      try output.prepareFolder()
    }
    // The results of one request count, even when another has none, or none yet.
    var sent = SentEdit()
    var failures: [PlantainError] = []
    for attempt in open {
      do throws(PlantainError) {
        sent.executed.append(try await resume(attempt, entry, options, asksForTasks, until: stop, watch))
        sent.numbers.append(entry.numbers(ofPart: attempt.part))
      } catch {
        failures.append(error)
      }
    }
    let worst = failures.first { $0.code == .outcomeUnknown || $0.code == .interrupted } ?? failures.first
    if sent.executed.isEmpty, let worst { throw worst }
    var plan = EditPlan(resuming: entry)
    do throws(PlantainError) {
      if !options.isRaw {
        plan.finishing =
          switch choice {
          case .recorded: try await finishing(entry)
          case .now(let finishing): finishing
          }
      }
      if let maximum = options.finish.maximumDrift { plan.finishing?.maximumDrift = maximum }
    } catch {
      // The stored replies stay available.
      for one in sent.executed { one.receipt.release() }
      throw .cannotFinish(error, entry.id)
    }
    let finished = try await finish(sent, plan, as: output, watch)
    var result = try await write(finished, sent, plan, as: output, since: start, watch)
    result.missing = failures
    return result
  }

  private func resume(
    _ attempt: AttemptEntry, _ entry: EditEntry, _ options: EditOptions, _ asksForTasks: Bool,
    until stop: StopSignal, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> ExecutionResult {
    guard let route = routes.first(where: { $0.gateway.id == attempt.gateway }) else {
      throw .usage("the edit \(entry.id) was sent to \(attempt.gateway)", hint: "Choose that gateway.")
    }
    let path = try store.ledger().replyPath(attempt.reply)
    let stored: StoredReply
    do throws(StoredReply.Failure) {
      stored = try StoredReply(reopening: path)
    } catch {
      throw .unreadable(path, error, entry.id)
    }
    let tasks = asksForTasks ? attempt.tasks ?? [] : []
    var reply: IncomingReply?
    if tasks.isEmpty {
      reply = try await onPool { () throws(PlantainError) in try self.read(stored, attempt) }
    }
    // A stored reply is read without asking the gateway, so its key only serves to keep it out of messages.
    let key = reply == nil ? try await route.readKey() : (try? await route.readKey()) ?? .none
    let state = AttemptState(rawValue: attempt.state) ?? .stored
    let executor = try send.executor(
      route, key, edit: entry.id, until: stop, keepsVerdict: state.isVerdict, watch)
    let timeout = options.timeout ?? route.gateway.timeouts.slow
    do throws(ExecutionFailure) {
      return try await executor.resume(
        JournaledAttempt(id: attempt.id ?? 0, reply: stored),
        state: state, reply: reply, tasks: tasks,
        sent: SentPictures(entry), timeout: timeout)
    } catch {
      throw .delivering(error, route, ledger: store.path, edit: entry.id)
    }
  }

  private func read(_ stored: StoredReply, _ attempt: AttemptEntry) throws(PlantainError) -> IncomingReply {
    do throws(StoredReply.Failure) {
      return try stored.read(status: attempt.status ?? 200)
    } catch {
      throw .unreadable(attempt.reply, error, attempt.edit)
    }
  }

  /// The attempts whose results can be fetched.
  private func openAttempts(
    _ entry: EditEntry, _ attempts: [AttemptEntry], asksForTasks: Bool
  ) throws(PlantainError) -> [AttemptEntry] {
    let isLive = attempts.contains(where: store.isLive)
    guard !isLive else {
      throw .usage("the edit \(entry.id) is under way in another process", hint: "Wait until it finishes.")
    }
    let states = attempts.map { $0.settledState(isLive: false) }
    let open = zip(attempts, states).filter { attempt, state in
      state == .stored || state == .accepted && asksForTasks || store.hasReply(attempt) && state != .done
    }
    if !open.isEmpty { return open.map(\.0) }
    throw .nothingToFetch(AttemptState.combined(states), entry.id, asksForTasks: asksForTasks)
  }

  private func output(
    _ entry: EditEntry, _ options: EditOptions, namedAfter first: Reference?
  ) throws(PlantainError) -> OutputPlan {
    guard options.output == .memory, var place = entry.output else {
      var options = options
      options.finish.maximumDrift = nil
      if !options.isRaw { options.finish.comparison = entry.finishing?.comparison }
      (options.count, options.numbers) = (entry.asked, entry.numbers)
      var plan = try OutputPlan(options, first: first ?? entry.sources.first.map { .file($0.name) })
      plan.mayBeCompared = true
      return plan
    }
    place.overwrites = place.overwrites || options.overwrites
    place.format = options.outputFormat?.name ?? place.format
    return OutputPlan(
      place, asked: entry.asked, numbers: entry.numbers, isRaw: options.isRaw,
      comparison: options.isRaw ? nil : entry.finishing?.comparison,
      written: entry.outputs?.count ?? 0, sparing: options.sparesOthers)
  }
}

/// How the result of an earlier edit is finished.
package enum FinishingChoice {
  /// As the edit recorded it.
  case recorded
  /// As requested now; `nil`: not at all.
  case now(EditFinishing?)
}

extension SentPictures {
  init(_ entry: EditEntry) {
    self.init(
      addresses: Set(entry.sources.map(\.name)), digests: Set(entry.sources.compactMap(\.sha256)))
  }
}

extension EditPlan {
  /// Restores the plan of an earlier process from the ledger, as far as it matters for finishing the edit.
  package init(resuming entry: EditEntry) {
    self.init(
      id: entry.id, gateway: entry.gateway, model: entry.model, prepared: [], reports: [],
      request: EditResult.Request(
        bytes: ByteCount(0), tier: Tier(rawValue: entry.tier) ?? .one,
        ratio: entry.aspect.flatMap(AspectRatio.init(parsing:)), count: entry.count),
      passedOn: [], notFetched: [],
      cost: EditResult.Cost(price: entry.price.map { Price($0, .ledger) }, count: 1), tokens: nil,
      warnings: [],
      numbers: entry.output?.numbers)
  }
}

extension EditEntry {
  /// The files that the edit has read, as far as the ledger names them.
  var readPictures: [Reference] {
    (sources.map(\.name) + [finishing?.original, finishing?.mask].compactMap(\.self)).map(Reference.file)
  }
}
