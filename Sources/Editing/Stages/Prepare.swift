import Core
import Finishing
import Gateways
import PictureWork
import Preparation

/// Stage 2: the local work before the first byte is sent. Prepares all references, gathers what finishing
/// needs, and builds the requests.
struct Prepare: Sendable {
  let processor: ImageProcessor
  let store: LedgerStore

  /// - Parameter isDry: whether no socket is opened, so that references by URL that would be fetched are left
  ///   out.
  func callAsFunction(
    _ job: EditJob, _ resolved: ResolvedRoute, isDry: Bool = false
  ) async throws(PlantainError) -> PreparedEdit {
    let (gateway, choices) = (resolved.route.gateway, resolved.options)
    let sorted = SortedReferences(job.references, gateway, isDry: isDry)
    try job.options.spending.check(
      choices.price, count: job.options.requestedCount, choices.model.id, gateway.id)
    let pictures = try await pictures(job, sorted, resolved)
    for result in pictures.prepared { job.watch(.prepared(result)) }
    let finishing = try await finishing(job, pictures, resolved)
    let source = pictures.sourceSize(choices)
    let references = sorted.joined(pictures.prepared)
    let requests = choices.parts.enumerated().map { part, count in
      var request = choices.request(job.prompt, references, source: source, count: count)
      request.idempotencyKey = "\(job.id)-\(part + 1)"
      return request
    }
    let bytes = try length(of: requests, job, gateway)
    // Runs while the bytes of the pictures are counted and hashed.
    async let ground = isDry ? nil : self.obstacle(to: job)
    let ratio = source == nil && !job.references.isEmpty ? choices.ratio : choices.sentRatio(for: source)
    var plan = EditPlan(
      id: job.id, gateway: gateway.id, model: choices.model.id, prepared: pictures.prepared,
      reports: try await reports(of: pictures.prepared),
      request: EditResult.Request(
        bytes: bytes, tier: choices.tier, ratio: ratio, count: job.options.requestedCount),
      passedOn: sorted.passedOn.map(\.withoutURLSecrets), notFetched: sorted.left.map(\.name),
      cost: EditResult.Cost(price: choices.price, count: job.options.requestedCount),
      tokens: Tokens(
        choices.model, choices.tier, references: job.references.count, promptBytes: job.prompt.utf8.count,
        parts: choices.parts),
      warnings: warnings(job, resolved, source, ratio, finishing), isMirrored: choices.isMirrored,
      modelDoubt: choices.modelDoubt,
      numbers: job.options.count > 1 ? choices.numbers : nil, finishing: finishing)
    plan.requestDigest = plan.digest(of: requests[0])
    if let obstacle = await ground { throw obstacle }
    return PreparedEdit(plan: plan, requests: requests)
  }

  /// The length of the longest of the requests.
  private func length(
    of requests: [EditRequest], _ job: EditJob, _ gateway: Gateway
  ) throws(PlantainError) -> ByteCount {
    let bytes = ByteCount(requests.map(gateway.bodyLength).max() ?? 0)
    let limit = job.options.requestLimit(of: gateway)
    guard bytes <= limit else {
      throw PlantainError(
        .request, .tooLarge, "the request has \(bytes), over the limit of \(limit)",
        hint: "Pass fewer references, or raise the limit with `request-bytes`.", subject: gateway.id)
    }
    return bytes
  }

  private func warnings(
    _ job: EditJob, _ resolved: ResolvedRoute, _ source: PixelSize?, _ ratio: AspectRatio?,
    _ finishing: EditFinishing?
  ) -> [EditWarning] {
    let (limits, choices) = (resolved.route.gateway.limits, resolved.options)
    var warnings = choices.warnings
    if choices.preparation.maximumBytes > limits.pictureBytes
      || job.options.requestLimit(of: resolved.route.gateway) > limits.requestBytes
    {
      warnings.append(.overGatewayLimit)
    }
    if job.references.count > limits.advisedReferences { warnings.append(.manyReferences) }
    if finishing?.maskCoversAll == true { warnings.append(.maskCoversAll) }
    if let source, let ratio, job.options.preparation.fit == .none, ratio.distance(to: source) > 0.02 {
      warnings.append(.aspectDiffers)
    }
    return warnings
  }

  /// What keeps the result from being written: the output folder is unusable, or there is no room for the
  /// ledger and the reply.
  private func obstacle(to job: EditJob) async -> PlantainError? {
    do throws(PlantainError) {
      try await onPool { () throws(PlantainError) in
        try job.output.prepareFolder()
        try store.requireRoom()
      }
      return nil
    } catch {
      return error
    }
  }

  private func reports(of prepared: [Preparer.Result]) async throws(PlantainError) -> [PrepareReport] {
    var reports: [Result<PrepareReport, PlantainError>] = []
    await orderedConcurrentMap(prepared, width: ThreadPool.shared.width) { result in
      do throws(PlantainError) {
        return .success(try await onPool { () throws(PlantainError) in try PrepareReport(result) })
      } catch {
        return .failure(error)
      }
    } consume: {
      reports.append($0)
    }
    return try reports.map { report throws(PlantainError) in try report.get() }
  }
}

/// What an edit sends, and its requests: one, unless more pictures are wanted than the gateway makes at once.
struct PreparedEdit: Sendable {
  let plan: EditPlan
  let requests: [EditRequest]
}

extension EditOptions {
  /// The maximum length of a request.
  func requestLimit(of gateway: Gateway) -> ByteCount { requestBytes ?? gateway.limits.requestBytes }
}
