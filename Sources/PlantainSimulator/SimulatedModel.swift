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

  /// - Parameters:
  ///   - references: without any, the words alone decide: the effect they name, on a picture of soft colours.
  ///   - ratio: `nil` follows the last reference, as the real model does, and is a square without one.
  /// - Throws: `ImagingError` when a reference is no picture.
  static func edit(
    _ references: [PictureBytes], prompt: String, tier: Tier, ratio: AspectRatio?
  ) throws(ImagingError) -> Answer {
    var structures: [PictureStructure] = []
    for reference in references { structures.append(try PictureStructure.read(reference)) }
    guard let first = structures.first, let last = structures.last, let codec = first.format.codec else {
      let size = NanoBanana2.size(ratio ?? AspectRatio(1, 1), tier) ?? PixelSize(width: 1024, height: 1024)
      return try answer(softColours(), size, prompt: prompt)
    }
    guard first.size.pixelCount <= mostPixels else { throw .tooManyPixels(first.size, limit: mostPixels) }
    let ratio = ratio ?? nearest(to: last.uprightSize)
    let size = NanoBanana2.size(ratio, tier) ?? PixelSize(width: 1024, height: 1024)

    var image = try Image.decode(references[0], as: codec).realised().inSRGB(usingProfile: false)
    if image.hasAlpha { image = try image.flattened(onto: .white) }
    return try answer(image, size, prompt: prompt)
  }

  private static func answer(
    _ image: consuming Image, _ size: PixelSize, prompt: String
  ) throws(ImagingError) -> Answer {
    let covered = try cover(image, size)
    let edited = try Effect(prompt: prompt).applied(to: covered)
    // The real model's recorded answers are JPEG files.
    return Answer(
      bytes: try edited.encoded(as: .jpeg(quality: 90, halvedChroma: true)), mediaType: .jpeg)
  }

  /// A few pixels, which become soft when they are scaled.
  private static func softColours() throws(ImagingError) -> Image {
    let edge = 8
    var pixels: [UInt8] = []
    for y in 0..<edge {
      for x in 0..<edge { pixels += [UInt8(60 + 25 * x), UInt8(90 + 18 * y), UInt8(210 - 11 * (x + y))] }
    }
    return try Image.fromPixels(pixels, size: PixelSize(width: edge, height: edge), bands: 3)
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
