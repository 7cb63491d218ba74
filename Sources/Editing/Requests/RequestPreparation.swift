import Finishing
import Gateways
import PictureFormats
import Preparation
import Core

/// The local work before the first byte is sent.
extension Editor {
  /// Prepares all references and builds the requests.
  ///
  /// - Parameter isDry: whether no socket is opened, so that references by URL that would be fetched are left
  ///   out.
  /// - Returns: the plan, and the requests: one, unless more pictures are wanted than the gateway makes at
  ///   once.
  func prepareRequest(
    _ job: EditJob, _ resolved: ResolvedRoute, isDry: Bool = false
  ) async throws(PlantainError) -> (plan: EditPlan, requests: [EditRequest]) {
    let (prompt, references) = (job.prompt, job.references)
    var options = job.options
    let (gateway, choices) = (resolved.route.gateway, resolved.options)
    let sorted = SortedReferences(references, gateway, isDry: isDry)
    try options.spending.check(choices.price, count: options.count, choices.model.id, gateway.id)
    let requestLimit = options.requestBytes ?? gateway.limits.requestBytes
    let budget = RequestBudget(
      request: requestLimit, references: references.count - sorted.passedOn.count,
      promptBytes: prompt.utf8.count + sorted.passedOn.reduce(0) { $0 + $1.utf8.count })
    guard let budget else {
      throw .usage(
        "\(requestLimit) are not enough for \(references.count) pictures and the prompt",
        hint: "Raise the limit with `request-bytes`.")
    }
    let settled = try await readingOnce(sorted.prepared)
    if sorted.isEditedPrepared { options.finish = try await workers.located(options, in: settled.first) }
    var preparation = choices.preparation
    preparation.region = options.finish.region
    let prepared = zip(
      sorted.prepared,
      try await prepareAll(
        settled, preparation, budget, isFirstEdited: sorted.isEditedPrepared,
        timeout: options.timeout ?? gateway.timeouts.slow)
    ).map {
      // Fetched or read bytes are not held in memory beside the prepared ones.
      Preparer.Result(source: $0, reference: $1.reference, elapsed: $1.elapsed)
    }
    for result in prepared { job.watch(.prepared(result)) }
    let geometry = sorted.isEditedPrepared ? prepared.first?.reference.geometry : nil
    let finishing = try await self.finishing(
      job, options.finish, sorted, settled.first, prepared.first?.reference, model: choices.model.id,
      gateway: gateway.id)
    // The answer to a region has the shape of the crop; the answer to a padded picture has that of the padded
    // one.
    let isReshaped = options.finish.statedRegion != nil || choices.isMirrored
    let source = isReshaped ? geometry?.prepared : geometry?.source

    let parts = choices.parts.enumerated().map { part, count in
      var request = choices.request(prompt, sorted.joined(prepared), source: source, count: count)
      request.idempotencyKey = "\(job.id)-\(part + 1)"
      return request
    }
    let bytes = ByteCount(parts.map(gateway.bodyLength).max() ?? 0)
    guard bytes <= requestLimit else {
      throw PlantainError(
        .request, .tooLarge, "the request has \(bytes), over the limit of \(requestLimit)",
        hint: "Pass fewer references, or raise the limit with `request-bytes`.", subject: gateway.id)
    }
    // Runs while the bytes of the pictures are counted and hashed.
    async let ground = isDry ? nil : self.obstacle(to: job)

    var warnings = choices.warnings
    if preparation.maximumBytes > gateway.limits.pictureBytes || requestLimit > gateway.limits.requestBytes {
      warnings.append(.overGatewayLimit)
    }
    if references.count > gateway.limits.advisedReferences { warnings.append(.manyReferences) }
    if finishing?.maskCoversAll == true { warnings.append(.maskCoversAll) }
    let ratio = source == nil && !references.isEmpty ? choices.ratio : choices.sentRatio(for: source)
    if let source, let ratio, options.preparation.fit == .none, ratio.distance(to: source) > 0.02 {
      warnings.append(.aspectDiffers)
    }
    let plan = EditPlan(
      id: job.id, gateway: gateway.id, model: choices.model.id, prepared: prepared,
      reports: try await reports(of: prepared),
      request: EditResult.Request(
        bytes: bytes, tier: choices.tier, ratio: ratio,
        count: options.count),
      passedOn: sorted.passedOn.map(Reference.withoutSecrets), notFetched: sorted.left.map(\.name),
      cost: EditResult.Cost(price: choices.price, count: options.count),
      tokens: Tokens(
        choices.model, choices.tier, references: references.count, promptBytes: prompt.utf8.count,
        parts: choices.parts),
      warnings: warnings, isMirrored: choices.isMirrored, modelDoubt: choices.modelDoubt, finishing: finishing
    )
    if let obstacle = await ground { throw obstacle }
    return (plan, parts)
  }

  /// What keeps the result from being written: the output folder is unusable, or there is no room for the
  /// ledger and the reply.
  private func obstacle(to job: EditJob) async -> PlantainError? {
    do throws(PlantainError) {
      try job.output.prepareFolder()
      try store.requireRoom()
      return nil
    } catch {
      return error
    }
  }

  private func finishing(
    _ job: EditJob, _ finish: FinishOptions, _ sorted: SortedReferences, _ first: Reference?,
    _ prepared: PreparedReference?,
    model: String, gateway: String
  ) async throws(PlantainError) -> EditFinishing? {
    // A dry run has no original to inspect if it does not fetch it.
    guard sorted.isEditedPrepared || job.references.isEmpty else { return nil }
    let provenance = Provenance(
      prompt: job.prompt, model: model, gateway: gateway, isGenerated: job.references.isEmpty)
    return try await self.finishing(job, finish, of: first, prepared, provenance)
  }

  private func reports(of prepared: [Preparer.Result]) async throws(PlantainError) -> [PrepareReport] {
    var reports: [Result<PrepareReport, PlantainError>] = []
    await orderedConcurrentMap(prepared, width: WorkerPool.shared.width) { result in
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

  /// Prepares every reference within the gateway's limit for one picture. Those that are too large together
  /// are prepared again within their share of the request.
  private func prepareAll(
    _ references: [Reference], _ options: PreparationOptions, _ budget: RequestBudget, isFirstEdited: Bool,
    timeout: Duration
  ) async throws(PlantainError) -> [Preparer.Result] {
    var jobs = references.map { Preparer.Job(source: $0, options: options) }
    // The requested page and shape are those of the picture to edit.
    for position in jobs.indices.dropFirst(isFirstEdited ? 1 : 0) {
      jobs[position].options.page = nil
      jobs[position].options.fit = .none
      jobs[position].options.region = nil
      jobs[position].options.mirrorPadding = nil
    }
    var results = try await prepareAll(jobs, timeout)
    for (position, limit) in budget.limits(for: results.map(\.reference.content.byteCount)).enumerated() {
      guard let limit else { continue }
      // Prepared again from the original: encoding the already encoded file would lose quality twice.
      jobs[position].options.maximumBytes = limit
      let preparer = Preparer(options: jobs[position].options, workers: workers, timeout: timeout)
      results[position] = try await preparer.prepare(jobs[position].source)
    }
    return results
  }

  /// Reads standard input into memory: it can be read only once, but may have to be prepared twice.
  func readingStandardInput(_ references: [Reference]) async throws(PlantainError) -> [Reference] {
    var settled: [Reference] = []
    for reference in references {
      guard case .standardInput = reference else {
        settled.append(reference)
        continue
      }
      settled.append(.bytes(try await reference.readOnPool(), name: reference.name))
    }
    return settled
  }

  /// Also fetches the references by URL.
  private func readingOnce(_ references: [Reference]) async throws(PlantainError) -> [Reference] {
    var settled: [Reference] = []
    for reference in try await readingStandardInput(references) {
      settled.append(try await reference.fetched())
    }
    return settled
  }

  private func prepareAll(
    _ jobs: [Preparer.Job], _ timeout: Duration
  ) async throws(PlantainError) -> [Preparer.Result] {
    var results: [Preparer.Result] = []
    var failure: PlantainError?
    await Preparer.prepare(jobs, by: workers, timeout: timeout) { outcome in
      switch outcome {
      case .success(let result): results.append(result)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return results
  }
}

/// References by how they are handled: prepared here, or passed on by URL to a gateway that fetches them
/// itself. The picture to edit is always prepared here, so that its shape is known.
private struct SortedReferences {
  private enum Handling { case prepared, passedOn(String), left(Reference) }

  private let all: [Reference]
  private let places: [Handling]

  init(_ references: [Reference], _ gateway: Gateway, isDry: Bool) {
    all = references
    places = references.enumerated().map { position, reference in
      guard case .url(let address) = reference else { return .prepared }
      if gateway.fetches(address, at: position) { return .passedOn(address) }
      return isDry ? .left(reference) : .prepared
    }
  }

  var prepared: [Reference] {
    zip(all, places).compactMap { if case .prepared = $1 { $0 } else { nil } }
  }

  var passedOn: [String] {
    places.compactMap { if case .passedOn(let address) = $0 { address } else { nil } }
  }

  /// The references that a dry run does not fetch.
  var left: [Reference] { places.compactMap { if case .left(let reference) = $0 { reference } else { nil } } }

  /// Whether the first reference is among the prepared ones.
  var isEditedPrepared: Bool { if case .prepared? = places.first { true } else { false } }

  /// All references that are sent, in their order.
  func joined(_ prepared: [Preparer.Result]) -> [EditRequest.Reference] {
    var rest = prepared[...]
    return places.compactMap { place in
      switch place {
      case .left: nil
      case .passedOn(let address): .address(address)
      case .prepared:
        rest.popFirst().map { .picture($0.reference.mediaType, $0.reference.content) }
      }
    }
  }
}
