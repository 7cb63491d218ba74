import Finishing
package import Gateways
import PictureFormats
import PictureWork
import Ledger
import Logging
import Preparation
package import Submission
import Core

/// The stages of `Editor.edit`, in order.
extension Editor {
  package func readKey(_ route: Route) async throws(PlantainError) -> APIKey {
    do throws(APIKey.KeyError) {
      return try await route.key.read()
    } catch {
      throw .key(error, route.gateway)
    }
  }

  @inline(never)
  package func check(_ job: EditJob, _ resolved: ResolvedRoute) throws(PlantainError) {
    try RequestCheck.check(job.prompt, job.references, job.options, resolved.route.gateway)
    try requireComparable(job, resolved)
  }

  func requireComparable(_ job: EditJob, _ resolved: ResolvedRoute) throws(PlantainError) {
    try job.options.spending.requireComparable(
      resolved.options.price, resolved.options.model.id, resolved.route.gateway.id)
  }

  /// Does everything before the first byte is sent: prepares the requests and records the edit in the ledger.
  func makeReady(
    _ job: EditJob, _ resolved: ResolvedRoute, isLast: Bool
  ) async throws(PlantainError) -> ReadyEdit {
    let route = resolved.route
    let key = try await readKey(route)
    let (plan, requests) = try await prepareRequest(job, resolved)
    try await requireNoOpenEqual(of: plan, job)
    try job.reservation?.cover(plan.cost.price, count: plan.request.count, plan.gateway)
    try await record(plan, job)
    job.watch(.sending(plan))
    // If another route follows, it is the retry, unless several requests are in flight that may be billed.
    let retries = isLast || requests.count > 1 ? job.retries : .none
    let timeouts = route.gateway.timeouts
    let isSlow = plan.request.tier == .four || plan.prepared.count > 1
    return ReadyEdit(
      plan: plan, requests: requests, route: route,
      executor: try executor(
        route, key, edit: job.id, retries: retries, until: job.stop, leavesTasks: job.options.run == nil,
        job.watch),
      timeout: job.options.timeout ?? (isSlow ? timeouts.slow : timeouts.usual))
  }

  /// Records the edit in the ledger before it is sent.
  private func record(_ plan: EditPlan, _ job: EditJob) async throws(PlantainError) {
    let sources =
      plan.reports.map {
        EditEntry.Source(name: $0.source, mediaType: $0.mediaType, sha256: $0.sha256)
      } + plan.passedOn.map { EditEntry.Source(name: $0) }
    let entry = EditEntry(
      id: plan.id, created: .now, prompt: job.options.recordsPrompt ? job.prompt : nil, gateway: plan.gateway,
      model: plan.model,
      tier: plan.request.tier.rawValue, aspect: plan.request.ratio?.description, count: plan.request.count,
      sources: sources, output: job.output.entry,
      priceMillionths: plan.cost.price.map { $0.millionths * plan.request.count },
      currency: plan.cost.price?.currency, finishing: plan.finishing?.entry, parent: job.options.parent,
      jobKey: job.options.jobKey, run: job.options.run)
    if job.options.spending.perDay != nil {
      job.lockReservation { store.lockReservation(of: job.id) }
    }
    try await store.record(entry, within: job.options.spending)
  }

  func executor(
    _ route: Route, _ key: APIKey, edit: String, retries: RetryPlan.Limits = .init(),
    until stop: StopSignal, leavesTasks: Bool = true, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) throws(PlantainError) -> RequestExecutor {
    let logger = logger
    return RequestExecutor(
      RequestExecutor.Route(gateway: route.gateway, baseURL: route.baseURL.text, key: key), sender: sender,
      journal: EditJournal(ledger: try store.ledger(), edit: edit), timing: timing, retries: retries,
      stop: stop,
      leavesTasks: leavesTasks
    ) { event in
      switch event {
      case .sending(let outgoing, _):
        logger.debug("request to \(outgoing.loggableURL): \(outgoing.body?.elided ?? "")")
      case .replied(let reply):
        logger.debug("reply with status \(reply.status): \(reply.elided(hiding: key))")
      case .waiting(let wait, let why): watch(.waiting(wait, because: why))
      case .task(let id, let progress): watch(.task(id: id, progress: progress))
      }
    }
  }

  /// The outcomes of an edit's requests.
  typealias Executions = (executed: [ExecutionResult], failures: [ExecutionFailure])

  /// Runs all requests of an edit concurrently. Succeeds if at least one of them succeeds.
  func execute(_ ready: ReadyEdit) async throws(PlantainError) -> Executions {
    var results: [Result<ExecutionResult, ExecutionFailure>] = []
    await orderedConcurrentMap(Array(ready.requests.enumerated()), width: Self.requestsAtATime) {
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

  @inline(never)
  private func sort(
    _ results: [Result<ExecutionResult, ExecutionFailure>], of ready: ReadyEdit
  ) throws(PlantainError) -> Executions {
    var found: Executions = ([], [])
    for result in results {
      switch result {
      case .success(let one): found.executed.append(one)
      case .failure(let failure): found.failures.append(failure)
      }
    }
    // Report a failure that may be billed rather than one that is free.
    let worst = found.failures.first { $0.state.billing != .no } ?? found.failures.first
    if found.executed.isEmpty, let worst {
      throw .delivering(worst, ready.route, ledger: store.path, edit: ready.plan.id)
    }
    return found
  }

  /// The concurrency limit on the requests of one edit.
  private static let requestsAtATime = 4

  /// Finishes the delivered pictures, writes them to files, and completes the ledger's entry.
  package func finish(
    _ executed: [ExecutionResult], failures: [ExecutionFailure] = [], earlier: [AttemptNote] = [],
    _ plan: EditPlan, _ output: OutputPlan, _ start: ContinuousClock.Instant,
    _ watch: @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    for one in executed { watch(.answered(status: one.status, elapsed: one.elapsed)) }
    do throws(PlantainError) {
      let (pictures, found) = try await finish(executed.flatMap(\.pictures), plan, as: output)
      let finished = pictures.map(\.finished)
      let paths = try await onPool { () throws(PlantainError) in
        try output.write(finished, maximumDrift: plan.finishing?.maximumDrift)
      }
      let written = zip(paths, finished).compactMap { path, picture in
        path.map { WrittenFile(path: OutputFile.absolute($0), sha256: picture.bytes.sha256) }
      }
      var warnings = found
      for one in executed {
        let isRecorded = await one.receipt.finish(
          outputs: written, keepsReply: found.contains(.pictureUnusable))
        if !isRecorded, !warnings.contains(.ledgerNotUpdated) { warnings.append(.ledgerNotUpdated) }
      }
      if executed.contains(where: { !$0.areAddressesChecked }) { warnings.append(.addressNotChecked) }
      if pictures.count < plan.request.count { warnings.append(.fewerPictures) }
      if output.hasMoved(finished, to: paths) { warnings.append(.outputMoved) }
      if failures.contains(where: { $0.state.billing != .no }) { warnings.append(.outcomeUnknown) }
      let images = zip(pictures, paths).map { picture, path in
        EditResult.Image(picture.finished, source: picture.source, output: path)
      }
      let result = EditResult(
        plan: plan, images: images, executed: executed, failures: failures, earlier: earlier,
        warnings: warnings, elapsed: ContinuousClock.now - start, ledger: store.path)
      watch(.done(result))
      return result
    } catch {
      for one in executed {
        if error.isOfPictureItself {
          await one.receipt.findUnusable(error.message)
        } else {
          one.receipt.release()
        }
      }
      // An interruption here comes after the request was billed.
      var error = error.code == .interrupted ? .interrupted(.finishing, billed: .yes) : error
      error.editID = plan.id
      if error.billed == .yes {
        error.advise(error.advice(ofEdit: plan.id))
      }
      throw error
    }
  }

  /// Detects the format of every picture, finishes it against its original, and converts it if another format
  /// is required. A picture that cannot be used is kept as received. It is an error only if none can be used.
  private func finish(
    _ pictures: [ExecutionResult.Picture], _ plan: EditPlan, as output: OutputPlan
  ) async throws(PlantainError) -> (
    pictures: [(finished: FinishedPicture, source: ExecutionResult.Source)], warnings: [EditWarning]
  ) {
    var finished: [(FinishedPicture, ExecutionResult.Source)] = []
    var warnings: Set<EditWarning> = []
    var failure: PlantainError?
    var options = plan.finishing?.options ?? FinishingOptions()
    options.wanted = output.wanted
    for (position, picture) in pictures.enumerated() {
      // The last picture is the model's final one.
      options.compares = plan.finishing?.comparison != nil && position == pictures.count - 1
      do {
        let result = try await workers.finish(
          picture.bytes, beside: plan.finishing?.contents ?? FinishingContents(), options)
        finished.append((result, picture.source))
        if let label = picture.label, !result.returned.isMeant(by: label) { warnings.insert(.labelWrong) }
      } catch is CancellationError {
        throw .interrupted(billed: .yes)
      } catch {
        let kept = output.keep(picture.bytes)
        let new = PlantainError.finishing(error, of: plan.finishing, gateway: plan.gateway, keptAt: kept)
          .keeping(kept)
        // A picture that may be usable later matters more.
        if failure?.isOfPictureItself != false { failure = new }
        warnings.insert(.pictureUnusable)
      }
    }
    if finished.isEmpty, let failure { throw failure }
    return (finished, warnings.sorted { $0.rawValue < $1.rawValue })
  }
}
