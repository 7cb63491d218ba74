import Finishing
import Imaging
import Isolation
import Vocabulary
import WorkerChannel

extension PictureWorkers {
  /// Finishes a returned picture; one that only has to be recognised needs no decoder.
  ///
  /// - Parameters:
  ///   - original: where the options look at it.
  ///   - name: of one that was not paid for just now, and is refused when it may need more memory than there is.
  /// - Throws: `FinishingError`, `IsolationError`, `PlantainError`, `CancellationError`.
  func finish(
    _ result: PictureBytes, original: PictureContent? = nil, _ options: FinishingOptions,
    refusingAbove name: String? = nil
  ) async throws -> FinishedPicture {
    let inspection = try await WorkerPool.shared.run {
      let bytes = try original.map { try $0.read() }
      return try inspectResult(result, original: bytes, options: options)
    }
    guard inspection.needsDecoder else {
      return try await WorkerPool.shared.run { try finishResult(inspection) }
    }
    if let name, inspection.memory.bytes > budget.total {
      throw PlantainError.overMemory(
        ByteCount(inspection.memory.bytes + programsOwn.bytes), limit: total, name)
    }
    // One that was paid for is never refused for its size: if it wants more than there is, it waits for all of it.
    return try await budget.holding(inspection.memory.bytes) {
      try await convert(result, original, inspection, options)
    }
  }

  private func convert(
    _ result: PictureBytes, _ original: PictureContent?, _ inspection: ResultInspection,
    _ options: FinishingOptions
  ) async throws -> FinishedPicture {
    guard case .isolated(let fleet) = place else {
      return try await WorkerPool.shared.run { try finishResult(inspection) }
    }
    let limits = WorkerJob.Limits(memory: inspection.memory, cpuSeconds: inspection.cpuSeconds)
    let reply: (answer: FinishedPicture.Answer, file: PictureContent?) = try await ask(
      fleet, FinishingOptions.jobKind, options, about: PictureContent(result), beside: original, limits,
      largestResult: Confinement.largestFile)
    switch reply.answer {
    case .finished(let facts):
      guard let content = reply.file else { throw IsolationError.workerUnusable("its answer has no picture") }
      let bytes = try await WorkerPool.shared.run {
        do throws(ContentError) { return try content.read() } catch {
          throw IsolationError.workerUnusable("\(error)")
        }
      }
      return FinishedPicture(bytes: bytes, facts: facts)
    case .failed(let error): throw error
    }
  }
}
