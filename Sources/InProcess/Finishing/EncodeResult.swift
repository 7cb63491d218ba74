import Finishing
import Imaging
import PictureFormats
import Core

/// The model's picture is encoded once more, so finely that it does not show.
private let usualQuality = 95

/// A finished picture as a file, as fine as the bytes that it may have allow.
func encode(
  _ image: consuming Image, _ inspection: ResultInspection, _ findings: Findings
) throws(FinishingError) -> FinishedPicture {
  let outcome: Outcome
  do throws(ImagingError) {
    outcome = try encoded(image, inspection)
  } catch {
    throw .picture(error)
  }
  switch outcome {
  case .done(let bytes, let format, let size, let isReduced):
    var findings = findings
    if isReduced { findings.warnings.append(.pixelsReduced) }
    if inspection.numbers.isDeep, format != .png { findings.warnings.append(.depthReduced) }
    return FinishedPicture(bytes, format, size, inspection, findings)
  case .notReachable(let smallest, let format):
    throw .capNotReachable(
      smallest: ByteCount(smallest + inspection.metadata.length),
      limit: ByteCount(inspection.options.maximumBytes ?? 0), format: format)
  }
}

private enum Outcome {
  case done(PictureBytes, PictureFormat, PixelSize, isReduced: Bool)
  case notReachable(smallest: Int, PictureFormat)
}

private func encoded(
  _ image: consuming Image, _ inspection: ResultInspection
) throws(ImagingError) -> Outcome {
  let wanted = inspection.wanted
  if image.hasAlpha, !wanted.hasAlpha { image = try image.flattened(onto: .white) }
  guard let limit = inspection.room else {
    let size = image.size
    return .done(try image.encoded(as: encoding(for: wanted, inspection)), wanted, size, isReduced: false)
  }
  // It is encoded several times, and must not be made as often.
  let ready = try image.copiedToMemory()
  ImagingRuntime.noteDecoded()
  return try encoded(ready, within: limit, inspection)
}

private func encoding(for format: PictureFormat, _ inspection: ResultInspection) -> Image.Encoding {
  switch format.codec {
  case .png: .quickPNG
  // Where an original without loss keeps its pixels, it stays one.
  case .webp: .webp(quality: inspection.keepsLossless ? nil : usualQuality)
  // Tables made for the picture would hold all of it in memory, and cost more than the rest of the encoding.
  default: .jpeg(quality: usualQuality, halvedChroma: false, fitsTables: false)
  }
}

/// One that loses nothing becomes one that does where nobody named its format: that costs less than its pixels.
private func encoded(
  _ image: borrowing Image, within limit: ByteCount, _ inspection: ResultInspection
) throws(ImagingError) -> Outcome {
  var format = inspection.wanted
  let lossy: PictureFormat = image.hasAlpha ? .webp : .jpeg
  if format == .png, inspection.options.wanted == nil, image.size.longestEdge <= lossy.longestEdge {
    let bytes = try image.encoded(as: .png)
    if bytes.byteCount <= limit { return .done(bytes, format, image.size, isReduced: false) }
    format = lossy
  }
  var encoding = CappedEncoding(
    of: image, as: format, limit: limit, quality: usualQuality,
    keepsSize: inspection.options.hasOriginalsSize)
  guard let outcome = try encoding.run(image) else {
    return .notReachable(smallest: encoding.smallest ?? 0, format)
  }
  return .done(outcome.bytes, format, outcome.size, isReduced: outcome.size != image.size)
}

/// A picture that only has too many bytes: packed better, or a JPEG with its values rounded, without becoming pixels.
///
/// - Returns: `nil` when it has to be decoded after all.
func packedWithoutPixels(_ inspection: ResultInspection, _ findings: Findings) -> FinishedPicture? {
  guard !inspection.needsPixels, let limit = inspection.room else { return nil }
  let structure = inspection.structure
  let file = structure.cleaned(inspection.bytes)
  let packed: PictureBytes?
  switch structure.format.codec {
  case .jpeg:
    guard let coefficients = JPEGCoefficients(file), coefficients.canTurn(structure.orientation) else {
      return nil
    }
    ImagingRuntime.noteDecoded()
    let whole = coefficients.written(file, structure, within: limit, quality: nil)
    packed =
      whole.map { $0.byteCount <= limit } == true
      ? whole : coefficients.rounded(file, structure, within: limit)?.best?.file
  // What says which way is up, and how the colors are meant, would be lost.
  case .png:
    packed =
      structure.hasUnknownColors || structure.hdr != nil || structure.orientation != 1
      ? nil : squeezedPNG(file)
  default: return nil
  }
  guard let packed, packed.byteCount <= limit else { return nil }
  return FinishedPicture(packed, structure.format, structure.uprightSize, inspection, findings)
}

extension ResultInspection {
  /// The bytes that the picture itself may have.
  fileprivate var room: ByteCount? {
    options.maximumBytes.map { ByteCount(max(0, $0 - metadata.length)) }
  }
}

extension FinishedPicture {
  /// One that is coded anew, with its metadata.
  fileprivate init(
    _ bytes: PictureBytes, _ format: PictureFormat, _ size: PixelSize, _ inspection: ResultInspection,
    _ findings: Findings
  ) {
    self.init(
      bytes: bytes.adding(inspection.metadata, as: format, size),
      facts: Facts(
        format: format, size: size, returned: inspection.structure.format, isConverted: true,
        findings: findings))
  }
}
