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

extension Encode {
  /// Encodes the picture as finely as the byte limit allows; every size is measured. If a lossless picture is
  /// too large and no format was requested, it is written in a lossy format: more of its pixels preserve more
  /// than fewer lossless ones.
  func apply(
    _ image: borrowing Image, _ work: inout PreparationWork
  ) throws(PreparationError) -> EncodedPicture {
    let (limit, options) = (work.limit, work.options)
    let lossy: PictureFormat = image.hasAlpha ? .webp : .jpeg
    let mayChange = options.format == nil && options.acceptedFormats.contains(lossy.mediaType)
    if format == .png, mayChange, image.size.longestEdge <= lossy.longestEdge {
      let bytes = try encode(image, .png, &work)
      if bytes.byteCount <= limit {
        return EncodedPicture(bytes: bytes, format: .png, size: image.size)
      }
      work.steps.append(
        PreparationStep(
          .format, "the PNG has \(bytes.byteCount), over the limit of \(options.maximumBytes)",
          before: MediaType.png.name, after: lossy.mediaType.name))
      return try searchUnderCap(image, as: lossy, &work)
    }
    if triesLossless {
      let bytes = try encode(image, .webp(quality: nil), &work)
      if bytes.byteCount <= limit { return EncodedPicture(bytes: bytes, format: .webp, size: image.size) }
    }
    return try searchUnderCap(image, as: format, &work)
  }

  private func searchUnderCap(
    _ image: borrowing Image, as format: PictureFormat, _ work: inout PreparationWork
  ) throws(PreparationError) -> EncodedPicture {
    let (limit, maximum) = (work.limit, work.options.maximumBytes)
    var encoding = CappedEncoding(
      of: image, as: format, limit: limit, quality: quality, hasHalvedChroma: hasHalvedChroma,
      hint: work.atFloor.map { CapSearch.Hint(quality: qualityFloor, bytes: $0) })
    let outcome = try onPicture { () throws(ImagingError) in try encoding.run(image) }
    work.encodes += encoding.encodes
    guard let outcome else {
      // The names of creator and copyright holder that are kept count too.
      let kept = maximum.bytes - limit.bytes
      throw .capNotReachable(smallest: ByteCount((encoding.smallest ?? 0) + kept), limit: maximum)
    }
    note(outcome.setting, encoding, &work)
    return EncodedPicture(bytes: outcome.bytes, format: format, size: outcome.size)
  }

  private func encode(
    _ image: borrowing Image, _ encoding: Image.Encoding, _ work: inout PreparationWork
  ) throws(PreparationError) -> PictureBytes {
    work.encodes += 1
    do throws(ImagingError) {
      return try image.encoded(as: encoding)
    } catch {
      throw .picture(error)
    }
  }

  /// Records the steps that the search had to take.
  private func note(
    _ setting: CapSearch.Setting, _ encoding: CappedEncoding, _ work: inout PreparationWork
  ) {
    let (levels, first) = (encoding.levels, encoding.best)
    let reason = "at most \(work.options.maximumBytes)"
    work.steps.removeAll { $0.kind == .quality && $0.after == nil }
    if setting.quality < first || isOnlyAboutBytes && encoding.format.codec != .png {
      let before = setting.quality < first ? "\(first)" : nil
      work.steps.append(PreparationStep(.quality, reason, before: before, after: "\(setting.quality)"))
    }
    if levels.halvesChroma(setting.level) {
      work.steps.append(PreparationStep(.subsample, reason, before: "4:4:4", after: "4:2:0"))
    }
    let size = levels.size(setting.level)
    if size != levels.size {
      work.steps.append(PreparationStep(.downscale, reason, before: "\(levels.size)", after: "\(size)"))
    }
  }
}
