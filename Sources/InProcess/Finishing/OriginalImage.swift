import Finishing
import Imaging
import PictureFormats
import Core

/// The original under a result. A large one is opened as often as it is needed and read row by row, so that it is never held
/// whole; one that is small, or has to be turned, is.
struct OriginalImage: ~Copyable {
  /// Upright.
  let size: PixelSize
  /// The space of its numbers, where they stay as they are; `nil`: sRGB.
  let space: MatrixShaper?
  /// 16 bits per channel; otherwise 8.
  let isDeep: Bool
  private let isConverted: Bool
  private let original: ResultInspection.Original
  private let held: Image?

  /// What is compared with a result is no larger: enough for a tenth of a pixel.
  static let referenceEdge = 1_536

  /// - Parameter numbers: what its own become.
  init(
    _ original: ResultInspection.Original, as numbers: ResultInspection.Numbers
  ) throws(ImagingError) {
    let structure = original.structure
    let space = numbers.profile.flatMap { MatrixShaper(ICCProfile($0)) }
    let isHeld = ResultInspection.isHeld(structure, isDeep: numbers.isDeep)
    let picture: Image? =
      isHeld ? try Self.open(original, isConverted: numbers.areConverted).copiedToMemory() : nil
    self.held = picture
    self.space = space
    isDeep = numbers.isDeep
    isConverted = numbers.areConverted
    self.original = original
    size = structure.uprightSize
  }

  /// The picture, upright, in its space and depth, to be read once from top to bottom.
  func picture() throws(ImagingError) -> Image {
    if let held = held?.shared() { return held }
    return try Self.open(original, isConverted: isConverted)
  }

  private static func open(
    _ original: ResultInspection.Original, isConverted: Bool
  ) throws(ImagingError) -> Image {
    let image =
      isConverted
      ? try openInSRGB(original.bytes, original.structure, original.reading)
      : try openAsItIs(original.bytes, original.structure, original.reading)
    guard original.structure.orientation != 1 else { return image }
    return try image.copiedToMemory().oriented(original.structure.orientation)
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
    let small = try picture.resized(to: size)
    // Through its profile, which it still carries.
    return try (isConverted ? small : small.inSRGB(usingProfile: space != nil)).opaque()
  }
}

/// A picture in 8-bit sRGB as its file has it, not yet turned, to be read once from top to bottom.
func openInSRGB(
  _ bytes: PictureBytes, _ structure: PictureStructure, _ reading: OriginalReading = OriginalReading()
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
  _ bytes: PictureBytes, _ structure: PictureStructure, _ reading: OriginalReading
) throws(ImagingError) -> Image {
  let cleaned = PictureContent(structure.cleaned(bytes))
  let image = try Image.decode(cleaned, structure, tolerance: reading.tolerance)
  // What the file says of its colors by numbers, no decoder obeys.
  guard structure.profileIsMade, let made = structure.profile else { return image }
  return try image.withProfile(made)
}

extension Image {
  /// With three channels and nothing transparent, in memory.
  consuming func opaque() throws(ImagingError) -> Image {
    let flat = hasAlpha ? try flattened(onto: .white) : self
    return try flat.widened(toBands: 3).copiedToMemory()
  }
}
