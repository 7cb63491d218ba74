import Gateways
import Imaging
import Vocabulary

/// Stands in for the image model: decodes the first reference, changes it visibly, and answers in the pixel size that
/// the real model names for the tier and ratio.
enum SimulatedModel {
  struct Answer: Sendable {
    let bytes: PictureBytes
    let mediaType: MediaType
  }

  /// The size limit for what it decodes: like the product's own.
  private static let mostPixels = 100_000_000

  /// - Parameter ratio: `nil` follows the last reference, as the real model does.
  /// - Throws: `ImagingError` when a reference is no picture.
  static func edit(
    _ references: [PictureBytes], prompt: String, tier: Tier, ratio: AspectRatio?
  ) throws(ImagingError) -> Answer {
    var structures: [PictureStructure] = []
    for reference in references { structures.append(try PictureStructure.read(reference)) }
    guard let first = structures.first, let last = structures.last, let codec = first.format.codec else {
      throw .notAPicture("there is no reference")
    }
    guard first.size.pixelCount <= mostPixels else { throw .tooManyPixels(first.size, limit: mostPixels) }
    let ratio = ratio ?? nearest(to: last.uprightSize)
    let size = NanoBanana2.size(ratio, tier) ?? PixelSize(width: 1024, height: 1024)

    var image = try Image.decode(references[0], as: codec).realised().inSRGB(usingProfile: false)
    if image.hasAlpha { image = try image.flattened(onto: .white) }
    let covered = try cover(image, size)
    let edited = try Effect(prompt: prompt).applied(to: covered)
    // The real model's recorded answers are JPEG files.
    return Answer(
      bytes: try edited.encoded(as: .jpeg(quality: 90, halvedChroma: true)), mediaType: .jpeg)
  }

  /// Scaled to cover `size` and cut to it around the centre.
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

  private static func nearest(to size: PixelSize) -> AspectRatio {
    NanoBanana2.ratios.min { $0.distance(to: size) < $1.distance(to: size) } ?? AspectRatio(1, 1)
  }
}
