public import PictureWork
import Finishing
public import Gateways
import Ledger
import PictureFormats
public import Logging
package import Submission
public import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Edits local pictures through a gateway: prepares them, sends them, and finishes the results. Every request
/// is recorded in a ledger before it is sent, so that nothing is paid for twice and no paid result is lost.
///
/// An editor holds an HTTP client. Call `close()` when done, or use `withEditor`.
public final class Editor: Sendable {
  /// The routes, in the order in which they are tried.
  public let routes: [Route]
  package let store: LedgerStore
  let sender: HTTPSender
  package let workers: ImageProcessor
  let logger: Logger
  let timing: Timing
  /// Limits how many edits are prepared, and how many are finished, at the same time: a thousand can begin,
  /// or receive their reply, within one second. The limits are separate because a slow download of a
  /// reference must not delay writing a picture that is paid for.
  let preparations = WeightedSemaphore(16)
  let finishings = WeightedSemaphore(16)

  /// Creates an editor with one or more routes.
  ///
  /// - Parameters:
  ///   - routes: the first route is used. A later one is used only when all routes before it have failed for
  ///     reasons of their own, and certainly without being billed.
  ///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
  ///   - workers: where pictures are decoded.
  ///   - logger: logs requests and replies at the debug level, and a warning if other users can read the
  ///     ledger. Default: labeled `plantain`.
  /// - Throws: `PlantainError` with exit status 64 without a route, 78 when the ledger's path is unknown.
  public convenience init(
    routes: [Route], ledger: LedgerLocation = .standard, workers: ImageProcessor,
    logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(routes: routes, ledger: ledger, workers: workers, logger: logger, timing: .real)
  }

  package init(
    routes: [Route], ledger: LedgerLocation, workers: ImageProcessor, logger: Logger, timing: Timing
  ) throws(PlantainError) {
    guard !routes.isEmpty else { throw .usage("no gateway is given") }
    self.routes = routes
    store = try LedgerStore(ledger, logger: logger)
    self.logger = logger
    self.workers = workers
    self.timing = timing
    sender = HTTPSender()
  }

  /// Creates an editor with one gateway.
  ///
  /// - Parameters:
  ///   - gateway: the gateway that edits are sent to.
  ///   - key: where the key is read from, at each edit; `nil`: the gateway's own environment variables.
  ///     Default: `nil`.
  ///   - baseURL: as in `Route`. Default: `nil`.
  ///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
  ///   - workers: where pictures are decoded.
  ///   - logger: logs requests and replies at the debug level, and a warning if other users can read the
  ///     ledger. Default: labeled `plantain`.
  /// - Throws: `PlantainError` with exit status 78 when the base URL is unusable or the ledger's path is
  ///   unknown.
  public convenience init(
    gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
    workers: ImageProcessor, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(
      routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, workers: workers, logger: logger)
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
  /// - Throws: `PlantainError`; its `billed` tells whether money may have been spent. The exit status is 76
  ///   when an equal edit is in progress, or its outcome is unknown, and 80 when it is settled as billed.
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

  /// Checks an edit against every route, so that an option that one of them lacks is reported before any
  /// route is tried.
  ///
  /// - Returns: the routes, with the options resolved for each.
  func checkedRoutes(
    for prompt: String, _ references: [Reference], _ options: EditOptions
  ) throws(PlantainError) -> [ResolvedRoute] {
    let job = try EditJob(prompt, references, options, .none) { _ in }
    try job.requireWritable()
    return try resolved(job)
  }

  /// The routes, with the options of a job resolved for each.
  private func resolved(_ job: EditJob) throws(PlantainError) -> [ResolvedRoute] {
    try routes.map { route throws(PlantainError) in
      try RequestCheck.check(job.prompt, job.references, job.options, route.gateway)
      let resolved = try ResolvedRoute(job.options, for: route)
      try requireComparable(job, resolved)
      return resolved
    }
  }

  /// Runs an edit by the first route that does not fail over to the next.
  ///
  /// - Parameter retries: the retry limits of the last route. An earlier route fails over to the next one
  ///   without a retry, unless the edit has several requests in flight: then some of them may already be
  ///   billed.
  package func edit(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, by routes: [ResolvedRoute],
    retries: RetryPlan.Limits = .init(), until stop: StopSignal,
    reserving reservation: SpendingReservation? = nil, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    let job = try EditJob(
      prompt, references, options, retries, until: stop, reserving: reservation, watch)
    try job.requireWritable()
    for route in routes { try check(job, route) }
    do throws(PlantainError) {
      let result = try await edit(job, by: routes)
      await endReservation(of: job)
      return result
    } catch {
      await endReservation(of: job)
      throw error
    }
  }

  /// Without it, the edit counts with its whole price, so a failure does no harm.
  private func endReservation(of job: EditJob) async {
    guard job.options.spending.perDay != nil else { return }
    try? await store.ledger().release(job.id)
    job.unlockReservation()
  }

  private func edit(_ job: EditJob, by routes: [ResolvedRoute]) async throws(PlantainError) -> EditResult {
    for (position, route) in routes.enumerated() {
      do throws(PlantainError) {
        return try await edit(job, by: route, isLast: position == routes.count - 1)
      } catch {
        try failOver(job, after: error, to: routes[(position + 1)...].first?.route)
      }
    }
    // Unreachable: there is a last route, and it has returned or thrown.
    throw .usage("no gateway is given")
  }

  private func edit(
    _ job: EditJob, by resolved: ResolvedRoute, isLast: Bool
  ) async throws(PlantainError) -> EditResult {
    let ready = try await ready(job, resolved, isLast: isLast)
    let (executed, failures) = try await execute(ready)
    return try await finishings.holding(1) { () throws(PlantainError) in
      var result = try await finish(
        executed, failures: failures, earlier: job.earlier, ready.plan, job.output, job.start, job.watch)
      result.missing = failures.map { .delivering($0, ready.route, ledger: store.path, edit: job.id) }
      if failures.isEmpty, result.images.count < ready.plan.request.count {
        result.missing = [.tooFew(result.images.count, of: ready.plan.request.count, ready.route.gateway.id)]
      }
      return result
    }
  }

  private func ready(
    _ job: EditJob, _ route: ResolvedRoute, isLast: Bool
  ) async throws(PlantainError) -> ReadyEdit {
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

  /// Not inlined, like others here: its values would enlarge the async frame of every edit that waits.
  @inline(never)
  private func failOver(
    _ job: EditJob, after error: PlantainError, to next: Route?
  ) throws(PlantainError) {
    guard let next, error.permitsAnotherRoute else { throw error }
    job.hasFailed(error)
    job.watch(.failedOver(error, to: next.gateway.id))
  }

  /// Plans an edit for the first route: does all the local work, and returns what would be sent and its
  /// price. Opens no socket, writes no file and needs no key.
  ///
  /// - Parameters:
  ///   - prompt: as in `edit`.
  ///   - references: as in `edit`. References by URL are not fetched.
  ///   - options: the options of the edit. Default: `EditOptions()`.
  ///   - watch: receives the progress events of the preparation. Default: ignores them.
  /// - Throws: the same errors as `edit` up to the point of sending.
  public func plan(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditPlan {
    let references = try await readingStandardInput(references)
    let job = try EditJob(prompt, references, options, .none, watch)
    let routes = try resolved(job)
    let paidFor = try await requireNoTwin(prompt, references, options)
    var options = options
    if store.exists { options.knownJobs = Set(try await keys(of: prompt, references, options).map(\.text)) }
    var plan = try await plan(try EditJob(prompt, references, options, .none, watch), by: routes)
    plan.paidFor = paidFor ?? plan.paidFor
    return plan
  }

  /// Plans an edit without regard to earlier edits with its job key.
  ///
  /// - Throws: as `edit`, where it sends nothing because of an equal request whose outcome is unknown.
  package func plan(_ job: EditJob) async throws(PlantainError) -> EditPlan {
    try await plan(job, by: resolved(job))
  }

  private func plan(
    _ job: EditJob, by routes: [ResolvedRoute]
  ) async throws(PlantainError) -> EditPlan {
    var plan = try await plan(job, by: routes[0])
    plan.paidFor = try await paidEqual(of: plan, job)
    plan.dearest = dearestPrice(of: routes)
    if let (price, gateway) = plan.dearest {
      try job.options.spending.check(price, count: job.options.count, "the model", gateway)
      try await store.check(plan, within: job.options.spending)
    }
    return plan
  }

  /// The highest price of a picture among the routes; `nil` where none is known.
  private func dearestPrice(of routes: [ResolvedRoute]) -> (price: Price, gateway: String)? {
    var dearest: (price: Price, gateway: String)?
    for route in routes {
      guard let price = route.options.price else { continue }
      if let known = dearest?.price, known.millionths >= price.millionths { continue }
      dearest = (price, route.route.gateway.id)
    }
    return dearest
  }

  package func plan(_ job: EditJob, by route: ResolvedRoute) async throws(PlantainError) -> EditPlan {
    try job.requireWritable()
    try check(job, route)
    let plan = try await prepareRequest(job, route, isDry: true).plan
    try await store.check(plan, within: job.options.spending)
    return plan
  }
}

extension PlantainError {
  /// The error of an answer with fewer pictures than requested. Nothing of it is open.
  fileprivate static func tooFew(_ count: Int, of wanted: Int, _ gateway: String) -> PlantainError {
    PlantainError(
      .reply, .noPicture, "\(gateway) returned \(count) of \(wanted) pictures",
      hint: "To get the rest, send another edit.", subject: gateway)
  }

  /// Whether the failure cost nothing and concerns only this route. A request that was refused by policy is
  /// not tried at another gateway, and a request that one gateway rejects as malformed is malformed
  /// everywhere.
  fileprivate var permitsAnotherRoute: Bool {
    let isOfRoute: Set<Code> = [
      .rateLimited, .overloaded, .unreachable, .keyMissing, .keyRejected, .outOfCredit, .needsBilling,
      .placeNotServed, .unknownModel,
    ]
    return billed == .no && isOfRoute.contains(code)
  }
}

/// Creates an editor, passes it to `body`, and closes it when `body` returns or throws.
///
/// - Parameters:
///   - routes: as in `Editor.init`.
///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
///   - workers: where pictures are decoded.
///   - body: the work to do with the editor.
/// - Returns: the value that `body` returns.
/// - Throws: the errors of `Editor.init` and of `body`.
public func withEditor<Result>(
  routes: [Route], ledger: LedgerLocation = .standard, workers: ImageProcessor,
  _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await Editor(routes: routes, ledger: ledger, workers: workers).lent(to: body)
}

extension Editor {
  /// Runs `body`, and closes the editor when it returns or throws.
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

/// Creates an editor with one gateway, passes it to `body`, and closes it when `body` returns or throws.
///
/// - Parameters:
///   - gateway: the gateway that edits are sent to.
///   - key: where the key is read from, at each edit; `nil`: the gateway's own environment variables.
///     Default: `nil`.
///   - baseURL: as in `Route`. Default: `nil`.
///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
///   - workers: where pictures are decoded.
///   - body: the work to do with the editor.
/// - Returns: the value that `body` returns.
/// - Throws: the errors of `Editor.init` and of `body`.
public func withEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
  workers: ImageProcessor, _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withEditor(
    routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, workers: workers, body)
}
