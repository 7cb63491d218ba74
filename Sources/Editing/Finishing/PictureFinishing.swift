package import Core
package import Finishing
import PictureFormats
package import PictureWork

extension ImageProcessor {
  /// Finishes a returned picture. A picture that only has to be identified needs no decoder.
  ///
  /// - Parameters:
  ///   - contents: the original and the mask, where the options need them.
  ///   - name: the name of a picture that was not billed just now, which is refused when it may need more
  ///     memory than is available; `nil`: it is never refused.
  /// - Throws: `FinishingError`, `IsolationError`, `PlantainError`, `ContentError`, `CancellationError`.
  package func finish(
    _ result: PictureBytes, beside contents: FinishingContents = FinishingContents(),
    _ options: FinishingOptions, refusingAbove name: String? = nil
  ) async throws -> FinishedPicture {
    let inspected = try await ThreadPool.shared.run {
      let inspection = try inspectResult(result, beside: contents.read(), options: options)
      return Inspected(cost: inspection.cost, untouched: FinishedPicture(withoutDecoder: inspection))
    }
    if let untouched = inspected.untouched { return untouched }
    let memory = inspected.cost.memory.bytes
    if let name, memory > budget.total {
      throw PlantainError.overMemory(ByteCount(memory + programsOwn.bytes), limit: total, name)
    }
    // A billed picture is never refused for its size: if it may need more than the budget, it waits for all
    // of it.
    return try await budget.holding(memory) {
      try await run { try await $0.finish(result, beside: contents, options, cost: inspected.cost) }
    }
  }

  /// Decides how a mask is read, after decoding it.
  ///
  /// - Parameters:
  ///   - wish: how the mask must be read; `nil`: as its content suggests.
  ///   - region: the region that may change besides; `nil`: all of the original.
  /// - Throws: `FinishingError` for a mask that lets nothing change or that can be read in two ways;
  ///   otherwise as `finish`.
  func readMask(
    _ mask: PictureContent, as wish: MaskEdits?, within region: MaskQuestion.Region? = nil
  ) async throws -> MaskReading {
    let cost = try await ThreadPool.shared.run { try MaskQuestion.cost(of: mask.read()) }
    return try await budget.holding(cost.memory.bytes) {
      try await run { try await $0.readMask(mask, MaskQuestion(edits: wish, region: region), cost: cost) }
    }
  }

  /// What is known of the pictures before decoding. The pictures themselves are not held while a worker has
  /// them.
  private struct Inspected: Sendable {
    let cost: WorkCost
    /// The finished picture, if it needs no decoder.
    let untouched: FinishedPicture?
  }
}
