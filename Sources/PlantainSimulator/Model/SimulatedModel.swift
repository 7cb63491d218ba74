import Core
import Gateways
import PictureFormats
import PictureWork

/// A stand-in for the image model. It changes the first reference visibly, and returns it in the pixel size
/// that the real model documents for the tier and ratio.
enum SimulatedModel {
  struct Answer: Sendable {
    let bytes: PictureBytes
    let mediaType: MediaType
  }

  /// The maximum pixels of a reference, the same as the library's own limit.
  private static let maximumPixels = 100_000_000

  /// Makes the picture for a request. Without a reference, the effect is applied to a picture of soft colors.
  /// Without a ratio, the result follows the last reference, as with the real model, or is square if there is
  /// none.
  ///
  /// - Parameters:
  ///   - variant: The index of the picture among several, of which no two are the same.
  ///   - processor: Does the work on pixels.
  /// - Throws: `ImagingError` if a reference is not a picture; otherwise what prevents the work.
  static func edit(
    _ request: SimulatedRequest, drift: Fault.Drift? = nil, variant: Int = 0, by processor: ImageProcessor
  ) async throws -> Answer {
    var structures: [PictureStructure] = []
    for reference in request.pictures { structures.append(try PictureStructure.read(reference)) }
    if let first = structures.first, first.size.pixelCount > maximumPixels {
      throw ImagingError.tooManyPixels(first.size, limit: maximumPixels)
    }
    let ratio =
      request.ratio ?? structures.last.map { request.model.nearestRatio(to: $0.uprightSize) }
      ?? AspectRatio(1, 1)
    // The recorded replies of the real model contain JPEG files.
    let mediaType = request.format ?? .jpeg
    let edit = SimulatedEdit(
      SimulatedEdit.Effect(prompt: request.prompt), size: size(ratio, request), drift: drift?.onPixels,
      variant: variant, encoding: mediaType == .png ? .png : .jpeg(quality: 90))
    let bytes = try await processor.simulate(edit, on: request.pictures.first, structures.first?.size)
    return Answer(bytes: bytes, mediaType: mediaType)
  }

  /// The pixel size of the result. A draft may have a tier that the model does not sell.
  private static func size(_ ratio: AspectRatio, _ request: SimulatedRequest) -> PixelSize {
    request.model.size(ratio, request.tier) ?? NanoBanana2.size(ratio, request.tier)
      ?? PixelSize(width: 1024, height: 1024)
  }
}

extension Fault.Drift {
  fileprivate var onPixels: SimulatedEdit.Drift {
    SimulatedEdit.Drift(right: right, down: down, scale: scale, tint: tint)
  }
}
