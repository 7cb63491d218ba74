package import PictureFormats
package import Core

/// Runs work on one of the pictures, and marks its errors with that picture.
package func on<Value: ~Copyable>(
  _ picture: (ImagingError) -> FinishingError, _ work: () throws(ImagingError) -> Value
) throws(FinishingError) -> Value {
  do throws(ImagingError) { return try work() } catch { throw picture(error) }
}

/// The pictures that accompany a result, if the options need them.
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
  /// The metadata to write into the file.
  package private(set) var metadata = EmbeddedMetadata()
  /// The file to write if nothing has to be decoded for it.
  package private(set) var untouched: PictureBytes?

  /// The format to write: the original's if some of its pixels stay. If that format, or the returned one,
  /// cannot be written or cannot hold the picture, and the picture has to be written, PNG, which is lossless.
  package var wanted: PictureFormat {
    if let wanted = options.wanted { return wanted }
    guard options.changesPixels || options.metadata != nil else { return structure.format }
    guard options.changesPixels, let original else { return structure.format.written }
    let natural = options.composites ? original.structure.format.written : structure.format.written
    let needsAlpha = options.restoresAlpha && original.structure.hasAlpha
    let isTooLong = canvas.longestEdge > natural.longestEdge
    return needsAlpha && !natural.hasAlpha || isTooLong ? .png : natural
  }

  /// The size of the finished picture, or a larger one.
  package var canvas: PixelSize {
    guard let original, options.hasOriginalsSize else { return structure.uprightSize }
    return original.structure.uprightSize
  }

  /// Whether pixels have to be decoded; otherwise the picture stays as it is encoded.
  package var needsPixels: Bool {
    let isTurned = options.metadata != nil && structure.orientation != 1
    return options.changesPixels || wanted != structure.format || isTurned
  }
  /// Whether a decoder has to read the file.
  package var needsDecoder: Bool { untouched == nil || options.looksAtOriginal }

  /// Whether metadata, or a missing end of the file, is inserted.
  private var isRewritten: Bool { !metadata.isEmpty || structure.repairs.contains(.end) }

  /// The file as it arrived, with only these insertions, if it is within the limit.
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

  /// How the original's own pixel values are kept, because some of its pixels stay: the result is converted
  /// to its color space and depth. This applies to RGB in sRGB, or with a matrix/TRC profile, which is then
  /// embedded. Everything else is converted to 8-bit sRGB.
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

  /// The color space and depth of a finished picture.
  package struct Numbers {
    /// The ICC profile; `nil`: sRGB.
    package var profile: [UInt8]?
    /// Whether it has 16 bits per channel; otherwise 8.
    package var isDeep = false

    package var areConverted: Bool { profile == nil && !isDeep }
  }

  /// Whether pixels of a lossless WebP stay, and no other format was requested.
  package var keepsLossless: Bool {
    options.composites && options.wanted == nil && original?.structure.isLossless == true
  }

  /// Whether there was transparency before, or it is requested again.
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
  /// The format itself, or the one that its pictures are written as if it cannot be written.
  fileprivate var written: PictureFormat {
    if isWritable { return self }
    return codec == .heif ? .jpeg : .png
  }
}

/// Reads the headers of a returned picture, its original, and a mask, and checks that they fit together.
package func inspectResult(
  _ bytes: PictureBytes, beside pictures: FinishingPictures = FinishingPictures(), options: FinishingOptions
) throws(FinishingError) -> ResultInspection {
  let structure = try on(FinishingError.picture) { () throws(ImagingError) in
    try PictureStructure.read(bytes)
  }
  let looks = options.looksAtOriginal
  guard !looks || !options.usesMask || pictures.mask != nil else { throw .mask(.damaged("it is missing")) }
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

/// Refuses vector formats, and formats whose decoders libvips does not trust: they are never an answer, and
/// are read only if allowed.
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

/// A decoded 4K picture is at most 270 MB. Anything far above is not an answer of these models, and few
/// cameras make more.
package let maximumPixels = 200_000_000

/// Checks that a mask has the original's aspect ratio. It may be smaller or larger, but with another shape
/// its meaning is unclear.
package func requireSameShape(_ mask: PixelSize, _ original: PixelSize) throws(FinishingError) {
  let scale = (
    x: Double(original.width) / Double(mask.width), y: Double(original.height) / Double(mask.height)
  )
  // Half a pixel of rounding at either edge, and a margin for programs that round less exactly.
  let tolerance = 0.01 + 1 / Double(min(mask.width, mask.height))
  guard abs(scale.x / scale.y - 1) <= tolerance else { throw .maskShape(mask, original: original) }
}
