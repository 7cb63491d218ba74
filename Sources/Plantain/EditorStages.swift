import Finishing
import Gateways
import Imaging
import Isolation
import Logging
import Preparation
import Submission
import Vocabulary

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The stages of `Editor.edit`, in their order.
extension Editor {
  func readKey() throws(PlantainError) -> APIKey {
    do throws(APIKey.KeyError) {
      return try key.read()
    } catch {
      throw .key(error, gateway)
    }
  }

  /// All local work: checks, preparation, and the request that would be sent.
  ///
  /// - Parameter isDry: opens no socket, so references by URL are left out.
  func prepareRequest(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, isDry: Bool = false,
    _ watch: @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> (plan: EditPlan, request: EditRequest) {
    try RequestCheck.check(prompt, references, options, gateway)
    let model = gateway.model(named: options.model)
    try RequestCheck.check(options.tier, model, gateway)
    var ratio = try RequestCheck.ratio(options, model, gateway)

    let requestLimit = options.requestBytes ?? gateway.limits.requestBytes
    let budget = RequestBudget(
      request: requestLimit, references: references.count, promptBytes: prompt.utf8.count)
    guard let budget else {
      throw .usage(
        "\(requestLimit) are not enough for \(references.count) pictures and the prompt",
        hint: "Allow more with --request-bytes.")
    }
    let preparation = try options.preparation(for: gateway)
    let left = isDry ? references.filter(\.isRemote) : []
    let isEditedLeft = isDry && references[0].isRemote
    let prepared = try await prepareAll(
      isDry ? references.filter { !$0.isRemote } : references, preparation, budget,
      isFirstEdited: !isEditedLeft)
    for result in prepared { watch(.prepared(result)) }
    if !isEditedLeft {
      let source = prepared[0].reference.geometry.source
      if options.aspect == .source { ratio.value = model.nearestRatio(to: source) }
      if options.fit == .none, ratio.value.distance(to: source) > 0.02 {
        ratio.warnings.append(.aspectDiffers)
      }
    }
    if preparation.maximumBytes > gateway.limits.pictureBytes || requestLimit > gateway.limits.requestBytes {
      ratio.warnings.append(.overGatewayLimit)
    }

    let request = EditRequest(
      prompt: prompt, model: model.id, tier: options.tier, ratio: ratio.value,
      references: prepared.map {
        EditRequest.Reference(mediaType: $0.reference.mediaType, content: $0.reference.content)
      })
    let plan = EditPlan(
      id: UUID().uuidString.lowercased(), gateway: gateway.id, model: model.id, prepared: prepared,
      reports: try await reports(of: prepared),
      request: EditResult.Request(
        bytes: ByteCount(gateway.bodyLength(of: request)), tier: options.tier,
        ratio: isEditedLeft && options.aspect == .source ? nil : ratio.value),
      notFetched: left.map(\.name), cost: EditResult.Cost(price: model.prices[options.tier]),
      warnings: ratio.warnings)
    guard plan.request.bytes <= requestLimit else {
      throw PlantainError(
        .request, .tooLarge, "the request has \(plan.request.bytes), over the limit of \(requestLimit)",
        hint: "Give fewer references, or allow more with --request-bytes.", subject: gateway.id)
    }
    return (plan, request)
  }

  private func reports(of prepared: [Preparer.Result]) async throws(PlantainError) -> [PrepareReport] {
    try await onPool { () throws(PlantainError) in
      var reports: [PrepareReport] = []
      for result in prepared { reports.append(try PrepareReport(result)) }
      return reports
    }
  }

  /// Every reference within the gateway's limit for one; those that are too heavy together, once more within their
  /// share of the request.
  private func prepareAll(
    _ references: [Reference], _ options: PreparationOptions, _ budget: RequestBudget, isFirstEdited: Bool
  ) async throws(PlantainError) -> [Preparer.Result] {
    var jobs = try await readingOnce(references).map { Preparer.Job(source: $0, options: options) }
    // The page and the shape that were asked for are those of the picture to edit.
    for position in jobs.indices.dropFirst(isFirstEdited ? 1 : 0) {
      jobs[position].options.page = 1
      jobs[position].options.fit = .none
    }
    var results = try await prepareAll(jobs)
    for (position, limit) in budget.limits(for: results.map(\.reference.content.byteCount)).enumerated() {
      guard let limit else { continue }
      // Prepared again from the original: what was encoded for the first limit would lose twice.
      jobs[position].options.maximumBytes = limit
      let preparer = Preparer(options: jobs[position].options, workers: workers)
      results[position] = try await preparer.prepare(jobs[position].source)
    }
    // What was fetched or read is not held beside what is sent.
    return zip(references, results).map {
      Preparer.Result(source: $0, reference: $1.reference, elapsed: $1.elapsed)
    }
  }

  /// Standard input can be read only once and a URL is fetched only once, but either may have to be prepared twice.
  private func readingOnce(_ references: [Reference]) async throws(PlantainError) -> [Reference] {
    var settled: [Reference] = []
    for reference in references {
      switch reference {
      case .standardInput: settled.append(.bytes(try await reference.readOnPool(), name: reference.name))
      default: settled.append(try await reference.fetched())
      }
    }
    return settled
  }

  private func prepareAll(_ jobs: [Preparer.Job]) async throws(PlantainError) -> [Preparer.Result] {
    var results: [Preparer.Result] = []
    var failure: PlantainError?
    await Preparer.prepare(jobs, by: workers) { outcome in
      switch outcome {
      case .success(let result): results.append(result)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return results
  }

  func submit(
    _ request: EditRequest, _ key: APIKey, _ options: EditOptions, _ output: OutputPlan
  ) async throws(PlantainError) -> IncomingReply {
    let isSlow = options.tier == .four || request.references.count > 1
    let timeout = options.timeout ?? (isSlow ? gateway.timeouts.slow : gateway.timeouts.usual)
    let outgoing = gateway.encode(request, baseURL: baseURL.text, key: key)
    logger.debug("request to \(outgoing.url): \(outgoing.body.elided)")
    do throws(SubmissionError) {
      let reply = try await submitter.send(outgoing, timeout: timeout, storing: output.stored)
      logger.debug("reply with status \(reply.status): \(reply.elided(hiding: key))")
      return reply
    } catch {
      throw .submitting(error, gateway, host: baseURL.host, keptAt: output.keepReply())
    }
  }

  func interpret(
    _ reply: IncomingReply, _ key: APIKey, _ output: OutputPlan
  ) throws(PlantainError) -> (pictures: [ReturnedPicture], facts: ReplyFacts) {
    if let why = reply.cutBy, !reply.isOneDocument {
      throw .cutShort(why, gateway, keptAt: output.keepReply())
    }
    // What may have been paid for and cannot be used is left for somebody who can.
    let hasPicture = { reply.content.values.contains { $0.bytes.withSpan(PictureFormat.recognise) != nil } }
    switch gateway.interpret(reply, key: key) {
    case .pictures(let pictures, let facts): return (pictures, facts)
    case .refused(let reason, let facts): throw .refused(reason, facts.text, gateway)
    case .noPicture(let reason, let facts):
      // Words, or a reason, were understood; what had neither may hold the picture in a way of its own.
      let isUnderstood = facts.text != nil || !["", "STOP"].contains(reason)
      let kept = hasPicture() || !isUnderstood ? output.keepReply() : nil
      throw .noPicture(reason, facts.text, gateway, keptAt: kept)
    case .failed(let failure):
      let isUnread = failure.kind == .unreadableReply || hasPicture()
      throw .failed(failure, gateway, keptAt: isUnread ? output.keepReply() : nil)
    }
  }

  /// Sniffs every picture, and encodes those anew that must be in another format. One that cannot be used is kept as
  /// it came; only when none can be used is that an error.
  func finish(
    _ pictures: [ReturnedPicture], as output: OutputPlan
  ) async throws(PlantainError) -> (pictures: [FinishedPicture], warnings: [EditWarning]) {
    var finished: [FinishedPicture] = []
    var warnings: Set<EditWarning> = []
    var failure: PlantainError?
    let options = FinishingOptions(wanted: output.wanted)
    for picture in pictures {
      do {
        let result = try await workers.finish(picture.bytes, options)
        finished.append(result)
        if let label = picture.label, !result.returned.isMeant(by: label) { warnings.insert(.labelWrong) }
      } catch let error where error is FinishingError || error is IsolationError {
        let kept = output.keep(picture.bytes, extension: "reply")
        failure = .finishing(error, gateway: gateway, keptAt: kept)
        warnings.insert(.pictureUnusable)
      } catch {
        // None of them has been written yet, so all of them are kept.
        let kept = pictures.compactMap { output.keep($0.bytes, extension: "reply") }
        throw .interrupted(billed: .yes, keptAt: kept.isEmpty ? nil : kept.joined(separator: ", "))
      }
    }
    if finished.isEmpty, let failure { throw failure }
    return (finished, warnings.sorted { $0.rawValue < $1.rawValue })
  }
}
