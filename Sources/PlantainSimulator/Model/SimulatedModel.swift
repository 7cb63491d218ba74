import Gateways
import Imaging
import PictureFormats
import Core

/// A stand-in for the image model. It decodes the first reference, changes it visibly, and returns it in the
/// pixel size that the real model documents for the tier and ratio.
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
  /// - Parameter variant: The index of the picture among several, of which no two are the same.
  /// - Throws: `ImagingError` if a reference is not a picture.
  static func edit(
    _ request: SimulatedRequest, drift: Fault.Drift? = nil, variant: Int = 0
  ) throws(ImagingError) -> Answer {
    var structures: [PictureStructure] = []
    for reference in request.pictures { structures.append(try PictureStructure.read(reference)) }
    guard let first = structures.first, let last = structures.last, let codec = first.format.codec else {
      let ratio = request.ratio ?? AspectRatio(1, 1)
      return try answer(softColors(), size(ratio, request), request, drift, variant)
    }
    guard first.size.pixelCount <= maximumPixels else {
      throw .tooManyPixels(first.size, limit: maximumPixels)
    }
    let ratio = request.ratio ?? request.model.nearestRatio(to: last.uprightSize)

    var image = try Image.decode(request.pictures[0], as: codec).copiedToMemory().inSRGB(usingProfile: false)
    if image.hasAlpha { image = try image.flattened(onto: .white) }
    return try answer(image, size(ratio, request), request, drift, variant)
  }

  /// The pixel size of the result. A draft may have a tier that the model does not sell.
  private static func size(_ ratio: AspectRatio, _ request: SimulatedRequest) -> PixelSize {
    request.model.size(ratio, request.tier) ?? NanoBanana2.size(ratio, request.tier)
      ?? PixelSize(width: 1024, height: 1024)
  }

  private static func answer(
    _ image: consuming Image, _ size: PixelSize, _ request: SimulatedRequest, _ drift: Fault.Drift?,
    _ variant: Int
  ) throws(ImagingError) -> Answer {
    let covered = try cover(image, size)
    var edited = try Effect(prompt: request.prompt).applied(to: covered)
    if let drift { edited = try drifted(edited, drift) }
    if variant > 0 { edited = try tinted(edited, [Double](repeating: 1 - 0.04 * Double(variant), count: 3)) }
    // The recorded replies of the real model contain JPEG files.
    let mediaType = request.format ?? .jpeg
    let encoding = mediaType == .png ? Image.Encoding.png : .jpeg(quality: 90, halvedChroma: true)
    return Answer(bytes: try edited.encoded(as: encoding), mediaType: mediaType)
  }

  private static func drifted(
    _ image: consuming Image, _ drift: Fault.Drift
  ) throws(ImagingError) -> Image {
    let size = image.size
    let scaled = PixelSize(
      width: Int((Double(size.width) * drift.scale).rounded()),
      height: Int((Double(size.height) * drift.scale).rounded()))
    var moved = scaled == size ? image : try image.resized(to: scaled)
    moved = try moved.mirrored(
      into: size, left: (size.width - scaled.width) / 2 + drift.right,
      top: (size.height - scaled.height) / 2 + drift.down)
    return drift.tint == [1, 1, 1] ? moved : try tinted(moved, drift.tint)
  }

  private static func tinted(_ image: consuming Image, _ factors: [Double]) throws(ImagingError) -> Image {
    let matrix = (0..<3).map { row in (0..<3).map { $0 == row ? factors[row] : 0 } }
    return try image.recombined(matrix, offset: [0, 0, 0])
  }

  /// A picture of 8×8 pixels, which becomes soft when it is scaled.
  private static func softColors() throws(ImagingError) -> Image {
    let edge = 8
    var pixels: [UInt8] = []
    for y in 0..<edge {
      for x in 0..<edge { pixels += [UInt8(60 + 25 * x), UInt8(90 + 18 * y), UInt8(210 - 11 * (x + y))] }
    }
    return try Image.fromPixels(pixels, size: PixelSize(width: edge, height: edge), bands: 3)
  }

  /// The image scaled to cover `size`, then cropped to it around the center.
  private static func cover(
    _ image: consuming Image, _ size: PixelSize
  ) throws(ImagingError) -> Image {
    let factor = max(
      Double(size.width) / Double(image.size.width), Double(size.height) / Double(image.size.height))
    let scaled = PixelSize(
      width: max(size.width, Int((Double(image.size.width) * factor).rounded())),
      height: max(size.height, Int((Double(image.size.height) * factor).rounded())))
    let resized = try image.resized(to: scaled)
    return try resized.cropped(
      left: (scaled.width - size.width) / 2, top: (scaled.height - size.height) / 2, to: size)
  }
}
