package import Core
package import Finishing
package import PictureFormats
package import PictureWork
package import Preparation

/// Does jobs on pictures in this process, on the threads of the worker pool.
package struct InProcessBackend: PictureBackend {
  package init() {}

  package var isIsolated: Bool { false }

  package func prepare(
    _ inspection: PictureInspection, timeout: Duration?
  ) async throws -> PreparedReference {
    try await ThreadPool.shared.run { try prepareReference(inspection) }
  }

  package func finish(
    _ result: PictureBytes, beside contents: FinishingContents, _ options: FinishingOptions, cost: WorkCost
  ) async throws -> FinishedPicture {
    try await ThreadPool.shared.run { try finishResult(result, beside: contents.read(), options: options) }
  }

  package func readMask(
    _ mask: PictureContent, _ question: MaskQuestion, cost: WorkCost
  ) async throws -> MaskReading {
    try await ThreadPool.shared.run { try question.read(mask.read()) }
  }

  package func pixels(
    of picture: PictureBytes, over background: RGBColor, cost: WorkCost
  ) async throws -> RawPixels {
    try await ThreadPool.shared.run { try decodePixels(of: picture, over: background) }
  }

  package func encode(
    _ pixels: RawPixels, as encoding: PixelEncoding, cost: WorkCost
  ) async throws -> PictureBytes {
    try await ThreadPool.shared.run { try encodePixels(pixels, as: encoding) }
  }

  package func simulate(
    _ edit: SimulatedEdit, on picture: PictureBytes?, cost: WorkCost
  ) async throws -> PictureBytes {
    try await ThreadPool.shared.run { try simulateEdit(edit, on: picture) }
  }

  package func decoders() async throws -> InstalledDecoders {
    try await ThreadPool.shared.run { try installedDecoders() }
  }

  package func close() async {}
}
