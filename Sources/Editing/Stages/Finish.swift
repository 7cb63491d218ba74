import Core
import Finishing
import Gateways
import PictureFormats
import PictureWork
import Submission

/// Stage 5: finishes the delivered pictures against their original.
struct Finish: Sendable {
  let processor: ImageProcessor

  /// Detects the format of every picture, finishes it against its original, and converts it if another format
  /// is required. A picture that cannot be used is kept as received. It is an error only if none can be used.
  func callAsFunction(
    _ sent: SentEdit, _ plan: EditPlan, as output: OutputPlan, _ watch: @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> FinishedEdit {
    for one in sent.executed { watch(.answered(status: one.status, elapsed: one.elapsed)) }
    return try await sent.keepingReplies(of: plan.id) { () throws(PlantainError) in
      try await finish(sent, plan, as: output)
    }
  }

  private func finish(
    _ sent: SentEdit, _ plan: EditPlan, as output: OutputPlan
  ) async throws(PlantainError) -> FinishedEdit {
    let pictures = sent.executed.enumerated().flatMap { part, one in one.pictures.map { (part, $0) } }
    var (finished, warnings): ([FinishedEdit.Picture], Set<EditWarning>) = ([], [])
    var failures: [Int: PlantainError] = [:]
    var options = plan.finishing?.options ?? FinishingOptions()
    options.wanted = output.wanted
    for (position, (part, picture)) in pictures.enumerated() {
      // The last picture is the model's final one.
      options.compares = plan.finishing?.comparison != nil && position == pictures.count - 1
      do {
        let result = try await processor.finish(
          picture.bytes, beside: plan.finishing?.contents ?? FinishingContents(), options)
        finished.append(FinishedEdit.Picture(finished: result, source: picture.source, part: part))
        if let label = picture.label, !result.returned.isMeant(by: label) { warnings.insert(.labelWrong) }
      } catch is CancellationError {
        throw .interrupted(billed: .yes)
      } catch {
        let kept = await keep(picture.bytes, beside: output)
        let new = PlantainError.finishing(error, of: plan.finishing, gateway: plan.gateway, keptAt: kept)
          .keeping(kept)
        // A picture that may be usable later matters more.
        if failures[part]?.isOfPictureItself != false { failures[part] = new }
        warnings.insert(.pictureUnusable)
      }
    }
    let all = failures.sorted { $0.key < $1.key }.map(\.value)
    if finished.isEmpty, let failure = all.first(where: { !$0.isOfPictureItself }) ?? all.first {
      throw failure
    }
    return FinishedEdit(
      pictures: finished, failures: failures, warnings: warnings.sorted { $0.rawValue < $1.rawValue },
      numbers: sent.numbers)
  }

  /// Saves billed bytes on the pool. A canceled task does not get a turn there, and saves them itself.
  private func keep(_ bytes: PictureBytes, beside output: OutputPlan) async -> String? {
    do throws(PlantainError) {
      return try await onPool { () throws(PlantainError) in output.keep(bytes) }
    } catch {
      return output.keep(bytes)
    }
  }
}

/// The finished pictures of an edit: at least one.
struct FinishedEdit: Sendable {
  struct Picture: Sendable {
    let finished: FinishedPicture
    let source: PictureDelivery
    /// The position of the request that delivered it, among those that delivered any.
    let part: Int
    /// Its number among the pictures that the job asks for; `nil` if it is beyond those, or not numbered.
    var number: Int?
  }

  private(set) var pictures: [Picture]
  /// The errors of pictures that cannot be used, by the positions of their requests.
  let failures: [Int: PlantainError]
  let warnings: [EditWarning]

  /// - Parameter numbers: the numbers that each request asks for.
  init(
    pictures: [Picture], failures: [Int: PlantainError], warnings: [EditWarning], numbers: [[Int]]
  ) {
    (self.pictures, self.failures, self.warnings) = (pictures, failures, warnings)
    for (part, asked) in numbers.enumerated() {
      let own = pictures.indices.filter { pictures[$0].part == part }
      // Of several pictures for one, the last is the model's final one.
      for (position, number) in zip(asked.count == 1 ? own.suffix(1) : own[...], asked) {
        self.pictures[position].number = number
      }
    }
  }

  /// The number of each picture; empty if they are not numbered.
  var numbers: [Int?] {
    let all = pictures.map(\.number)
    return all.allSatisfy { $0 == nil } ? [] : all
  }

  /// Whether a request delivered a picture that can be used.
  func hasPicture(ofPart part: Int) -> Bool { pictures.contains { $0.part == part } }
}
