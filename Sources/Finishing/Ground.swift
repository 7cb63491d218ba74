import Imaging
import Vocabulary

/// The original under a result. A large one is opened as often as it is needed and read row by row, so that it is never held
/// whole; one that is small, or has to be turned, is.
struct Ground: ~Copyable {
  /// Upright.
  let size: PixelSize
  private let original: ResultInspection.Original
  private let held: Image?

  /// In bytes of pixels.
  private static let mostHeld = 128_000_000
  /// What is compared with a result is no larger: enough for a tenth of a pixel.
  static let referenceEdge = 1_536

  init(_ original: ResultInspection.Original) throws(ImagingError) {
    let structure = original.structure
    let isHeld = structure.orientation != 1 || structure.size.pixelCount * 4 <= Self.mostHeld
    let picture: Image? = isHeld ? try Self.open(original).realised() : nil
    self.held = picture
    self.original = original
    size = structure.uprightSize
  }

  /// The picture, upright and in 8-bit sRGB, to be read once from top to bottom.
  func picture() throws(ImagingError) -> Image {
    if let held = held?.shared() { return held }
    return try Self.open(original)
  }

  private static func open(_ original: ResultInspection.Original) throws(ImagingError) -> Image {
    let image = try openInSRGB(original.bytes, original.structure, original.reading)
    guard original.structure.orientation != 1 else { return image }
    return try image.realised().oriented(original.structure.orientation)
  }

  /// An area of it, without transparency, in memory, and small enough to look at as a whole.
  func reference(_ area: PixelArea) throws(ImagingError) -> Image {
    let size =
      area.size.longestEdge > Self.referenceEdge
      ? area.size.scaled(toLongestEdge: Self.referenceEdge) : area.size
    var picture = try picture()
    if area != PixelArea(self.size) {
      picture = try picture.cropped(left: area.left, top: area.top, to: area.size)
    }
    return try picture.resized(to: size).opaque()
  }
}

/// A picture in 8-bit sRGB as its file has it, not yet turned, to be read once from top to bottom.
func openInSRGB(
  _ bytes: PictureBytes, _ structure: PictureStructure, _ reading: OriginalReading = OriginalReading()
) throws(ImagingError) -> Image {
  guard let codec = structure.format.codec else { throw .unsupportedFormat(structure.format) }
  let image = try Image.decode(bytes, as: codec, page: reading.page, tolerance: reading.tolerance)
  let profile = structure.profile.map(ICCProfile.init)
  let usesProfile = profile?.isSRGB == false
  if usesProfile, let converted = try? image.inSRGB(usingProfile: true) { return converted }
  return usesProfile || !image.isEightBitSRGB ? try image.inSRGB(usingProfile: false) : image
}

extension Image {
  /// With three channels and nothing transparent, in memory.
  consuming func opaque() throws(ImagingError) -> Image {
    let flat = hasAlpha ? try flattened(onto: .white) : self
    return try flat.widened(toBands: 3).realised()
  }
}
