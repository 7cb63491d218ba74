import Core
package import PictureFormats

/// Composites the result over the original, where it may change something.
package struct Compose: FinishingStep {
  package let needsPixels: Bool
  package let numbers: Numbers
  package let memory: Int
  /// Whether the original has more than 8 bits per channel, some of its pixels stay, and the finished picture
  /// has 8.
  let losesDepth: Bool

  /// The color space and depth of a finished picture.
  package struct Numbers: Sendable {
    /// The ICC profile; `nil`: sRGB.
    package var profile: [UInt8]?
    /// Whether it has 16 bits per channel; otherwise 8.
    package var isDeep = false

    package var areConverted: Bool { profile == nil && !isDeep }
  }

  /// - Parameter format: the format to write.
  init(_ facts: ResultFacts, as format: PictureFormat) {
    needsPixels = facts.options.composites
    numbers = Self.numbers(facts, format)
    let hasDeepOriginal = facts.original.map { $0.structure.bitsPerChannel > 8 } ?? false
    losesDepth = needsPixels && hasDeepOriginal && !numbers.isDeep
    memory = Self.memory(facts, isDeep: numbers.isDeep)
  }

  /// How the original's own pixel values are kept, because some of its pixels stay: the result is converted
  /// to its color space and depth. This applies to RGB in sRGB, or with a matrix/TRC profile, which is then
  /// embedded. Everything else is converted to 8-bit sRGB.
  private static func numbers(_ facts: ResultFacts, _ format: PictureFormat) -> Numbers {
    guard facts.options.composites, let structure = facts.original?.structure,
      [.rgb, .palette].contains(structure.color), structure.hdr == nil
    else { return Numbers() }
    let profile = structure.profile.flatMap { ICCProfile($0).isSRGB ? nil : $0 }
    guard profile.map({ MatrixShaper(ICCProfile($0)) != nil }) != false else { return Numbers() }
    let isDeep = structure.bitsPerChannel == 16
    let canBeDeep = format == .png && (structure.hasAlpha || !facts.structure.hasAlpha)
    guard !isDeep || canBeDeep else { return Numbers() }
    return Numbers(profile: profile, isDeep: isDeep)
  }

  /// In bytes of pixels.
  private static let maximumHeld = 128_000_000

  /// Whether an original is held whole in memory while a result is restored onto it.
  package static func isHeld(_ structure: PictureStructure, isDeep: Bool) -> Bool {
    structure.orientation != 1 || structure.size.pixelCount * (isDeep ? 8 : 4) <= maximumHeld
  }

  /// The original, the mask, and the deeper channels of the result.
  private static func memory(_ facts: ResultFacts, isDeep: Bool) -> Int {
    guard let structure = facts.original?.structure else { return 0 }
    let pixels = structure.decodedSize.pixelCount
    let held = isHeld(structure, isDeep: isDeep) ? pixels * (isDeep ? 8 : 4) : 0
    let turned = structure.orientation == 1 ? 0 : pixels * 8
    // Such files are decoded as a whole, however small the part that is needed.
    let isWhole =
      structure.isProgressive || structure.isInterlaced
      || ![.jpeg, .png, .tiff].contains(structure.format.codec)
    let deeper =
      isDeep ? OriginalCrop(facts.options.shown, of: structure.uprightSize).area.size.pixelCount * 4 : 0
    return held + turned + (isWhole ? pixels * 8 : 0) + deeper + (facts.mask?.structure.size.pixelCount ?? 0)
      * 6
  }
}
