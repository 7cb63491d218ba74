import Finishing
import Imaging
import PictureFormats
import Core

/// The original under a result. A large original is opened each time it is needed and read row by row, so
/// that it is never held as a whole. One that is small, or has to be rotated, is held in memory.
struct OriginalImage: ~Copyable {
  /// The upright size.
  let size: PixelSize
  /// The color space of its pixels if they stay unconverted; `nil`: sRGB.
  let space: MatrixShaper?
  /// Whether the pixels have 16 bits per channel; otherwise 8.
  let isDeep: Bool
  private let isConverted: Bool
  private let original: ResultFacts.Original
  private let held: Image?

  /// The longest edge of the reduced original that results are compared with: enough for a tenth of a
  /// pixel.
  static let referenceEdge = 1_536

  /// - Parameter numbers: the color space and depth that its pixels are converted to.
  init(
    _ original: ResultFacts.Original, as numbers: Compose.Numbers
  ) throws(ImagingError) {
    let structure = original.structure
    let space = numbers.profile.flatMap { MatrixShaper(ICCProfile($0)) }
    let isHeld = Compose.isHeld(structure, isDeep: numbers.isDeep)
    let picture: Image? =
      isHeld ? try Self.open(original, isConverted: numbers.areConverted).copiedToMemory() : nil
    self.held = picture
    self.space = space
    isDeep = numbers.isDeep
    isConverted = numbers.areConverted
    self.original = original
    size = structure.uprightSize
  }

  /// The upright picture in its color space and depth, to be read once from top to bottom.
  func picture() throws(ImagingError) -> Image {
    if let held = held?.shared() { return held }
    return try Self.open(original, isConverted: isConverted)
  }

  private static func open(
    _ original: ResultFacts.Original, isConverted: Bool
  ) throws(ImagingError) -> Image {
    let image =
      isConverted
      ? try openInSRGB(original.bytes, original.structure, original.reading)
      : try openAsItIs(original.bytes, original.structure, original.reading)
    guard original.structure.orientation != 1 else { return image }
    return try image.copiedToMemory().oriented(original.structure.orientation)
  }

  /// An area of the original, without transparency, in memory, and small enough to inspect as a whole.
  func reference(_ area: PixelArea) throws(ImagingError) -> Image {
    let size =
      area.size.longestEdge > Self.referenceEdge
      ? area.size.scaled(toLongestEdge: Self.referenceEdge) : area.size
    var picture = try picture()
    if area != PixelArea(self.size) {
      picture = try picture.cropped(left: area.left, top: area.top, to: area.size)
    }
    let small = try picture.resized(to: size)
    // Converted by its profile, which the picture still carries.
    return try (isConverted ? small : small.inSRGB(usingProfile: space != nil)).opaque()
  }
}

/// Opens a picture in 8-bit sRGB, not yet rotated, to be read once from top to bottom.
func openInSRGB(
  _ bytes: PictureBytes, _ structure: PictureStructure, _ reading: ReadingOptions = ReadingOptions()
) throws(ImagingError) -> Image {
  let image = try openAsItIs(bytes, structure, reading)
  if let hdr = structure.hdr {
    let peak = try openAsItIs(bytes, structure, reading).peak(hdr, bits: structure.bitsPerChannel)
    return try image.inSRGB(from: hdr, bits: structure.bitsPerChannel, peak: peak)
  }
  let profile = structure.profile.map(ICCProfile.init)
  let usesProfile = profile?.isSRGB == false
  if usesProfile, let converted = try? image.inSRGB(usingProfile: true) { return converted }
  return usesProfile || !image.isEightBitSRGB ? try image.inSRGB(usingProfile: false) : image
}

private func openAsItIs(
  _ bytes: PictureBytes, _ structure: PictureStructure, _ reading: ReadingOptions
) throws(ImagingError) -> Image {
  let cleaned = PictureContent(structure.cleaned(bytes))
  let image = try Image.decode(cleaned, structure, tolerance: reading.tolerance)
  // Decoders ignore color descriptions by numbers, so a profile made from them is attached here.
  guard structure.profileIsMade, let made = structure.profile else { return image }
  return try image.withProfile(made)
}

extension Image {
  /// The picture with three channels and without transparency, in memory.
  consuming func opaque() throws(ImagingError) -> Image {
    let flat = hasAlpha ? try flattened(onto: .white) : self
    return try flat.widened(toBands: 3).copiedToMemory()
  }
}
