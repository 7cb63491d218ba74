import InProcess
package import Finishing
import Imaging
import PictureFormats
import Isolation
package import Core

/// The pictures that accompany a result, kept in memory or in open files until they are needed.
package struct FinishingContents: Sendable {
  package var original: PictureContent?
  package var mask: PictureContent?

  package init(original: PictureContent? = nil, mask: PictureContent? = nil) {
    (self.original, self.mask) = (original, mask)
  }

  package func read() throws(ContentError) -> FinishingPictures {
    FinishingPictures(original: try original?.read(), mask: try mask?.read())
  }
}

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
    let inspected = try await WorkerPool.shared.run {
      let inspection = try inspectResult(result, beside: contents.read(), options: options)
      return Inspected(
        limits: WorkerJob.Limits(memory: inspection.memory, cpuSeconds: inspection.cpuSeconds),
        untouched: FinishedPicture(withoutDecoder: inspection))
    }
    if let untouched = inspected.untouched { return untouched }
    let memory = inspected.limits.memory.bytes
    if let name, memory > budget.total {
      throw PlantainError.overMemory(ByteCount(memory + programsOwn.bytes), limit: total, name)
    }
    // A billed picture is never refused for its size: if it may need more than the budget, it waits for all
    // of it.
    return try await budget.holding(memory) {
      guard case .isolated(let fleet) = location else {
        return try await WorkerPool.shared.run {
          try finishResult(result, beside: contents.read(), options: options)
        }
      }
      return try await finish(result, contents, options, inspected.limits, by: fleet)
    }
  }

  /// Decides how a mask is read, after decoding it.
  ///
  /// - Parameter wish: how the mask must be read; `nil`: as its content suggests.
  /// - Throws: `FinishingError` for a mask that lets nothing change or that can be read in two ways;
  ///   otherwise as `finish`.
  func readMask(_ mask: PictureContent, as wish: MaskEdits?) async throws -> MaskReading {
    let question = MaskQuestion(edits: wish)
    let cost = try await WorkerPool.shared.run { try MaskQuestion.cost(of: mask.read()) }
    return try await budget.holding(cost.memory.bytes) {
      guard case .isolated(let fleet) = location else {
        return try await WorkerPool.shared.run { try question.read(mask.read()) }
      }
      let limits = WorkerJob.Limits(memory: cost.memory, cpuSeconds: cost.cpuSeconds)
      let reply: (answer: MaskQuestion.Answer, files: [PictureContent]) = try await ask(
        fleet, MaskQuestion.jobKind, question, about: [mask], limits, largestResult: ByteCount(0))
      switch reply.answer {
      case .reading(let reading): return reading
      case .failed(let error): throw error
      }
    }
  }

  /// What is known of the pictures before decoding. The pictures themselves are not held while a worker has
  /// them.
  private struct Inspected: Sendable {
    let limits: WorkerJob.Limits
    /// The finished picture, if it needs no decoder.
    let untouched: FinishedPicture?
  }

  private func finish(
    _ result: PictureBytes, _ contents: FinishingContents, _ options: FinishingOptions,
    _ limits: WorkerJob.Limits, by fleet: WorkerFleet
  ) async throws -> FinishedPicture {
    // The worker tells the mask from the original by its position.
    let files = [PictureContent(result)] + [contents.original, contents.mask].compactMap(\.self)
    let reply: (answer: FinishedPicture.Answer, files: [PictureContent]) = try await ask(
      fleet, FinishingOptions.jobKind, options, about: files,
      results: options.compares ? 2 : 1, limits, largestResult: Confinement.largestFile)
    switch reply.answer {
    case .finished(let facts):
      let files = try await WorkerPool.shared.run {
        try reply.files.map { file in
          do throws(ContentError) { return try file.read() } catch {
            throw IsolationError.workerUnusable("\(error)")
          }
        }
      }
      guard let bytes = files.first else {
        throw IsolationError.workerUnusable("its answer contains no picture")
      }
      return FinishedPicture(bytes: bytes, facts: facts, comparison: files.dropFirst().first)
    case .failed(let error): throw error
    }
  }
}
