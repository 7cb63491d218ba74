import Core

/// Walks a WebP's RIFF chunks (Google, "WebP Container Specification"; RFC 6386 and RFC 9649 for the frame
/// headers).
extension PictureStructure {
  static func readWebP(_ bytes: RawSpan, page: Int = 1) throws(ImagingError) -> PictureStructure {
    guard bytes.has("RIFF", at: 0), let declared = bytes.unsigned(at: 4, count: 4, bigEndian: false) else {
      throw .damaged("the WebP has no RIFF header")
    }
    let end = 8 + declared
    guard end <= bytes.byteCount else {
      throw .truncated("the WebP declares \(end.grouped) bytes and has \(bytes.byteCount.grouped)")
    }
    var structure = PictureStructure(format: .webp)
    var body: [Range<Int>] = []
    var flags: Int?
    var sawPixels = false
    var at = 12
    while at < end {
      guard let length = bytes.unsigned(at: at + 4, count: 4, bigEndian: false), at + 8 + length <= end else {
        throw .truncated("the WebP chunk at byte \(at) extends past the end of the file")
      }
      let payload = at + 8..<at + 8 + length
      let next = min(end, payload.upperBound + length % 2)
      let name = String(decoding: bytes.array(at..<at + 4), as: UTF8.self)
      if name == "VP8X" { flags = at + 8 }
      if ["VP8 ", "VP8L", "ANMF"].contains(name) { sawPixels = true }
      if try structure.keepsWebPChunk(name, bytes, payload) { body.append(at..<next) }
      at = next
    }
    guard sawPixels else { throw .damaged("the WebP contains no picture") }
    if end < bytes.byteCount { structure.found(.trailing) }
    structure.pageCount = max(1, structure.frames)
    (structure.page, structure.pageInCleaned) = (page, page)
    structure.isComplete = true
    structure.rebuildWebP(bytes, body, flagsAt: flags)
    structure.applyEXIFColors()
    return structure
  }

  private mutating func keepsWebPChunk(
    _ name: String, _ bytes: RawSpan, _ payload: Range<Int>
  ) throws(ImagingError) -> Bool {
    let at = payload.lowerBound
    switch name {
    case "VP8X":
      guard payload.count >= 10, let flags = bytes.byte(at),
        let width = bytes.unsigned(at: at + 4, count: 3, bigEndian: false),
        let height = bytes.unsigned(at: at + 7, count: 3, bigEndian: false)
      else { throw .damaged("the WebP header has \(payload.count) bytes instead of 10") }
      size = PixelSize(width: width + 1, height: height + 1)
      hasAlpha = flags & 0x10 != 0
    case "VP8 ":
      guard payload.count >= 10, bytes.has([0x9D, 0x01, 0x2A], at: at + 3),
        let width = bytes.unsigned(at: at + 6, count: 2, bigEndian: false),
        let height = bytes.unsigned(at: at + 8, count: 2, bigEndian: false)
      else { throw .damaged("the WebP frame header is invalid") }
      growSize(to: PixelSize(width: width & 0x3FFF, height: height & 0x3FFF))
      hasReducedChroma = true
    case "VP8L":
      guard payload.count >= 5, bytes.byte(at) == 0x2F,
        let bits = bytes.unsigned(at: at + 1, count: 4, bigEndian: false)
      else { throw .damaged("the lossless WebP frame header is invalid") }
      isLossless = true
      growSize(to: PixelSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1))
      if bits >> 28 & 1 == 1 { hasAlpha = true }
    case "ICCP":
      guard profile == nil else { throw .damaged("the WebP has two color profiles") }
      profile = payload.count <= ICCProfile.longest ? bytes.array(payload) : nil
      guard let bytes = profile, ICCProfile(bytes).fits(.rgb) else {
        profile = nil
        found(.unusableProfile)
        return false
      }
    case "ALPH": hasAlpha = true
    case "ANIM": break
    case "ANMF":
      frames += 1
      // A frame's chunks start after a header of sixteen bytes.
      if frames == 1 { isLossless = bytes.has("VP8L", at: at + 16) }
    case "EXIF":
      found(.exif)
      // Some writers put the six bytes of JPEG's EXIF header in front.
      let start = bytes.has("Exif\0", at: at) ? at + 6 : at
      let exif = EXIF(bytes, at: start, end: payload.upperBound, known: attribution)
      if exif.hasLocation { found(.gps) }
      if start < payload.upperBound { self.exif = start..<payload.upperBound }
      attribution = exif.attribution
      orientation = exif.orientation
      isAdobeRGBByEXIF = exif.isAdobeRGB
      return false
    case "XMP ":
      found(.xmp)
      attribution.readXMP(bytes, payload)
      return false
    default:
      found(name == "C2PA" ? .c2pa : .application)
      return false
    }
    return true
  }

  /// Grows the size to that of a frame. A decoder allocates a frame that is larger than the declared canvas,
  /// so the frame counts.
  private mutating func growSize(to frame: PixelSize) {
    size = PixelSize(width: max(size.width, frame.width), height: max(size.height, frame.height))
  }

  /// Rebuilds the file: the kept chunks under a new RIFF header, with the flags of EXIF (0x08), XMP (0x04)
  /// and, if there is no profile, ICC (0x20) cleared.
  private mutating func rebuildWebP(_ bytes: RawSpan, _ body: [Range<Int>], flagsAt: Int?) {
    guard !metadata.isEmpty else {
      keep(0..<bytes.byteCount)
      return
    }
    let length = 4 + body.reduce(0) { $0 + $1.count }
    let size = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    cleaned = [.range(0..<4), .bytes(size), .range(8..<12)]
    for range in body {
      if let flagsAt, range.contains(flagsAt), let flags = bytes.byte(flagsAt) {
        keep(range.lowerBound..<flagsAt)
        cleaned.append(.bytes([flags & (profile == nil ? ~0x2C : ~0x0C)]))
        keep(flagsAt + 1..<range.upperBound)
      } else {
        keep(range)
      }
    }
  }
}
