import Core
import Gateways
import Logging
import Submission

/// Stage 4: sends the requests of an edit, and stores every reply before it is read.
struct Send: Sendable {
  let sender: HTTPSender
  let store: LedgerStore
  let timing: Timing
  let logger: Logger

  /// An edit that is ready to be sent.
  func ready(
    _ prepared: PreparedEdit, _ job: EditJob, by route: Route, _ key: APIKey, isLast: Bool
  ) throws(PlantainError) -> ReadyEdit {
    let plan = prepared.plan
    // If another route follows, it is the retry, unless several requests are in flight that may be billed.
    let retries = isLast || prepared.requests.count > 1 ? job.retries : .none
    let timeouts = route.gateway.timeouts
    let isSlow = plan.request.tier == .four || plan.prepared.count > 1
    return ReadyEdit(
      plan: plan, requests: prepared.requests, route: route,
      executor: try executor(
        route, key, edit: job.id, retries: retries, until: job.stop, leavesTasks: job.options.run == nil,
        job.watch),
      timeout: job.options.timeout ?? (isSlow ? timeouts.slow : timeouts.usual), ledger: store.path)
  }

  /// Runs all requests of an edit concurrently. Succeeds if at least one of them succeeds.
  ///
  /// It is static to keep the stage's values out of the async frame of every edit that waits.
  static func execute(_ ready: ReadyEdit) async throws(PlantainError) -> SentEdit {
    var results: [Result<ExecutionResult, ExecutionFailure>] = []
    await orderedConcurrentMap(Array(ready.requests.enumerated()), width: requestsAtATime) {
      part, request in
      do throws(ExecutionFailure) {
        return .success(try await ready.executor.execute(request, part: part + 1, timeout: ready.timeout))
      } catch {
        return .failure(error)
      }
    } consume: {
      results.append($0)
    }
    return try sort(results, of: ready)
  }

  /// The concurrency limit on the requests of one edit.
  private static let requestsAtATime = 4

  @inline(never)
  private static func sort(
    _ results: [Result<ExecutionResult, ExecutionFailure>], of ready: ReadyEdit
  ) throws(PlantainError) -> SentEdit {
    var sent = SentEdit()
    for (part, result) in results.enumerated() {
      switch result {
      case .success(let one):
        sent.executed.append(one)
        sent.numbers.append(ready.plan.numbers?[part] ?? [])
      case .failure(let failure): sent.failures.append(failure)
      }
    }
    // Report a failure that may be billed rather than one that is free.
    let worst = sent.failures.first { $0.state.billing != .no } ?? sent.failures.first
    if sent.executed.isEmpty, let worst {
      throw .delivering(worst, ready.route, ledger: ready.ledger, edit: ready.plan.id)
    }
    return sent
  }

  /// The executor of an edit's requests, which records every attempt in the ledger.
  func executor(
    _ route: Route, _ key: APIKey, edit: String, retries: RetryPlan.Limits = .init(),
    until stop: StopSignal, leavesTasks: Bool = true, keepsVerdict: Bool = false,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) throws(PlantainError) -> RequestExecutor {
    let logger = logger
    return RequestExecutor(
      RequestExecutor.Route(gateway: route.gateway, baseURL: route.baseURL.text, key: key), sender: sender,
      journal: EditJournal(ledger: try store.ledger(), edit: edit, keepsVerdict: keepsVerdict),
      timing: timing,
      retries: retries, stop: stop, leavesTasks: leavesTasks
    ) { event in
      switch event {
      case .sending(let outgoing, _):
        logger.debug("request to \(outgoing.loggableURL): \(outgoing.body?.elided ?? "")")
      case .replied(let reply):
        logger.debug("reply with status \(reply.status): \(reply.elided(hiding: key))")
      case .waiting(let wait, let why, let billed):
        watch(.waiting(wait, because: why, billed: billed))
      case .task(let id, let progress): watch(.task(id: id, progress: progress))
      }
    }
  }
}

/// An edit by one route whose requests are prepared and whose ledger entry is written. It is a class to keep
/// async frames small.
final class ReadyEdit: Sendable {
  let plan: EditPlan
  let requests: [EditRequest]
  let route: Route
  let executor: RequestExecutor
  /// The timeout of each request, including the polling and downloads that follow from it.
  let timeout: Duration
  /// The path of the ledger, for errors.
  let ledger: String

  init(
    plan: EditPlan, requests: [EditRequest], route: Route, executor: RequestExecutor, timeout: Duration,
    ledger: String
  ) {
    self.plan = plan
    self.requests = requests
    self.route = route
    self.executor = executor
    self.timeout = timeout
    self.ledger = ledger
  }
}

/// The outcomes of an edit's requests.
struct SentEdit: Sendable {
  var executed: [ExecutionResult] = []
  /// The numbers of the pictures that each of `executed` asks for; empty where they are not numbered.
  var numbers: [[Int]] = []
  var failures: [ExecutionFailure] = []

  /// Runs a stage after sending. If it fails, the stored replies stay available to a later process, and the
  /// error tells which edit was billed.
  func keepingReplies<Value>(
    of id: String, _ work: () async throws(PlantainError) -> Value
  ) async throws(PlantainError) -> Value {
    do throws(PlantainError) {
      return try await work()
    } catch {
      for one in executed {
        await one.receipt.end(after: error)
      }
      // An interruption here comes after the request was billed.
      var error = error.code == .interrupted ? .interrupted(.finishing, billed: .yes) : error
      error.editID = id
      if error.billed == .yes { error.advise(error.advice(ofEdit: id)) }
      throw error
    }
  }

  /// The errors of the requests that delivered no picture, and of pictures that a gateway left out.
  func missing(from result: EditResult, _ finished: FinishedEdit, _ ready: ReadyEdit) -> [PlantainError] {
    let failed: [PlantainError] = failures.map {
      .delivering($0, ready.route, ledger: ready.ledger, edit: ready.plan.id)
    }
    // The picture of a request that waits to be read again may still come.
    let waiting = finished.failures.filter { !finished.hasPicture(ofPart: $0.key) }.sorted { $0.key < $1.key }
      .map(\.value).filter { !$0.isOfPictureItself }
    let isNumbered = ready.plan.numbers != nil
    let asked = isNumbered ? numbers.reduce(0) { $0 + $1.count } : ready.plan.request.count
    let come = isNumbered ? finished.numbers.count { $0 != nil } : result.images.count
    guard come + waiting.count < asked else { return failed + waiting }
    var tooFew = PlantainError.tooFew(come, of: asked, ready.route.gateway.id)
    tooFew.editID = ready.plan.id
    return failed + waiting + [tooFew]
  }
}

extension Receipt {
  /// Ends the use of a reply after an error: it stays available to a later process, unless its picture is
  /// unusable by its own bytes.
  func end(after error: PlantainError) async {
    if error.isOfPictureItself {
      await findUnusable(error.message)
    } else {
      release()
    }
  }
}

extension PlantainError {
  /// The error of an answer with fewer pictures than requested. Nothing of it is open.
  fileprivate static func tooFew(_ count: Int, of wanted: Int, _ gateway: String) -> PlantainError {
    PlantainError(
      .reply, .noPicture, "\(gateway) returned \(count) of \(wanted) pictures",
      hint: "To get the rest, send another edit, or run the batch again.", subject: gateway)
  }
}
