package import PictureFormats
package import Core

/// The lowest quality before pixels are given up. Below it, fewer pixels look better than more pixels of
/// lower quality: over five photographs at equal bytes the two curves cross between quality 70 and 40, at 60
/// in the middle (SSIMULACRA2, Tests/Performance/LOG.md).
package let qualityFloor = 60
/// The lowest quality for pictures that must keep their size. Below it, hardly a byte is saved.
private let lowestQuality = 10

/// The levels of the search: what a picture gives up from each level to the next. First the chroma resolution
/// is halved (JPEG with full chroma only), then the edges shrink by 5 % at each level.
package struct CapLevels: Sendable {
  private static let edgeFactor = 0.95
  /// The minimum longest edge in pixels.
  private static let smallestEdge = 16

  /// The size at level 0.
  package let size: PixelSize
  /// Whether level 1 halves the chroma resolution.
  let canHalveChroma: Bool
  /// Whether the picture must keep its size.
  package let keepsSize: Bool

  /// Whether a level halves the chroma resolution.
  package func halvesChroma(_ level: Int) -> Bool { canHalveChroma && level > 0 }

  private func edgeSteps(_ level: Int) -> Int { canHalveChroma ? max(0, level - 1) : level }

  /// The size of the picture at a level.
  package func size(_ level: Int) -> PixelSize {
    let steps = edgeSteps(level)
    guard steps > 0 else { return size }
    var edge = Double(size.longestEdge)
    for _ in 0..<steps { edge *= Self.edgeFactor }
    return size.scaled(toLongestEdge: max(1, Int(edge.rounded())))
  }

  /// The last level.
  package var last: Int {
    var (steps, edge) = (0, Double(size.longestEdge))
    while !keepsSize, edge * Self.edgeFactor >= Double(Self.smallestEdge) {
      edge *= Self.edgeFactor
      steps += 1
    }
    return canHalveChroma ? steps + 1 : steps
  }
}

/// Encodes a picture as finely as a byte limit allows. Quality is reduced first, then chroma resolution, then
/// size. Every size is measured, none is estimated.
package struct CappedEncoding: Sendable {
  /// A search that has a result stops before it encodes more pixels than this many times those of the
  /// picture.
  private static let maximumEncodedPictures = 8

  package let format: PictureFormat
  package let limit: ByteCount
  /// The quality with which the search starts; unused for PNG.
  package let best: Int
  package let levels: CapLevels
  private let floor: Int
  private let hasHalvedChroma: Bool
  private let hint: CapSearch.Hint?
  /// How many times the picture was encoded, and the pixels of all those encodes.
  package private(set) var encodes = 0
  package private(set) var encodedPixels = 0
  /// The smallest size in bytes, if every encode was over the limit.
  package private(set) var smallest: Int?

  /// - Parameters:
  ///   - quality: the quality with which to start, 1…100.
  ///   - hasHalvedChroma: whether the picture's chroma is already no finer than 4:2:0. Default: `false`.
  ///   - keepsSize: whether the picture must keep its size. Default: `false`.
  ///   - hint: a size that is known without encoding. Default: `nil`.
  package init(
    of image: borrowing Image, as format: PictureFormat, limit: ByteCount, quality: Int,
    hasHalvedChroma: Bool = false, keepsSize: Bool = false, hint: CapSearch.Hint? = nil
  ) {
    self.format = format
    self.limit = limit
    floor = keepsSize ? lowestQuality : qualityFloor
    best = format.codec == .png ? floor : quality
    self.hasHalvedChroma = hasHalvedChroma
    self.hint = hint
    levels = CapLevels(
      size: image.size, canHalveChroma: format.codec == .jpeg && !hasHalvedChroma && image.bands >= 3,
      keepsSize: keepsSize)
  }

  /// A file within the limit, and the size and setting that it took.
  package struct Outcome {
    package let bytes: PictureBytes
    package let size: PixelSize
    package let setting: CapSearch.Setting
  }

  /// Runs the search.
  ///
  /// - Returns: `nil` when the limit cannot be reached.
  package mutating func run(_ image: borrowing Image) throws(ImagingError) -> Outcome? {
    // Optimized Huffman tables save 2 to 15 % of the bytes but cost more than the rest of the encoding, so
    // they are used only where bytes are scarce.
    if format.codec == .jpeg, limit.bytes >= image.size.pixelCount * image.bands / 2 {
      let finest = CapSearch.Setting(quality: best, level: 0)
      let outcome = try encode(image, finest, fitsTables: false)
      if outcome.bytes.byteCount <= limit { return outcome }
    }
    var search = CapSearch(
      limit: limit.bytes, best: best, floor: floor, lastLevel: levels.last, decline: decline,
      hint: hint)
    var outcome: Outcome?
    while let setting = search.next() {
      let budget = Self.maximumEncodedPictures * image.size.pixelCount
      if outcome != nil, encodedPixels + levels.size(setting.level).pixelCount > budget { break }
      let next = try encode(image, setting, fitsTables: true)
      search.record(next.bytes.count, for: setting)
      if search.result == setting { outcome = next }
    }
    if outcome == nil { smallest = search.smallest }
    return outcome
  }

  private var decline: CapSearch.Decline {
    switch format.codec {
    case .png: .png
    case .webp: .webP
    default: .jpeg(halvesChroma: levels.canHalveChroma)
    }
  }

  private mutating func encode(
    _ image: borrowing Image, _ setting: CapSearch.Setting, fitsTables: Bool
  ) throws(ImagingError) -> Outcome {
    let encoding: Image.Encoding =
      switch format.codec {
      case .png: .png
      case .webp: .webp(quality: setting.quality)
      default:
        .jpeg(
          quality: setting.quality, halvedChroma: hasHalvedChroma || levels.halvesChroma(setting.level),
          fitsTables: fitsTables)
      }
    let size = levels.size(setting.level)
    encodes += 1
    encodedPixels += size.pixelCount
    let smaller = size == image.size ? image.shared() : try image.shared().resized(to: size).copiedToMemory()
    return Outcome(bytes: try smaller.encoded(as: encoding), size: size, setting: setting)
  }
}
