import Core
import Finishing
import Ledger
import Submission

/// Stage 6: writes the finished pictures to files, and completes the ledger's entry.
struct Write: Sendable {
  /// The path of the ledger, for warnings.
  let ledger: String

  /// - Parameters:
  ///   - earlier: the attempts of the routes before.
  ///   - start: the beginning of the call.
  func callAsFunction(
    _ finished: FinishedEdit, _ sent: SentEdit, _ plan: EditPlan, as output: OutputPlan,
    earlier: [AttemptNote] = [], since start: ContinuousClock.Instant, _ watch: @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult {
    try await sent.keepingReplies(of: plan.id) { () throws(PlantainError) in
      let pictures = finished.pictures.map(\.finished)
      let paths = try await onPool { () throws(PlantainError) in
        try output.write(pictures, numbers: finished.numbers, maximumDrift: plan.finishing?.maximumDrift)
      }
      var warnings = finished.warnings
      if await !complete(sent, finished, at: paths) { warnings.append(.ledgerNotUpdated) }
      if sent.executed.contains(where: { !$0.areAddressesChecked }) { warnings.append(.addressNotChecked) }
      if sent.executed.contains(where: \.isIncomplete) { warnings.append(.pictureGone) }
      // Results that are fetched later may be some of those that were requested.
      let asked = sent.numbers.reduce(0) { $0 + $1.count }
      let isWhole = sent.failures.isEmpty && plan.numbers != nil
      if pictures.count < (isWhole ? asked : plan.request.count) { warnings.append(.fewerPictures) }
      if output.hasMoved(pictures, finished.numbers, to: paths) { warnings.append(.outputMoved) }
      if sent.failures.contains(where: { $0.state.billing != .no }) { warnings.append(.outcomeUnknown) }
      let images = zip(finished.pictures, paths).map { picture, path in
        EditResult.Image(picture.finished, source: picture.source, output: path)
      }
      let result = EditResult(
        plan: plan, images: images, executed: sent.executed, failures: sent.failures, earlier: earlier,
        warnings: warnings, elapsed: ContinuousClock.now - start, ledger: ledger)
      watch(.done(result))
      return result
    }
  }

  /// Records the written files.
  ///
  /// - Returns: whether the ledger has recorded that all requests with a usable picture are done.
  private func complete(_ sent: SentEdit, _ finished: FinishedEdit, at paths: [String?]) async -> Bool {
    let written = zip(paths, finished.pictures).compactMap { path, picture in
      path.map { WrittenFile(path: Path($0).absolute.string, sha256: picture.finished.bytes.sha256) }
    }
    var isRecorded = true
    for (part, one) in sent.executed.enumerated() {
      let failure = finished.failures[part]
      if finished.hasPicture(ofPart: part) {
        let isDone = await one.receipt.finish(
          outputs: written, keepsReply: failure != nil || one.isIncomplete)
        isRecorded = isRecorded && isDone
      } else if let failure {
        await one.receipt.end(after: failure)
      }
    }
    return isRecorded
  }
}
