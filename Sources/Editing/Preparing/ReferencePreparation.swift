import PictureFormats
import Core
import Finishing
import Gateways
import PictureWork
import Preparation

/// The references of an edit that are prepared here.
struct PreparedPictures: Sendable {
  /// The prepared references, whose first is the picture to edit, if that is prepared here.
  let prepared: [Preparer.Result]
  /// The picture to edit, already in memory if it can be read only once; `nil` without one.
  let edited: Reference?
  /// Whether the picture to edit is among the prepared references.
  let isEditedPrepared: Bool
  /// How results are finished, with the region in pixels of the picture to edit.
  let finish: FinishOptions

  /// The size that the answer is compared with; `nil` if no picture is edited.
  ///
  /// The answer to a region has the shape of the crop; the answer to a padded picture has that of the padded
  /// one.
  func sourceSize(_ choices: ResolvedOptions) -> PixelSize? {
    let geometry = isEditedPrepared ? prepared.first?.reference.geometry : nil
    let isReshaped = finish.statedRegion != nil || choices.isMirrored
    return isReshaped ? geometry?.prepared : geometry?.source
  }
}

extension Prepare {
  /// Reads and prepares the references that are not passed on.
  func pictures(
    _ job: EditJob, _ sorted: SortedReferences, _ resolved: ResolvedRoute
  ) async throws(PlantainError) -> PreparedPictures {
    let gateway = resolved.route.gateway
    let budget = try budget(job, sorted, gateway)
    let sources = try await sorted.prepared.readingOnce()
    let finish =
      sorted.isEditedPrepared
      ? try await processor.located(job.options, in: sources.first) : job.options.finish
    var preparation = resolved.options.preparation
    preparation.region = finish.region
    let results = try await prepareAll(
      sources, preparation, budget, isFirstEdited: sorted.isEditedPrepared,
      timeout: job.options.timeout ?? gateway.timeouts.slow)
    let prepared = zip(sorted.prepared, results).map {
      // Fetched or read bytes are not held in memory beside the prepared ones.
      Preparer.Result(source: $0, reference: $1.reference, elapsed: $1.elapsed)
    }
    return PreparedPictures(
      prepared: prepared, edited: sources.first, isEditedPrepared: sorted.isEditedPrepared, finish: finish)
  }

  private func budget(
    _ job: EditJob, _ sorted: SortedReferences, _ gateway: Gateway
  ) throws(PlantainError) -> RequestBudget {
    let limit = job.options.requestLimit(of: gateway)
    let budget = RequestBudget(
      request: limit, references: job.references.count - sorted.passedOn.count,
      promptBytes: job.prompt.utf8.count + sorted.passedOn.reduce(0) { $0 + $1.utf8.count })
    if let budget { return budget }
    throw .usage(
      "\(limit) are not enough for \(job.references.count) pictures and the prompt",
      hint: "Raise the limit with `request-bytes`.")
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
      let preparer = Preparer(options: jobs[position].options, processor: processor, timeout: timeout)
      results[position] = try await preparer.prepare(jobs[position].source)
    }
    return results
  }

  private func prepareAll(
    _ jobs: [Preparer.Job], _ timeout: Duration
  ) async throws(PlantainError) -> [Preparer.Result] {
    var results: [Preparer.Result] = []
    var failure: PlantainError?
    await Preparer.prepare(jobs, by: processor, timeout: timeout) { outcome in
      switch outcome {
      case .success(let result): results.append(result)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return results
  }
}

extension [Reference] {
  /// Reads standard input into memory: it can be read only once, but may have to be prepared twice.
  func readingStandardInput() async throws(PlantainError) -> [Reference] {
    var settled: [Reference] = []
    for reference in self {
      guard case .standardInput = reference else {
        settled.append(reference)
        continue
      }
      settled.append(.bytes(try await reference.readOnPool(), name: reference.name))
    }
    return settled
  }

  /// Also fetches the references by URL.
  fileprivate func readingOnce() async throws(PlantainError) -> [Reference] {
    var settled: [Reference] = []
    for reference in try await readingStandardInput() {
      settled.append(try await reference.fetched())
    }
    return settled
  }
}
