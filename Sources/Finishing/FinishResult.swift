import Imaging
package import Vocabulary

/// Turns the bytes that a model returned into the file that was asked for. What they are is read from the bytes: the
/// labels of these APIs lie. The model's own bytes are kept whenever nothing has to be done to them, so that marks of
/// provenance stay valid.
///
/// One synchronous function from bytes to bytes, for a thread of the worker pool.
///
/// - Parameter original: the picture that was edited, where the options look at it.
package func finishResult(
  _ bytes: PictureBytes, original: PictureBytes? = nil, options: FinishingOptions
) throws(FinishingError) -> FinishedPicture {
  try finishResult(inspectResult(bytes, original: original, options: options))
}

/// The same for a picture that was inspected already.
package func finishResult(_ inspection: ResultInspection) throws(FinishingError) -> FinishedPicture {
  let structure = inspection.structure
  guard inspection.needsDecoder else {
    return FinishedPicture(
      bytes: inspection.bytes,
      facts: FinishedPicture.Facts(
        format: structure.format, size: structure.uprightSize, returned: structure.format, isConverted: false)
    )
  }
  let result = try onResult { () throws(ImagingError) in try decodeUpright(inspection.bytes, structure) }
  guard let original = inspection.original else { return try encode(result, inspection) }
  let ground = try onOriginal { () throws(ImagingError) in
    try decodeUpright(original.bytes, original.structure)
  }
  var findings = Findings()
  let finished = try onResult { () throws(ImagingError) in
    try bringBack(result, onto: ground, inspection.options, &findings)
  }
  return try encode(finished, inspection, findings)
}

/// What is known of a returned picture before it is decoded.
package struct ResultInspection: Sendable {
  struct Original: Sendable {
    let bytes: PictureBytes
    let structure: PictureStructure
  }

  let bytes: PictureBytes
  let structure: PictureStructure
  let options: FinishingOptions
  let original: Original?

  /// What is written: where the format that came cannot be written, and something has to be, a PNG, which loses nothing.
  var wanted: PictureFormat {
    options.wanted ?? (original == nil || structure.format.isWritable ? structure.format : .png)
  }

  /// Whether the pixels have to be seen; otherwise the bytes stay as they are.
  package var needsDecoder: Bool { original != nil || wanted != structure.format }

  private var pixels: Int { structure.size.pixelCount + (original?.structure.size.pixelCount ?? 0) }

  /// What it may take at most. Decoding and encoding alone: the decoder's whole canvas, the picture and a turned copy of it,
  /// with four 16-bit channels, and what an encoder holds. Beside an original, measured, 37 bytes for each pixel of both.
  package var memory: ByteCount {
    guard let original else { return ByteCount(64_000_000 + pixels * 20) }
    return ByteCount(64_000_000 + pixels * 40 + 2 * (bytes.count + original.bytes.count))
  }
  /// Measured: decoding and encoding once stay under 0.3 s a megapixel; laid on an original and written as WebP, under 0.9 s.
  package var cpuSeconds: Int {
    original == nil ? 10 + pixels * 3 / 10_000_000 : 20 + pixels * 12 / 10_000_000
  }
}

/// Reads what a returned picture, and its original, say of themselves.
package func inspectResult(
  _ bytes: PictureBytes, original: PictureBytes? = nil, options: FinishingOptions
) throws(FinishingError) -> ResultInspection {
  let structure = try onResult { () throws(ImagingError) in try PictureStructure.read(bytes) }
  var ground: ResultInspection.Original?
  if let original, options.looksAtOriginal {
    let structure = try onOriginal { () throws(ImagingError) in
      try requireAllowed(PictureStructure.read(original))
    }
    guard structure.size.pixelCount <= mostPixels else {
      throw .original(.tooManyPixels(structure.size, limit: mostPixels))
    }
    ground = ResultInspection.Original(bytes: original, structure: structure)
  }
  let inspection = ResultInspection(bytes: bytes, structure: structure, options: options, original: ground)
  if inspection.needsDecoder { _ = try onResult { () throws(ImagingError) in try requireAllowed(structure) } }
  guard !inspection.needsDecoder || structure.size.pixelCount <= mostPixels else {
    throw .picture(.tooManyPixels(structure.size, limit: mostPixels))
  }
  return inspection
}

/// Drawings and those formats whose decoders libvips does not trust are no answers, and are read nowhere without being asked for.
private func requireAllowed(_ structure: PictureStructure) throws(ImagingError) -> PictureStructure {
  if let word = structure.format.permission { throw .notAllowed(structure.format, word: word) }
  return structure
}

/// A decoded 4K picture is 270 MB at most; anything far above is no answer of these models, and few cameras make more.
private let mostPixels = 200_000_000

private func onResult<Value: ~Copyable>(
  _ work: () throws(ImagingError) -> Value
) throws(FinishingError) -> Value {
  do throws(ImagingError) { return try work() } catch { throw .picture(error) }
}

private func onOriginal<Value: ~Copyable>(
  _ work: () throws(ImagingError) -> Value
) throws(FinishingError) -> Value {
  do throws(ImagingError) { return try work() } catch { throw .original(error) }
}

/// The picture in memory, upright and in 8-bit sRGB.
private func decodeUpright(_ bytes: PictureBytes, _ structure: PictureStructure) throws(ImagingError) -> Image
{
  guard let codec = structure.format.codec else { throw .unsupportedFormat(structure.format) }
  var image = try Image.decode(bytes, as: codec).realised()
  if structure.orientation != 1 { image = try image.oriented(structure.orientation) }
  let profile = structure.profile.map(ICCProfile.init)
  let usesProfile = profile?.isSRGB == false
  if usesProfile, let converted = try? image.inSRGB(usingProfile: true) {
    image = converted
  } else if usesProfile || !image.isEightBitSRGB {
    image = try image.inSRGB(usingProfile: false)
  }
  return try image.realised()
}

private func encode(
  _ image: consuming Image, _ inspection: ResultInspection, _ findings: Findings = Findings()
) throws(FinishingError) -> FinishedPicture {
  let wanted = inspection.wanted
  do throws(ImagingError) {
    if image.hasAlpha, !wanted.hasAlpha { image = try image.flattened(onto: .white) }
    let size = image.size
    return FinishedPicture(
      bytes: try image.encoded(as: encoding(for: wanted)),
      facts: FinishedPicture.Facts(
        format: wanted, size: size, returned: inspection.structure.format, isConverted: true,
        findings: findings))
  } catch {
    throw .picture(error)
  }
}

/// The model's picture is encoded once more, so finely that it does not show.
private func encoding(for format: PictureFormat) -> Image.Encoding {
  switch format.codec {
  case .png: .png
  case .webp: .webp(quality: 95)
  default: .jpeg(quality: 95, halvedChroma: false)
  }
}
