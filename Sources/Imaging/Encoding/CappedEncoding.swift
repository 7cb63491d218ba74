package import PictureFormats
package import Core

/// Quality is given up to here. Below, fewer pixels look better than more of them coded worse: over five photographs at
/// equal bytes the two cross between quality 70 and 40, at 60 in the middle (SSIMULACRA2, Tests/Performance/LOG.md).
package let qualityFloor = 60
/// And so far where no pixel may go; below, hardly a byte is saved.
private let lowestQuality = 10

/// What a picture gives up from one level of the search to the next: first the resolution of its colors (JPEG, where
/// it is full), then 5 % of its edges each time.
package struct CapLevels: Sendable {
  private static let edgeFactor = 0.95
  /// A picture is not made smaller than this many pixels along its longest edge.
  private static let smallestEdge = 16

  package let size: PixelSize
  /// Level 1 halves the chroma.
  let canHalveChroma: Bool
  /// The picture must not become smaller.
  let keepsSize: Bool

  package func halvesChroma(_ level: Int) -> Bool { canHalveChroma && level > 0 }

  private func edgeSteps(_ level: Int) -> Int { canHalveChroma ? max(0, level - 1) : level }

  package func size(_ level: Int) -> PixelSize {
    let steps = edgeSteps(level)
    guard steps > 0 else { return size }
    var edge = Double(size.longestEdge)
    for _ in 0..<steps { edge *= Self.edgeFactor }
    return size.scaled(toLongestEdge: max(1, Int(edge.rounded())))
  }

  var last: Int {
    var (steps, edge) = (0, Double(size.longestEdge))
    while !keepsSize, edge * Self.edgeFactor >= Double(Self.smallestEdge) {
      edge *= Self.edgeFactor
      steps += 1
    }
    return canHalveChroma ? steps + 1 : steps
  }
}

/// Encodes a picture as finely as a number of bytes allows: quality is given up first, then the resolution of its colors, then
/// pixels. Every size is measured, none is guessed.
package struct CappedEncoding: Sendable {
  /// No search encodes more pixels than this many times those of the picture.
  private static let maximumEncodedPictures = 8

  package let format: PictureFormat
  package let limit: ByteCount
  /// The quality to begin with; without meaning for PNG.
  package let best: Int
  package let levels: CapLevels
  private let floor: Int
  private let hasHalvedChroma: Bool
  private let hint: CapSearch.Hint?
  /// How often it encoded, and the pixels of all those encodes.
  package private(set) var encodes = 0
  package private(set) var encodedPixels = 0
  /// In bytes, of what was too large throughout.
  package private(set) var smallest: Int?

  /// - Parameters:
  ///   - quality: the quality to begin with.
  ///   - hasHalvedChroma: the picture's colors are no finer than that.
  ///   - keepsSize: the picture must not lose pixels.
  ///   - hint: a size that is known without encoding.
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

  /// A file within the limit, and what it took.
  package struct Outcome {
    package let bytes: PictureBytes
    package let size: PixelSize
    package let setting: CapSearch.Setting
  }

  /// - Returns: `nil` when the limit cannot be reached.
  package mutating func run(_ image: borrowing Image) throws(ImagingError) -> Outcome? {
    // Coding tables made for the picture save 2 to 15 % of its bytes, and cost more than the rest of the encoding:
    // they are left to where bytes are scarce.
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
