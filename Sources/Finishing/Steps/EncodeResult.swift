package import Core
package import PictureFormats

/// Encodes the finished picture, within its byte limit.
package struct EncodeResult: FinishingStep {
  /// The format to write.
  package let format: PictureFormat
  package let needsPixels: Bool
  /// Whether pixels of a lossless WebP stay, and no other format was requested.
  package let keepsLossless: Bool
  /// Whether no format was requested, so that a lossless one may become lossy.
  package let mayChangeFormat: Bool
  /// Whether the picture must keep its size.
  package let keepsSize: Bool
  /// The maximum bytes of the picture itself, without its metadata; `nil`: any.
  package let room: ByteCount?
  package let memory: Int
  /// The maximum CPU time of the search for a file size, which encodes up to nine pictures in all.
  let searchSeconds: Int

  init(
    _ facts: ResultFacts, as format: PictureFormat, canvas: PixelSize, isDeep: Bool,
    metadata: EmbeddedMetadata
  ) {
    let options = facts.options
    self.format = format
    needsPixels = format != facts.structure.format
    keepsLossless =
      options.composites && options.wanted == nil && facts.original?.structure.isLossless == true
    mayChangeFormat = options.wanted == nil
    keepsSize = options.hasOriginalsSize
    room = options.maximumBytes.map { ByteCount(max(0, $0 - metadata.length)) }
    // The finished file, and the whole picture if its encoder needs it.
    let pixels = max(canvas.pixelCount, facts.structure.size.pixelCount)
    let encoder = room != nil ? 14 : format.codec == .webp ? 8 : 0
    memory = pixels * (encoder + (isDeep ? 6 : 3))
    searchSeconds = room == nil ? 0 : 10 + facts.pixels * 20 / 10_000_000
  }

  /// The format to write: the original's if some of its pixels stay. If that format, or the returned one,
  /// cannot be written or cannot hold the picture, and the picture has to be written, PNG, which is lossless.
  static func format(_ facts: ResultFacts, canvas: PixelSize) -> PictureFormat {
    let (options, structure) = (facts.options, facts.structure)
    if let wanted = options.wanted { return wanted }
    guard options.changesPixels || options.metadata != nil else { return structure.format }
    guard options.changesPixels, let original = facts.original?.structure else {
      return structure.format.written
    }
    let natural = options.composites ? original.format.written : structure.format.written
    let needsAlpha = options.restoresAlpha && original.hasAlpha
    let isTooLong = canvas.longestEdge > natural.longestEdge
    return needsAlpha && !natural.hasAlpha || isTooLong ? .png : natural
  }
}

extension PictureFormat {
  /// The format itself, or the one that its pictures are written as if it cannot be written.
  fileprivate var written: PictureFormat {
    if isWritable { return self }
    return codec == .heif ? .jpeg : .png
  }
}
