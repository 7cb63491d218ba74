import Preparation
import Imaging
import PictureFormats
import Core

/// An encoded file within the byte limit.
struct EncodedPicture {
  let bytes: PictureBytes
  let format: PictureFormat
  let size: PixelSize
}

extension PreparationWork {
  /// The initial quality: `usualQuality` for a picture that must be encoded anyway, `carefulQuality` for one
  /// that is encoded only because of its bytes.
  private static let usualQuality = 92
  private static let carefulQuality = 97

  /// Encodes the picture as finely as the byte limit allows; every size is measured. If a lossless picture is
  /// too large and no format was requested, it is written in a lossy format: more of its pixels preserve more
  /// than fewer lossless ones.
  mutating func encodeUnderCap(_ image: borrowing Image) throws(PreparationError) -> EncodedPicture {
    let lossy: PictureFormat = image.hasAlpha ? .webp : .jpeg
    let mayChange = options.format == nil && options.acceptedFormats.contains(lossy.mediaType)
    if plan.format == .png, mayChange, image.size.longestEdge <= lossy.longestEdge {
      let bytes = try encode(image, .png)
      if bytes.byteCount <= limit {
        return EncodedPicture(bytes: bytes, format: .png, size: image.size)
      }
      steps.append(
        PreparationStep(
          .format, "the PNG has \(bytes.byteCount), over the limit of \(options.maximumBytes)",
          before: MediaType.png.name, after: lossy.mediaType.name))
      return try searchUnderCap(image, format: lossy)
    }
    if plan.triesLossless {
      let bytes = try encode(image, .webp(quality: nil))
      if bytes.byteCount <= limit { return EncodedPicture(bytes: bytes, format: .webp, size: image.size) }
    }
    return try searchUnderCap(image, format: plan.format)
  }

  /// Whether the source has reduced chroma and keeps its size. A reduced picture has full chroma: its color
  /// is then as fine as its brightness.
  private var hasHalvedChroma: Bool { structure.hasReducedChroma && plan.fit.size == structure.size }

  private mutating func searchUnderCap(
    _ image: borrowing Image, format: PictureFormat
  ) throws(PreparationError) -> EncodedPicture {
    let first = options.quality ?? (plan.isOnlyAboutBytes ? Self.carefulQuality : Self.usualQuality)
    var encoding = CappedEncoding(
      of: image, as: format, limit: limit, quality: first, hasHalvedChroma: hasHalvedChroma,
      hint: atFloor.map { CapSearch.Hint(quality: qualityFloor, bytes: $0) })
    let outcome = try onPicture { () throws(ImagingError) in try encoding.run(image) }
    encodes += encoding.encodes
    encodedPixels += encoding.encodedPixels
    guard let outcome else {
      // The names of creator and copyright holder that are kept count too.
      let kept = options.maximumBytes.bytes - limit.bytes
      throw .capNotReachable(
        smallest: ByteCount((encoding.smallest ?? 0) + kept), limit: options.maximumBytes)
    }
    note(outcome.setting, encoding)
    return EncodedPicture(bytes: outcome.bytes, format: format, size: outcome.size)
  }

  private mutating func encode(
    _ image: borrowing Image, _ encoding: Image.Encoding
  ) throws(PreparationError) -> PictureBytes {
    encodes += 1
    encodedPixels += image.size.pixelCount
    do throws(ImagingError) {
      return try image.encoded(as: encoding)
    } catch {
      throw .picture(error)
    }
  }

  /// Records the steps that the search had to take.
  private mutating func note(_ setting: CapSearch.Setting, _ encoding: CappedEncoding) {
    let (levels, first) = (encoding.levels, encoding.best)
    let reason = "at most \(options.maximumBytes)"
    steps.removeAll { $0.kind == .quality && $0.after == nil }
    if setting.quality < first || plan.isOnlyAboutBytes && encoding.format.codec != .png {
      let before = setting.quality < first ? "\(first)" : nil
      steps.append(PreparationStep(.quality, reason, before: before, after: "\(setting.quality)"))
    }
    if levels.halvesChroma(setting.level) {
      steps.append(PreparationStep(.subsample, reason, before: "4:4:4", after: "4:2:0"))
    }
    let size = levels.size(setting.level)
    if size != levels.size {
      steps.append(PreparationStep(.downscale, reason, before: "\(levels.size)", after: "\(size)"))
    }
  }
}
