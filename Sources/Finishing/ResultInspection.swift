package import PictureFormats
package import Core

/// Work on one of the pictures, whose failures are told by it.
package func on<Value: ~Copyable>(
  _ picture: (ImagingError) -> FinishingError, _ work: () throws(ImagingError) -> Value
) throws(FinishingError) -> Value {
  do throws(ImagingError) { return try work() } catch { throw picture(error) }
}

/// What lies beside a result, where the options look at it.
package struct FinishingPictures: Sendable {
  package var original: PictureBytes?
  package var mask: PictureBytes?

  package init(original: PictureBytes? = nil, mask: PictureBytes? = nil) {
    self.original = original
    self.mask = mask
  }
}

/// What is known of a returned picture before it is decoded.
package struct ResultInspection: Sendable {
  package struct Original: Sendable {
    package let bytes: PictureBytes
    package let structure: PictureStructure
    package let reading: OriginalReading
  }

  package let bytes: PictureBytes
  package let structure: PictureStructure
  package let options: FinishingOptions
  package let original: Original?
  package let mask: Original?
  /// What is put into the file.
  package private(set) var metadata = EmbeddedMetadata()
  /// What is written where nothing has to be decoded for it.
  package private(set) var untouched: PictureBytes?

  /// What is written. Where the original's pixels stay, it is the original's format; where that, or what came, cannot be
  /// written or does not hold it, and something has to be, a PNG, which loses nothing.
  package var wanted: PictureFormat {
    if let wanted = options.wanted { return wanted }
    guard options.changesPixels || options.metadata != nil else { return structure.format }
    guard options.changesPixels, let original else { return structure.format.written }
    let natural = options.composites ? original.structure.format.written : structure.format.written
    let needsAlpha = options.restoresAlpha && original.structure.hasAlpha
    let isTooLong = canvas.longestEdge > natural.longestEdge
    return needsAlpha && !natural.hasAlpha || isTooLong ? .png : natural
  }

  /// The finished picture's size, or a larger one.
  package var canvas: PixelSize {
    guard let original, options.hasOriginalsSize else { return structure.uprightSize }
    return original.structure.uprightSize
  }

  /// Whether the pixels have to be seen; otherwise the picture stays as it is coded.
  package var needsPixels: Bool {
    let isTurned = options.metadata != nil && structure.orientation != 1
    return options.changesPixels || wanted != structure.format || isTurned
  }
  /// Whether a decoder has to see the file.
  package var needsDecoder: Bool { untouched == nil || options.looksAtOriginal }

  /// Metadata, or an end that is missing, is put in.
  private var isRewritten: Bool { !metadata.isEmpty || structure.repairs.contains(.end) }

  /// The file as it came, with nothing but that put in, within the limit.
  private func withoutDecoder() -> PictureBytes? {
    guard !needsPixels else { return nil }
    let file =
      isRewritten
      ? structure.cleaned(bytes).adding(
        metadata, as: structure.format, structure.size, over: structure.profile)
      : bytes
    return file.count <= options.maximumBytes ?? .max ? file : nil
  }

  package init(
    _ bytes: PictureBytes, _ structure: PictureStructure, _ options: FinishingOptions, original: Original?,
    mask: Original?
  ) {
    self.bytes = bytes
    self.structure = structure
    self.options = options
    self.original = original
    self.mask = mask
    metadata = EmbeddedMetadata(options.metadata, from: original)
    metadata.profile = numbers.profile
    untouched = withoutDecoder()
  }

  /// How the original's own numbers stay, because some of its pixels do: what is laid over them comes into its colors and depth.
  /// Those of RGB in sRGB, or with a profile that is a matrix and curves, which then goes with them; everything else becomes
  /// 8-bit sRGB.
  package var numbers: Numbers {
    guard options.composites, let structure = original?.structure,
      [.rgb, .palette].contains(structure.color), structure.hdr == nil
    else { return Numbers() }
    let profile = structure.profile.flatMap { ICCProfile($0).isSRGB ? nil : $0 }
    guard profile.map({ MatrixShaper(ICCProfile($0)) != nil }) != false else { return Numbers() }
    let isDeep = structure.bitsPerChannel == 16
    let canBeDeep = wanted == .png && (structure.hasAlpha || !self.structure.hasAlpha)
    guard !isDeep || canBeDeep else { return Numbers() }
    return Numbers(profile: profile, isDeep: isDeep)
  }

  /// What the numbers of a finished picture are.
  package struct Numbers {
    /// `nil`: sRGB.
    package var profile: [UInt8]?
    /// 16 bits per channel; otherwise 8.
    package var isDeep = false

    package var areConverted: Bool { profile == nil && !isDeep }
  }

  /// Some of a lossless WebP's pixels stay, and nobody named another format.
  package var keepsLossless: Bool {
    options.composites && options.wanted == nil && original?.structure.isLossless == true
  }

  /// Transparency was there before, or is to be there again.
  package var expectsTransparency: Bool {
    options.restoresAlpha || original?.structure.hasAlpha == true
  }

  package var warnings: [FinishingWarning] {
    let isDeep = original.map { options.composites && $0.structure.bitsPerChannel > 8 } ?? false
    let losesDepth = isDeep && !numbers.isDeep
    let losesCredentials = structure.metadata.contains(.c2pa) && (untouched == nil || isRewritten)
    return (losesCredentials ? [.credentialsRemoved] : []) + (losesDepth ? [.depthReduced] : [])
  }
}

extension PictureFormat {
  /// Itself, or what its pictures are written as where it cannot be.
  fileprivate var written: PictureFormat {
    if isWritable { return self }
    return codec == .heif ? .jpeg : .png
  }
}

/// Reads what a returned picture, its original and a mask say of themselves, and whether they fit together.
package func inspectResult(
  _ bytes: PictureBytes, beside pictures: FinishingPictures = FinishingPictures(), options: FinishingOptions
) throws(FinishingError) -> ResultInspection {
  let structure = try on(FinishingError.picture) { () throws(ImagingError) in
    try PictureStructure.read(bytes)
  }
  let looks = options.looksAtOriginal
  guard !looks || !options.usesMask || pictures.mask != nil else { throw .mask(.damaged("it is not there")) }
  let needsOriginal = looks || options.metadata != nil && pictures.original != nil
  let inspection = ResultInspection(
    bytes, structure, options,
    original: needsOriginal ? try read(pictures.original, options.reading, FinishingError.original) : nil,
    mask: looks && options.usesMask ? try read(pictures.mask, OriginalReading(), FinishingError.mask) : nil)
  if inspection.needsDecoder { try check(structure, FinishingError.picture) }
  if looks, let original = inspection.original?.structure.uprightSize {
    try options.check(against: original)
    if let mask = inspection.mask?.structure.uprightSize {
      try requireSameShape(mask, original)
    }
  }
  return inspection
}

private func read(
  _ bytes: PictureBytes?, _ reading: OriginalReading, _ error: (ImagingError) -> FinishingError
) throws(FinishingError) -> ResultInspection.Original? {
  guard let bytes else { return nil }
  return try readHeader(of: bytes, reading, error)
}

func readHeader(
  of bytes: PictureBytes, _ reading: OriginalReading, _ error: (ImagingError) -> FinishingError
) throws(FinishingError) -> ResultInspection.Original {
  let structure = try on(error) { () throws(ImagingError) in
    try PictureStructure.read(bytes, page: reading.page, tolerance: reading.tolerance)
  }
  try check(structure, allowing: reading.allowed, error)
  return ResultInspection.Original(bytes: bytes, structure: structure, reading: reading)
}

/// Drawings and those formats whose decoders libvips does not trust are no answers, and are read nowhere without being asked for.
private func check(
  _ structure: PictureStructure, allowing allowed: Set<String> = [],
  _ error: (ImagingError) -> FinishingError
) throws(FinishingError) {
  if let word = structure.format.permission, !allowed.contains(word) {
    throw error(.notAllowed(structure.format, word: word))
  }
  guard structure.decodedSize.pixelCount <= maximumPixels else {
    throw error(.tooManyPixels(structure.decodedSize, limit: maximumPixels))
  }
}

/// A decoded 4K picture is 270 MB at most; anything far above is no answer of these models, and few cameras make more.
package let maximumPixels = 200_000_000

/// A mask may be smaller or larger, but not of another shape: nobody knows then what it means.
package func requireSameShape(_ mask: PixelSize, _ original: PixelSize) throws(FinishingError) {
  let scale = (
    x: Double(original.width) / Double(mask.width), y: Double(original.height) / Double(mask.height)
  )
  // Half a pixel of rounding at either edge, and some for those who round worse.
  let tolerance = 0.01 + 1 / Double(min(mask.width, mask.height))
  guard abs(scale.x / scale.y - 1) <= tolerance else { throw .maskShape(mask, original: original) }
}
