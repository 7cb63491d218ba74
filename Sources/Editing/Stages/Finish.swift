import Core
import Finishing
import Gateways
import PictureFormats
import PictureWork
import Submission

/// Stage 5: finishes the delivered pictures against their original.
struct Finish: Sendable {
  let workers: ImageProcessor

  /// Detects the format of every picture, finishes it against its original, and converts it if another format
  /// is required. A picture that cannot be used is kept as received. It is an error only if none can be used.
  func callAsFunction(
    _ sent: SentEdit, _ plan: EditPlan, as output: OutputPlan, _ watch: @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> FinishedEdit {
    for one in sent.executed { watch(.answered(status: one.status, elapsed: one.elapsed)) }
    return try await sent.keepingReplies(of: plan.id) { () throws(PlantainError) in
      try await finish(sent.executed.flatMap(\.pictures), plan, as: output)
    }
  }

  private func finish(
    _ pictures: [ExecutionResult.Picture], _ plan: EditPlan, as output: OutputPlan
  ) async throws(PlantainError) -> FinishedEdit {
    var (finished, warnings): ([FinishedEdit.Picture], Set<EditWarning>) = ([], [])
    var failure: PlantainError?
    var options = plan.finishing?.options ?? FinishingOptions()
    options.wanted = output.wanted
    for (position, picture) in pictures.enumerated() {
      // The last picture is the model's final one.
      options.compares = plan.finishing?.comparison != nil && position == pictures.count - 1
      do {
        let result = try await workers.finish(
          picture.bytes, beside: plan.finishing?.contents ?? FinishingContents(), options)
        finished.append(FinishedEdit.Picture(finished: result, source: picture.source))
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
    return FinishedEdit(pictures: finished, warnings: warnings.sorted { $0.rawValue < $1.rawValue })
  }
}

/// The finished pictures of an edit: at least one.
struct FinishedEdit: Sendable {
  struct Picture: Sendable {
    let finished: FinishedPicture
    let source: PictureDelivery
  }

  let pictures: [Picture]
  let warnings: [EditWarning]
}
