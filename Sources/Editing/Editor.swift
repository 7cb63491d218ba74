public import Core
import Gateways
import Ledger
package import Logging
package import PictureWork
package import Submission

/// Edits local pictures through a gateway: prepares them, sends them, and finishes the results. Every request
/// is recorded in a ledger before it is sent, so that nothing is paid for twice and no paid result is lost.
///
/// An editor holds an HTTP client. Call `close()` when done, or use `withEditor`.
public final class Editor: Sendable {
  /// The routes, in the order in which they are tried.
  public let routes: [Route]
  package let store: LedgerStore
  package let processor: ImageProcessor
  let sender: HTTPSender
  let logger: Logger
  let timing: Timing
  /// Limits how many edits are prepared, and how many are finished, at the same time: a thousand can begin,
  /// or receive their reply, within one second. The limits are separate because a slow download of a
  /// reference must not delay writing a picture that is paid for.
  let preparations = WeightedSemaphore(16)
  let finishings = WeightedSemaphore(16)

  package init(
    routes: [Route], ledger: LedgerLocation, processor: ImageProcessor, logger: Logger, timing: Timing
  ) throws(PlantainError) {
    guard !routes.isEmpty else { throw .usage("no gateway is given") }
    self.routes = routes
    store = try LedgerStore(ledger, logger: logger)
    self.logger = logger
    self.processor = processor
    self.timing = timing
    sender = HTTPSender()
  }

  /// Shuts down the HTTP client and closes the ledger. Without this call, that happens some time after the
  /// last reference to the editor is released. No edit may be in progress or follow.
  public func close() async {
    await sender.close()
    store.close()
  }

  /// Edits the first reference by a prompt, with the other references as context.
  ///
  /// If an equal earlier edit was billed and produced no picture, and its stored reply has one or its task is
  /// done by now, that result is returned and nothing is sent.
  ///
  /// - Parameters:
  ///   - prompt: the prompt, sent byte for byte.
  ///   - references: the picture to edit, then other pictures up to the gateway's limit. An empty array
  ///     generates a picture from the prompt alone, if the gateway supports that.
  ///   - options: the options of the edit. Default: `EditOptions()`.
  ///   - stop: stops the edit before it is sent, between two attempts, or while it waits for a task, which
  ///     can be recovered. Otherwise the edit waits for the reply to the request that was sent, and returns
  ///     its result. Default: a signal that never stops the edit.
  ///   - watch: receives the progress events of the edit. Default: ignores them.
  /// - Returns: the result of the edit, or of the equal earlier edit.
  /// - Throws: `PlantainError`; its `billed` tells whether money may have been spent. The code is
  ///   `outcomeUnknown` when an equal edit is in progress, or its outcome is unknown, and `noPicture` when it
  ///   is settled as billed.
  public func edit(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    until stop: StopSignal = StopSignal(), watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    let references = try await references.readingStandardInput()
    let stop = StopSignal(under: stop)
    defer { stop.endAll() }
    return try await stop.reporting(to: watch, timing) { () throws(PlantainError) in
      let job = try EditJob(prompt, references, options, .none) { _ in }
      let obstacle = try await self.obstacle(to: job)
      let routes = try self.resolve(job)
      let keys = try await self.keys(of: prompt, references, options)
      let lock = try self.lock(job, keys)
      defer { withExtendedLifetime(lock) {} }
      if let earlier = try await self.recovery.earlierResult(of: job, keys, until: stop, watch) {
        return earlier
      }
      if let obstacle { throw obstacle }
      return try await self.editOrFetch(
        prompt, references, options.recorded(by: keys), by: routes, until: stop, watch)
    }
  }

  /// The existing file that keeps the results of an edit for several pictures from being written. It may be a
  /// picture of an equal earlier edit, of which others are open: that comes first.
  private func obstacle(to job: EditJob) async throws(PlantainError) -> PlantainError? {
    do throws(PlantainError) {
      try await store.requireWritable(job)
      return nil
    } catch {
      guard error.code == .outputExists, job.options.count > 1, store.exists else { throw error }
      return error
    }
  }

  /// Runs the edit. If an equal request was paid for and its result can be fetched, nothing is sent: the
  /// result is fetched, finished as requested now, and returned.
  package func editOrFetch(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, by routes: [ResolvedRoute],
    until stop: StopSignal, reserving reservation: SpendingReservation? = nil,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    var options = options
    while true {
      do throws(PlantainError) {
        return try await edit(
          prompt, references, options, by: routes, until: stop, reserving: reservation, watch)
      } catch {
        guard let paid = error.underlying as? PaidEqual else { throw error }
        watch(.fetching(id: paid.entry.id))
        let found = try await recovery.fetched(
          paid.entry, options, references.first, stop, watch, finishing: .now(paid.finishing))
        if var result = found {
          result.isOfEarlierRun = true
          return result
        }
        guard try await !store.isStillPaid(paid.entry) else { throw .equalUnknown(paid.entry.id) }
        // Its reply contains no picture, so the request may be sent again.
        options.knownEdits.insert(paid.entry.id)
      }
    }
  }

  /// Runs an edit by the first route that does not fail over to the next.
  ///
  /// - Parameter retries: the retry limits of the last route. An earlier route fails over to the next one
  ///   without a retry, unless the edit has several requests in flight: then some of them may already be
  ///   billed.
  func edit(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, by routes: [ResolvedRoute],
    retries: RetryPlan.Limits = .init(), until stop: StopSignal,
    reserving reservation: SpendingReservation? = nil, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let job = try EditJob(
      prompt, references, options, retries, until: stop, reserving: reservation, watch)
    try job.requireWritable()
    for route in routes { try resolve.check(job, route) }
    do throws(PlantainError) {
      let result = try await edit(job, by: routes)
      await record.endReservation(of: job)
      return result
    } catch {
      await record.endReservation(of: job)
      throw error
    }
  }

  private func edit(_ job: EditJob, by routes: [ResolvedRoute]) async throws(PlantainError) -> EditResult {
    for (position, route) in routes.enumerated() {
      do throws(PlantainError) {
        return try await edit(job, by: route, isLast: position == routes.count - 1)
      } catch {
        try job.failOver(after: error, to: routes[(position + 1)...].first?.route)
      }
    }
    // Unreachable: there is a last route, and it has returned or thrown.
    throw .usage("no gateway is given")
  }

  /// Runs an edit by one route.
  private func edit(
    _ job: EditJob, by route: ResolvedRoute, isLast: Bool
  ) async throws(PlantainError) -> EditResult {
    let ready = try await makeReady(job, by: route, isLast: isLast)
    let sent = try await Send.execute(ready)
    return try await finishings.holding(1) { () throws(PlantainError) in
      let finished = try await finish(sent, ready.plan, as: job.output, job.watch)
      var result = try await write(
        finished, sent, ready.plan, as: job.output, earlier: job.earlier, since: job.start, job.watch)
      result.missing = sent.missing(from: result, finished, ready)
      return result
    }
  }

  /// Everything before the first byte is sent. A stop cancels it.
  private func makeReady(
    _ job: EditJob, by route: ResolvedRoute, isLast: Bool
  ) async throws(PlantainError) -> ReadyEdit {
    try await job.stop.cuttingEdit { () throws(PlantainError) in
      try await self.preparations.holding(1) { () throws(PlantainError) in
        let key = try await route.route.readKey()
        let prepared = try await self.prepare(job, route)
        try await self.record(prepared.plan, job)
        job.watch(.sending(prepared.plan))
        return try self.send.ready(prepared, job, by: route.route, key, isLast: isLast)
      }
    }
  }
}

/// The stages of an edit, in order, and the recovery of its results.
extension Editor {
  var resolve: Resolve { Resolve(routes: routes) }
  var prepare: Prepare { Prepare(processor: processor, store: store) }
  var record: Record { Record(store: store) }
  var send: Send { Send(sender: sender, store: store, timing: timing, logger: logger) }
  var finish: Finish { Finish(processor: processor) }
  var write: Write { Write(ledger: store.path) }
  package var recovery: Recovery {
    Recovery(routes: routes, store: store, processor: processor, send: send, finish: finish, write: write)
  }
}
