import Gateways
package import Ledger
import Submission
package import Core

/// Recovery of results that were paid for but did not arrive.
extension Editor {
  /// Fetches the missing results of an edit: those of its tasks, or those that a stored reply contains or
  /// links to. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - id: the edit's id, or the beginning of it.
  ///   - options: only the output, whether it overwrites or is raw, the format, the timeout, and
  ///     `finish.maximumDrift` count. An output in memory means the output that the edit was given; no
  ///     maximum drift means the edit's own, and `.infinity` any. Default: none set.
  ///   - watch: receives events. Default: does nothing.
  /// - Throws: 66 for an unknown id; 76 when nothing can be fetched, or not yet; 64 when the edit needs
  ///   nothing or belongs to another gateway; otherwise as `edit`.
  public func recover(
    _ id: String, options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    try await recover(id, options, namedAfter: nil, until: StopSignal(), watch)
  }

  /// - Parameter first: the reference whose name the output takes; `nil`: the edit's own.
  package func recover(
    _ id: String, _ options: EditOptions, namedAfter first: Reference?, finishing: EditFinishing? = nil,
    until stop: StopSignal, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    try await resume(
      id, options, asksForTasks: true, namedAfter: first, finishing: finishing, until: stop, watch)
  }

  /// Reads the stored reply of an edit again. Requests nothing from the gateway except pictures that the
  /// reply links to.
  ///
  /// - Throws: as `recover`.
  public func replay(
    _ id: String, options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    try await resume(id, options, asksForTasks: false, namedAfter: nil, until: StopSignal(), watch)
  }

  private func resume(
    _ id: String, _ options: EditOptions, asksForTasks: Bool, namedAfter first: Reference?,
    finishing other: EditFinishing? = nil, until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let start = ContinuousClock.now
    let entry = try await store.entry(id)
    let attempts = try await store.attempts(of: entry)
    let open = try openAttempts(entry, attempts, asksForTasks: asksForTasks)
    let output = try output(entry, options, namedAfter: first)
    try output.check()
    try output.prepareFolder()
    // The results of one request count, even when another has none, or none yet.
    var executed: [ExecutionResult] = []
    var failures: [PlantainError] = []
    for attempt in open {
      do throws(PlantainError) {
        executed.append(try await resume(attempt, entry, options, asksForTasks, until: stop, watch))
      } catch {
        failures.append(error)
      }
    }
    let worst = failures.first { $0.code == .outcomeUnknown || $0.code == .interrupted } ?? failures.first
    if executed.isEmpty, let worst { throw worst }
    var plan = EditPlan(resuming: entry)
    do throws(PlantainError) {
      if let other, !options.isRaw {
        plan.finishing = other
      } else if !options.isRaw {
        plan.finishing = try await finishing(entry)
      }
      if let maximum = options.finish.maximumDrift { plan.finishing?.maximumDrift = maximum }
    } catch {
      // The stored replies stay available.
      for one in executed { one.receipt.release() }
      throw .cannotFinish(error, entry.id)
    }
    return try await finish(executed, plan, output, start, watch)
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
    let key = try await readKey(route)
    let executor = try executor(route, key, edit: entry.id, until: stop, watch)
    let timeout = options.timeout ?? route.gateway.timeouts.slow
    do throws(ExecutionFailure) {
      return try await executor.resume(
        JournaledAttempt(id: attempt.id ?? 0, reply: stored),
        state: AttemptState(rawValue: attempt.state) ?? .stored, reply: reply, tasks: tasks,
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
    throw .nothingToFetch(HistoryEntry.state(of: states), entry.id, asksForTasks: asksForTasks)
  }

  private func output(
    _ entry: EditEntry, _ options: EditOptions, namedAfter first: Reference?
  ) throws(PlantainError) -> OutputPlan {
    guard options.output == .memory, var place = entry.output else {
      var options = options
      options.finish.maximumDrift = nil
      if !options.isRaw { options.finish.comparison = entry.finishing?.comparison }
      options.count = entry.count
      var plan = try OutputPlan(options, first: first ?? entry.sources.first.map { .file($0.name) })
      plan.mayBeCompared = true
      return plan
    }
    place.overwrites = place.overwrites || options.overwrites
    place.format = options.outputFormat?.name ?? place.format
    return OutputPlan(
      place, asked: entry.count, isRaw: options.isRaw,
      comparison: options.isRaw ? nil : entry.finishing?.comparison,
      written: entry.outputs?.count ?? 0, sparing: options.sparesOthers)
  }
}

extension PlantainError {
  fileprivate static func nothingToFetch(
    _ state: AttemptState, _ id: String, asksForTasks: Bool
  ) -> PlantainError {
    switch state {
    case .done: .usage("the edit \(id) is done", hint: "There is nothing to fetch.")
    case .accepted where !asksForTasks:
      .usage("the edit \(id) has a task but no stored reply", hint: "Fetch it: plantain recover \(id)")
    case .prepared, .unbilled:
      .usage("the edit \(id) cost nothing, so there is nothing to fetch", hint: "Send it again if needed.")
    case .unusable:
      .usage("the picture of the edit \(id) cannot be read, and its reply is gone", hint: nil)
    case .withoutPicture: .usage("the reply to the edit \(id) contains no picture", hint: nil)
    case .lost, .writtenOff:
      .usage("the edit \(id) was settled as billed, and no picture will come", hint: nil)
    case .sending, .accepted, .ambiguous, .stored: .unknownOutcome(of: id)
    }
  }
}

extension PlantainError {
  fileprivate static func unreadable(_ reply: String, _ error: StoredReply.Failure, _ id: String)
    -> PlantainError
  {
    PlantainError(
      .submission, .outcomeUnknown, "cannot read the stored reply \(reply): \(error.message)",
      hint: "The edit was done and billed. Check the gateway's own log.", subject: id, billed: .yes,
      underlying: error)
  }

  package static func unknownOutcome(of id: String) -> PlantainError {
    var error = PlantainError(
      .submission, .outcomeUnknown,
      "the outcome of the edit \(id) is unknown, and nothing of it can be fetched",
      hint: "It may have been done and billed. " + settling(id), subject: id, billed: .unknown)
    error.editID = id
    return error
  }

  /// The error for an edit that the user has settled as billed without a picture.
  package static func settledAsLost(_ id: String) -> PlantainError {
    var error = PlantainError(
      .reply, .noPicture, "the edit \(id) was settled as billed, and no picture will come",
      hint: "Nothing was sent now. To send it again, and pay again, use `again`.", subject: id)
    error.editID = id
    return error
  }

  /// The error for an edit whose equal may have been billed.
  static func twinUnknown(_ id: String) -> PlantainError {
    var error = PlantainError(
      .submission, .outcomeUnknown,
      "the same edit (\(id)) was sent before, and its outcome is unknown; nothing was sent now",
      hint: "It may have been done and billed. \(settling(id)) Or send it again with `again`.",
      subject: id, billed: .no)
    error.editID = id
    return error
  }

  /// The error for an edit whose equal is being sent by another process.
  static func twinUnderWay() -> PlantainError {
    PlantainError(
      .submission, .outcomeUnknown, "the same edit is under way in another process; nothing was sent now",
      hint: "Wait until it finishes. To get several pictures of one prompt, use `count`.",
      billed: .no)
  }

  private static func settling(_ id: String) -> String {
    "Check the gateway's own log, then settle it: \(settlingCommand(id))."
  }

  static func settlingCommand(_ id: String) -> String {
    "plantain settle \(id) `as` billed|unbilled|resend"
  }
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
    let price = entry.priceMillionths.map {
      Price(millionths: $0, currency: entry.currency ?? "USD", checked: "")
    }
    self.init(
      id: entry.id, gateway: entry.gateway, model: entry.model, prepared: [], reports: [],
      request: EditResult.Request(
        bytes: ByteCount(0), tier: Tier(rawValue: entry.tier) ?? .one,
        ratio: entry.aspect.flatMap(AspectRatio.init(parsing:)), count: entry.count),
      passedOn: [], notFetched: [], cost: EditResult.Cost(price: price, count: 1), tokens: nil, warnings: [])
  }
}
