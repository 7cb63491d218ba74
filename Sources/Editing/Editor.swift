import Finishing
public import Gateways
import Imaging
import PictureFormats
public import Logging
package import Submission
public import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Edits local pictures through a gateway: prepares, sends, and finishes what comes back. What is sent is written into a
/// ledger before, so that nothing is paid twice and nothing that was paid for is lost.
///
/// It holds an HTTP client: call `close()` when done, or use `withEditor`.
public final class Editor: Sendable {
  /// In the order in which they are tried.
  public let routes: [Route]
  package let store: LedgerStore
  let sender: HTTPSender
  package let workers: ImageProcessor
  let logger: Logger
  let timing: Timing
  /// Edits that are prepared, and edits that are finished, at the same time: a thousand can be begun, or answered, in one
  /// second. Apart, because a reference that is fetched slowly must not keep a picture that is paid for from its file.
  let preparations = WeightedSemaphore(16)
  let finishings = WeightedSemaphore(16)

  /// - Parameters:
  ///   - routes: the first is used; a further one only when those before it have failed in a way that certainly cost
  ///     nothing and is theirs alone.
  ///   - ledger: where edits are written down.
  ///   - workers: where pictures are decoded.
  /// - Throws: 64 without a route, 78 when there is no place for the ledger.
  public convenience init(
    routes: [Route], ledger: LedgerLocation = .standard, workers: ImageProcessor = .inProcess,
    logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(routes: routes, ledger: ledger, workers: workers, logger: logger, timing: .real)
  }

  package init(
    routes: [Route], ledger: LedgerLocation, workers: ImageProcessor, logger: Logger, timing: Timing
  ) throws(PlantainError) {
    guard !routes.isEmpty else { throw .usage("there is no gateway to send to") }
    self.routes = routes
    store = try LedgerStore(ledger, logger: logger)
    self.logger = logger
    self.workers = workers
    self.timing = timing
    sender = HTTPSender()
  }

  /// The same for one gateway.
  ///
  /// - Parameters:
  ///   - key: where the key is read from, at each edit. `nil`: the gateway's own environment variables.
  ///   - baseURL: as in `Route`.
  public convenience init(
    gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
    workers: ImageProcessor = .inProcess, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(
      routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, workers: workers, logger: logger)
  }

  /// Ends the HTTP client and closes the ledger, which otherwise happens some time after the last reference has gone. No
  /// edit may be under way or follow.
  public func close() async {
    await sender.close()
    store.close()
  }

  /// The main job: `prompt` applied to the first reference, with the others beside it.
  ///
  /// - Parameters:
  ///   - prompt: sent byte for byte.
  ///   - references: the picture to edit, then up to the gateway's limit of others; none makes a picture from the words
  ///     alone, where the gateway does that.
  ///   - stop: ends it before it is sent, between two tries, or while a task is waited for, which can be recovered; what was sent is
  ///     waited for otherwise, and its result returned.
  ///   - watch: called as the edit passes its stages.
  /// - Returns: where an earlier edit that asked for the same was paid for and became no picture, and its reply has one, or its
  ///   task is done now: that one's, and nothing is sent.
  /// - Throws: `PlantainError`; its `billed` says whether money may have been spent. 76 when an equal edit is under way, or nobody
  ///   knows what became of it.
  public func edit(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    until stop: StopSignal = StopSignal(), watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    let references = try await readingStandardInput(references)
    let stop = StopSignal(under: stop)
    defer { stop.endAll() }
    return try await telling(stop, watch) { () throws(PlantainError) in
      try await self.editOnce(prompt, references, options, until: stop, watch)
    }
  }

  /// An option that one of the routes lacks is better known before another one was tried.
  package func checked(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, _ routes: [Route],
    _ retries: RetryPlan.Limits, until stop: StopSignal = StopSignal(),
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) throws(PlantainError) -> EditJob {
    let job = try EditJob(prompt, references, options, retries, until: stop, watch)
    try job.output.check()
    for route in routes { try check(job, route) }
    return job
  }

  /// - Parameter retries: of the last route. A failure of one before it leads to the next at once, unless several requests
  ///   are under way: then some may be paid for already.
  package func edit(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, by routes: [Route],
    retries: RetryPlan.Limits = .init(), until stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let job = try checked(prompt, references, options, routes, retries, until: stop, watch)
    for (position, route) in routes.enumerated() {
      do throws(PlantainError) {
        return try await edit(job, by: route, isLast: position == routes.count - 1)
      } catch {
        try failOver(job, after: error, to: routes[(position + 1)...].first)
      }
    }
    // There is a last route, which has returned or thrown.
    throw .usage("there is no gateway to send to")
  }

  private func edit(
    _ job: EditJob, by route: Route, isLast: Bool
  ) async throws(PlantainError) -> EditResult {
    let ready = try await ready(job, route, isLast: isLast)
    let (executed, failures) = try await execute(ready)
    return try await finishings.holding(1) { () throws(PlantainError) in
      try await finish(
        executed, failures: failures, earlier: job.earlier, ready.plan, job.output, job.start, job.watch)
    }
  }

  private func ready(_ job: EditJob, _ route: Route, isLast: Bool) async throws(PlantainError) -> ReadyEdit {
    do {
      return try await job.stop.cutting {
        try await self.preparations.holding(1) { () throws(PlantainError) in
          try await self.makeReady(job, route, isLast: isLast)
        }
      }
    } catch let error as PlantainError {
      throw error
    } catch {
      throw .interrupted()
    }
  }

  /// Out of line, as are others: what it handles would be kept in the frame of every edit that waits.
  @inline(never)
  private func failOver(
    _ job: EditJob, after error: PlantainError, to next: Route?
  ) throws(PlantainError) {
    guard let next, error.permitsAnotherRoute else { throw error }
    job.hasFailed(error)
    job.watch(.failedOver(error, to: next.gateway.id))
  }

  /// Does all local work of an edit for the first route, opens no socket, writes no file and needs no key: what would be
  /// sent, and its price.
  ///
  /// - Throws: as `edit`, as far as it goes.
  public func plan(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditPlan {
    let job = try EditJob(prompt, references, options, .none, watch)
    for route in routes { try check(job, route) }
    return try await plan(job, by: routes[0])
  }

  package func plan(_ job: EditJob, by route: Route) async throws(PlantainError) -> EditPlan {
    try job.output.check()
    try check(job, route)
    let plan = try await prepareRequest(job, route, isDry: true).plan
    try await store.check(plan, within: job.options.spending)
    return plan
  }
}

extension PlantainError {
  /// Whether the failure cost nothing and is this route's alone. A refusal by policy is not carried from door to door, and a
  /// request that one gateway finds wrong is wrong.
  fileprivate var permitsAnotherRoute: Bool {
    let isOfRoute: Set<Code> = [
      .rateLimited, .overloaded, .unreachable, .keyMissing, .keyRejected, .outOfCredit, .needsBilling,
      .placeNotServed, .unknownModel,
    ]
    return billed == .no && isOfRoute.contains(code)
  }
}

/// Makes an editor, lends it to `body`, and closes it however that ends.
public func withEditor<Result>(
  routes: [Route], ledger: LedgerLocation = .standard, workers: ImageProcessor = .inProcess,
  _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await Editor(routes: routes, ledger: ledger, workers: workers).lent(to: body)
}

extension Editor {
  /// Closes itself however `body` ends.
  func lent<Result>(to body: (Editor) async throws -> Result) async throws -> Result {
    do {
      let result = try await body(self)
      await close()
      return result
    } catch {
      await close()
      throw error
    }
  }
}

/// The same for one gateway.
public func withEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
  workers: ImageProcessor = .inProcess, _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withEditor(
    routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, workers: workers, body)
}
