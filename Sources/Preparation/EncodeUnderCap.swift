import Imaging
import Vocabulary

/// A file within its limit.
struct EncodedPicture {
  let bytes: PictureBytes
  let format: PictureFormat
  let size: PixelSize
}

/// Quality is given up to here. Below, fewer pixels look better than more of them coded worse: over five photographs at
/// equal bytes the two cross between quality 70 and 40, at 60 in the middle (SSIMULACRA2, Tests/Performance/LOG.md).
let qualityFloor = 60

/// What a picture gives up from one level of the search to the next: first the resolution of its colours (JPEG, where
/// it is full), then 5 % of its edges each time.
struct CapLevels {
  static let edgeFactor = 0.95
  /// A picture is not made smaller than this many pixels along its longest edge.
  private static let smallestEdge = 16

  let size: PixelSize
  /// Level 1 halves the chroma.
  let canHalveChroma: Bool

  func halvesChroma(_ level: Int) -> Bool { canHalveChroma && level > 0 }

  private func edgeSteps(_ level: Int) -> Int { canHalveChroma ? max(0, level - 1) : level }

  func size(_ level: Int) -> PixelSize {
    let steps = edgeSteps(level)
    guard steps > 0 else { return size }
    var edge = Double(size.longestEdge)
    for _ in 0..<steps { edge *= Self.edgeFactor }
    return size.scaled(toLongestEdge: max(1, Int(edge.rounded())))
  }

  var last: Int {
    var (steps, edge) = (0, Double(size.longestEdge))
    while edge * Self.edgeFactor >= Double(Self.smallestEdge) {
      edge *= Self.edgeFactor
      steps += 1
    }
    return canHalveChroma ? steps + 1 : steps
  }
}

extension PreparationWork {
  /// Quality for a picture that is encoded for another reason than its bytes, and for one that is not.
  private static let usualQuality = 92
  private static let carefulQuality = 97

  /// No search encodes more pixels than this many times those of the picture.
  private static let mostEncodedPictures = 8

  /// The finest encoding within the byte limit, measured; a lossless picture that is too large becomes one in a lossy
  /// format when that is ours to choose: more pixels of it say more than fewer without loss.
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
          .format, "as PNG it has \(bytes.byteCount), over the limit of \(options.maximumBytes)",
          before: MediaType.png.name, after: lossy.mediaType.name))
      return try searchUnderCap(image, format: lossy)
    }
    if plan.triesLossless {
      let bytes = try encode(image, .webp(quality: nil))
      if bytes.byteCount <= limit { return EncodedPicture(bytes: bytes, format: .webp, size: image.size) }
    }
    return try searchUnderCap(image, format: plan.format)
  }

  /// The source's colour was coarser than its brightness, and is still: a reduction makes it as fine.
  private var hasHalvedChroma: Bool { structure.hasReducedChroma && plan.fit.size == structure.size }

  private mutating func searchUnderCap(
    _ image: borrowing Image, format: PictureFormat
  ) throws(PreparationError) -> EncodedPicture {
    let first =
      format == .png
      ? qualityFloor
      : options.quality ?? (plan.isOnlyAboutBytes ? Self.carefulQuality : Self.usualQuality)
    let levels = CapLevels(
      size: image.size, canHalveChroma: format == .jpeg && !hasHalvedChroma && image.bands >= 3)
    let finest = CapSearch.Setting(quality: first, level: 0)
    // Coding tables made for the picture save 2 to 15 % of its bytes, and cost more than the rest of the encoding:
    // they are left to where bytes are scarce.
    if format == .jpeg, limit.bytes >= image.size.pixelCount * image.bands / 2 {
      let file = try encode(image, finest, levels, as: format, fitsTables: false)
      if file.bytes.byteCount <= limit {
        note(finest, levels, first: first, isLossless: false)
        return file
      }
    }
    let hint = atFloor.map { CapSearch.Hint(quality: qualityFloor, bytes: $0) }
    var search = CapSearch(
      limit: limit.bytes, best: first, floor: qualityFloor, lastLevel: levels.last,
      decline: Self.decline(of: format, levels), hint: hint)
    var best: (setting: CapSearch.Setting, file: EncodedPicture)?
    while let setting = search.next() {
      let budget = Self.mostEncodedPictures * image.size.pixelCount
      if best != nil, encodedPixels + levels.size(setting.level).pixelCount > budget { break }
      let file = try encode(image, setting, levels, as: format)
      search.record(file.bytes.count, for: setting)
      if search.result == setting { best = (setting, file) }
    }
    guard let best else {
      // The names that are to stay count, too.
      let kept = options.maximumBytes.bytes - limit.bytes
      throw .capNotReachable(
        smallest: ByteCount((search.smallest ?? 0) + kept), limit: options.maximumBytes)
    }
    note(best.setting, levels, first: first, isLossless: format == .png)
    return best.file
  }

  private static func decline(of format: PictureFormat, _ levels: CapLevels) -> CapSearch.Decline {
    switch format.codec {
    case .png: .png
    case .webp: .webP
    default: .jpeg(halvesChroma: levels.canHalveChroma)
    }
  }

  private mutating func encode(
    _ image: borrowing Image, _ setting: CapSearch.Setting, _ levels: CapLevels, as format: PictureFormat,
    fitsTables: Bool = true
  ) throws(PreparationError) -> EncodedPicture {
    let halves = hasHalvedChroma || levels.halvesChroma(setting.level)
    let encoding: Image.Encoding =
      switch format.codec {
      case .png: .png
      case .webp: .webp(quality: setting.quality)
      default: .jpeg(quality: setting.quality, halvedChroma: halves, fitsTables: fitsTables)
      }
    let size = levels.size(setting.level)
    guard size != image.size else {
      return EncodedPicture(bytes: try encode(image, encoding), format: format, size: size)
    }
    let smaller = try onPicture { () throws(ImagingError) in try image.shared().resized(to: size).realised() }
    return EncodedPicture(bytes: try encode(smaller, encoding), format: format, size: size)
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

  /// Says what the search had to give up.
  private mutating func note(
    _ setting: CapSearch.Setting, _ levels: CapLevels, first: Int, isLossless: Bool
  ) {
    let reason = "at most \(options.maximumBytes)"
    steps.removeAll { $0.kind == .quality && $0.after == nil }
    if setting.quality < first || plan.isOnlyAboutBytes && !isLossless {
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
