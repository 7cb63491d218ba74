import Finishing
import Imaging
import PictureFormats
import Core

extension EncodeResult {
  /// The quality at which the model's picture is encoded again, high enough that the loss is invisible.
  private static let usualQuality = 95

  /// Encodes a finished picture, at the best quality that its byte limit allows.
  func apply(
    _ image: consuming Image, _ inspection: ResultInspection, _ findings: Findings
  ) throws(FinishingError) -> FinishedPicture {
    let outcome: Outcome
    do throws(ImagingError) {
      outcome = try encoded(image)
    } catch {
      throw .picture(error)
    }
    switch outcome {
    case .done(let bytes, let format, let size, let isReduced):
      var findings = findings
      if isReduced { findings.warnings.append(.pixelsReduced) }
      if inspection.plan.compose.numbers.isDeep, format != .png { findings.warnings.append(.depthReduced) }
      return FinishedPicture(bytes, format, size, inspection, findings)
    case .notReachable(let smallest, let format):
      throw .capNotReachable(
        smallest: ByteCount(smallest + inspection.plan.embedMetadata.metadata.length),
        limit: ByteCount(inspection.options.maximumBytes ?? 0), format: format)
    }
  }

  private enum Outcome {
    case done(PictureBytes, PictureFormat, PixelSize, isReduced: Bool)
    case notReachable(smallest: Int, PictureFormat)
  }

  private func encoded(_ image: consuming Image) throws(ImagingError) -> Outcome {
    if image.hasAlpha, !format.hasAlpha { image = try image.flattened(onto: .white) }
    guard let room else {
      let size = image.size
      return .done(try image.encoded(as: encoding), format, size, isReduced: false)
    }
    // The picture is encoded several times, and must be computed only once.
    let ready = try image.copiedToMemory()
    ImagingRuntime.noteDecoded()
    return try encoded(ready, within: room)
  }

  private var encoding: Image.Encoding {
    switch format.codec {
    case .png: .quickPNG
    // A lossless original that keeps its pixels stays lossless.
    case .webp: .webp(quality: keepsLossless ? nil : Self.usualQuality)
    // Optimized Huffman tables would hold the whole picture in memory, and cost more than the rest of the
    // encoding.
    default: .jpeg(quality: Self.usualQuality, halvedChroma: false, fitsTables: false)
    }
  }

  /// A lossless format becomes a lossy one if no format was requested: that costs less than losing pixels.
  private func encoded(
    _ image: borrowing Image, within limit: ByteCount
  ) throws(ImagingError) -> Outcome {
    var format = format
    let lossy: PictureFormat = image.hasAlpha ? .webp : .jpeg
    if format == .png, mayChangeFormat, image.size.longestEdge <= lossy.longestEdge {
      let bytes = try image.encoded(as: .png)
      if bytes.byteCount <= limit { return .done(bytes, format, image.size, isReduced: false) }
      format = lossy
    }
    var encoding = CappedEncoding(
      of: image, as: format, limit: limit, quality: Self.usualQuality, keepsSize: keepsSize)
    guard let outcome = try encoding.run(image) else {
      return .notReachable(smallest: encoding.smallest ?? 0, format)
    }
    return .done(outcome.bytes, format, outcome.size, isReduced: outcome.size != image.size)
  }

  /// Repacks a picture that only has too many bytes without decoding it to pixels: a PNG is compressed
  /// better, and the coefficients of a JPEG are rounded.
  ///
  /// - Returns: `nil` when the picture has to be decoded after all.
  func packed(_ inspection: ResultInspection, _ findings: Findings) -> FinishedPicture? {
    guard !inspection.plan.needsPixels, let limit = room else { return nil }
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
    // The orientation and the color description would be lost.
    case .png:
      packed =
        structure.hasUnknownColors || structure.hdr != nil || structure.orientation != 1
        ? nil : squeezedPNG(file)
    default: return nil
    }
    guard let packed, packed.byteCount <= limit else { return nil }
    return FinishedPicture(packed, structure.format, structure.uprightSize, inspection, findings)
  }
}

extension FinishedPicture {
  /// A newly encoded picture, with its metadata.
  fileprivate init(
    _ bytes: PictureBytes, _ format: PictureFormat, _ size: PixelSize, _ inspection: ResultInspection,
    _ findings: Findings
  ) {
    self.init(
      bytes: bytes.adding(inspection.plan.embedMetadata.metadata, as: format, size),
      facts: Facts(
        format: format, size: size, returned: inspection.structure.format, isConverted: true,
        findings: findings))
  }
}
