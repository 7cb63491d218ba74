package import Core

/// What a file says of itself, read by our own bounded parsers before any decoder sees it.
package struct PictureStructure: Sendable {
  package let format: PictureFormat
  /// As stored; not yet turned upright.
  package var size = PixelSize(width: 1, height: 1)
  /// What a decoder has to give, the picture being its upper left part; `nil`: the picture alone.
  package var canvas: PixelSize?
  /// EXIF orientation, 1…8.
  package var orientation = 1
  package var bitsPerChannel = 8
  package var color = ColorModel.rgb
  /// An alpha channel or a transparent color is declared.
  package var hasAlpha = false
  package var isAnimated: Bool { pageCount > 1 }
  /// Pages of a TIFF, pictures of an animation; 1 elsewhere.
  package var pageCount = 1
  /// The page that its facts are of, counted from 1.
  package var page = 1
  /// The same in the file without private and superfluous blocks, which is what a decoder is given.
  package var pageInCleaned = 1
  /// The pages before it are smaller versions of others (TIFF).
  package var skipsPreview = false
  /// The luma and chroma planes differ in size (JPEG).
  package var hasReducedChroma = false
  /// The pixels that a JPEG's blocks of all components cover together: only whole ones can be moved without loss.
  package var blockUnit: PixelSize?
  /// The quality, on libjpeg's scale, whose standard luma table is as fine as this JPEG's.
  package var estimatedQuality: Int?
  /// A WebP that is coded without loss.
  package var isLossless = false
  /// The picture comes in several passes (JPEG), which its decoder must hold all at once.
  package var isProgressive = false
  /// The rows come in another order than they are shown (PNG).
  package var isInterlaced = false
  /// Of a PNG, as its pixel data is before it is deflated.
  var bitsPerPixel = 0
  /// Where a PNG's pixel data lies, in parts that are one stream.
  var pixelRanges: [Range<Int>] = []
  /// Decoders everywhere understand the way it is coded.
  package var isCommonlyCoded = true
  /// The embedded ICC profile, where it is one that fits the picture.
  package var profile: [UInt8]?
  /// Where the profile lies in the file.
  var profileRanges: [Range<Int>] = []
  /// The profile is not in the file, but says what the file says of its colors by numbers.
  package var profileIsMade = false
  /// It is meant for HDR screens.
  package var hdr: HDRDescription?
  /// The file says of its colors what cannot be converted here.
  package var hasUnknownColors = false
  /// What a PNG says of its colors by numbers, of which the standard has several ways, and what its EXIF says.
  var codePoints: (primaries: Int, transfer: Int)?
  var gamma: Int?
  var chromaticities: [Int]?
  var isDeclaredSRGB = false
  var isAdobeRGBByEXIF = false
  var hasPalette = false
  var hasPixels = false
  var frames = 0
  /// Where its EXIF lies in the file, from its byte order mark on.
  package var exif: Range<Int>?
  /// How many texts were looked at for EXIF (PNG).
  var rawProfiles = 0
  /// Whose picture it is, by its metadata.
  package var attribution = Attribution()
  /// Private or superfluous blocks, in order of appearance, each kind once.
  package var metadata: [MetadataKind] = []
  /// The file without those blocks: ranges of it and new bytes, in order.
  package var cleaned: [CleanedPiece] = []
  /// What was put right in `cleaned`, because some decoders would refuse it; each kind once.
  package var repairs: [Repair] = []
  /// The file was walked to its end and ends where it should, or all pixels are there and the end was put there.
  package var isComplete = false
  /// What a drawing refers to outside of its file, which is left out.
  package var outsideReferences: [String] = []

  package enum ColorModel: String, Sendable {
    case gray, rgb, cmyk, palette, lab
  }

  /// What is wrong with a file and costs no pixel. The raw value is what it is called.
  package enum Repair: String, Sendable {
    case scanHeader = "a scan header's numbers that mean nothing in this coding"
    case jfifVersion = "the JFIF version"
    case colorTransform = "the color transform of Adobe's marker"
    case strayBytes = "stray bytes between segments"
    case padding = "padding before the end mark"
    /// Behind the picture, which is whole, the file is cut short or damaged.
    case end = "the missing or damaged end"
  }

  package enum CleanedPiece: Sendable {
    case range(Range<Int>)
    case bytes([UInt8])
  }

  package init(format: PictureFormat) {
    self.format = format
  }

  /// What its decoder gives, in pixels: at least the picture.
  package var decodedSize: PixelSize { canvas ?? size }

  /// Whether only a decoder can say that the picture is one. JPEG markers, PNG checksums and its pixel data are walked; but not
  /// what a WebP holds, or whether what stray bytes stand between are the segments that were meant.
  package var needsVerification: Bool { format == .webp || repairs.contains(.strayBytes) }

  package var uprightSize: PixelSize { orientation >= 5 ? size.transposed : size }

  /// A profile that is broken, or meant for another kind of picture, is worse than none: it goes.
  mutating func dropUnusableProfile() {
    guard let bytes = profile, !ICCProfile(bytes).fits(color) else { return }
    profile = nil
    found(.unusableProfile)
    cleaned = cleaned.flatMap { piece -> [CleanedPiece] in
      guard case .range(let range) = piece else { return [piece] }
      return range.removing(profileRanges).map { .range($0) }
    }
  }

  /// Takes what the file says of its colors by code points of ITU-T H.273.
  mutating func applyCodePoints() {
    guard let codePoints else { return }
    hdr = HDRDescription(primaries: codePoints.primaries, transfer: codePoints.transfer)
    guard hdr == nil else { return }
    let description = ColorDescription(primaries: codePoints.primaries, transfer: codePoints.transfer)
    if description != nil || profile == nil { apply(description) }
  }

  /// Makes a profile of what the file says of its colors by numbers.
  ///
  /// - Parameter description: `nil` for what cannot be converted.
  package mutating func apply(_ description: ColorDescription?) {
    guard let description, let made = description.profile(inGray: color == .gray) else {
      hasUnknownColors = true
      return
    }
    guard !description.isSRGB else { return }
    profile = made
    profileIsMade = true
  }

  /// Takes EXIF's word for the colors where nothing else says what they are: cameras mark Adobe RGB so, and embed no profile.
  mutating func applyEXIFColors() {
    guard isAdobeRGBByEXIF, profile == nil, [.rgb, .gray, .palette].contains(color) else { return }
    apply(.adobeRGB)
  }

  package mutating func found(_ kind: MetadataKind) {
    if !metadata.contains(kind) { metadata.append(kind) }
  }

  package mutating func repaired(_ what: Repair) {
    if !repairs.contains(what) { repairs.append(what) }
  }

  /// Writes other bytes over those from `offset` of the file on, where they are kept.
  package mutating func overwrite(_ offset: Int, with bytes: [UInt8]) {
    let place = offset..<offset + bytes.count
    // Most often what was kept last.
    let index = cleaned.lastIndex { piece in
      if case .range(let range) = piece { range.clamped(to: place) == place } else { false }
    }
    guard let index, case .range(let range) = cleaned[index] else { return }
    let (head, tail) = (range.lowerBound..<place.lowerBound, place.upperBound..<range.upperBound)
    let pieces: [CleanedPiece] = [.range(head), .bytes(bytes), .range(tail)]
    cleaned.replaceSubrange(
      index...index,
      with: pieces.filter { if case .range(let range) = $0 { !range.isEmpty } else { true } })
  }

  /// Keeps `range`, joined to the range before it where they touch.
  package mutating func keep(_ range: Range<Int>) {
    if case .range(let last)? = cleaned.last, last.upperBound == range.lowerBound {
      cleaned[cleaned.count - 1] = .range(last.lowerBound..<range.upperBound)
    } else {
      cleaned.append(.range(range))
    }
  }
}

/// Kinds of blocks in a picture file that are not the picture.
package enum MetadataKind: String, Sendable {
  case exif, gps, xmp, iptc, comment, thumbnail, text, time, c2pa, animation
  case multiPicture = "multi-picture"
  case application = "application-data"
  case trailing = "trailing-data"
  case unusableProfile = "unusable-profile"
  /// Blocks with a wrong checksum, whatever they were.
  case damaged = "damaged-data"
}

extension Range<Int> {
  /// What is left of it without `holes`, which are in order and do not overlap.
  fileprivate func removing(_ holes: [Range<Int>]) -> [Range<Int>] {
    var rest = self
    var parts: [Range<Int>] = []
    for hole in holes where hole.overlaps(rest) {
      if rest.lowerBound < hole.lowerBound { parts.append(rest.lowerBound..<hole.lowerBound) }
      rest = Swift.max(rest.lowerBound, hole.upperBound)..<Swift.max(rest.upperBound, hole.upperBound)
    }
    return rest.isEmpty ? parts : parts + [rest]
  }
}

extension PictureStructure {
  /// Recognizes the format by its first bytes and reads the header facts.
  ///
  /// - Parameters:
  ///   - page: of a TIFF or an animation, counted from 1. `nil`: the first that is no preview.
  ///   - tolerance: when lenient, a JPEG or PNG that ends too early is read as far as it goes and not `isComplete`.
  /// - Throws: `notAPicture`, `unsupportedFormat`, `truncated`, `damaged`.
  package static func read(
    _ bytes: PictureBytes, page: Int? = nil, tolerance: DecodingTolerance = .strict
  ) throws(ImagingError) -> PictureStructure {
    try read(PictureContent(bytes), page: page, tolerance: tolerance)
  }

  /// The same where the bytes may be in a file. A JPEG or PNG is walked through without being in memory as a whole.
  ///
  /// - Parameter portion: so much of it is read at a time. The result is the same.
  /// - Throws: `unreadable`, too.
  package static func read(
    _ content: PictureContent, page: Int? = nil, tolerance: DecodingTolerance = .strict,
    portion: Int = PictureContent.usualPortion
  ) throws(ImagingError) -> PictureStructure {
    try reading(PictureWindow(content, portion: portion)) { window throws(ImagingError) in
      let recognized = window.withSpan(0..<64) { start in
        (format: PictureFormat.recognize(start), appearance: appearance(of: start))
      }
      guard let format = recognized.format else { throw .notAPicture(recognized.appearance) }
      switch format.codec {
      case .jpeg: return try readJPEG(window, tolerance)
      case .png: return try readPNG(window, tolerance)
      case nil: throw .unsupportedFormat(format)
      default: return try readWhole(content, as: format, page: page)
      }
    }
  }

  /// What its first bytes say that it is.
  ///
  /// - Throws: `unreadable`.
  package static func format(of content: PictureContent) throws(ImagingError) -> PictureFormat? {
    try reading(PictureWindow(content, portion: 64)) { window throws(ImagingError) in
      window.withSpan(0..<64) { PictureFormat.recognize($0) }
    }
  }

  private static func readWhole(
    _ content: PictureContent, as format: PictureFormat, page: Int?
  ) throws(ImagingError) -> PictureStructure {
    try inMemory(content).withSpan { span throws(ImagingError) in
      switch format.codec {
      case .webp: return try readWebP(span, page: page ?? 1)
      case .gif: return try readGIF(span, page: page ?? 1)
      case .tiff: return try readTIFF(span, page: page)
      case .heif: return try readHEIF(span, as: format)
      case .svg: return try readSVG(span, as: format)
      case .jpegXL: return try readJPEGXL(span, as: format)
      case .jpeg2000: return try readJPEG2000(span, as: format)
      case .jpeg, .png, nil: throw .unsupportedFormat(format)
      }
    }
  }

  /// The size of the file without private and superfluous blocks.
  package var cleanedByteCount: ByteCount {
    ByteCount(
      cleaned.reduce(0) { sum, piece in
        switch piece {
        case .range(let range): sum + range.count
        case .bytes(let new): sum + new.count
        }
      })
  }

  /// The file without private and superfluous blocks; the compressed pixels stay byte for byte.
  package func cleaned(_ bytes: PictureBytes) -> PictureBytes {
    if cleaned.count == 1, case .range(0..<bytes.count)? = cleaned.first { return bytes }
    return PictureBytes(capacity: cleanedByteCount.bytes) { room in
      bytes.withUnsafeBytes { source in
        var offset = 0
        for piece in cleaned {
          let target = UnsafeMutableRawBufferPointer(rebasing: room[offset...])
          switch piece {
          case .range(let range):
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
            offset += range.count
          case .bytes(let new):
            target.copyBytes(from: new)
            offset += new.count
          }
        }
        return offset
      }
    }
  }

  /// The same, as pieces of the file where the picture is in one.
  ///
  /// - Throws: `unreadable`.
  package func cleaned(_ content: PictureContent) throws(ImagingError) -> PictureContent {
    guard let file = content.asFile else { return PictureContent(cleaned(try inMemory(content))) }
    return PictureContent(
      cleaned.map { piece in
        switch piece {
        case .range(let range): .file(file, range)
        case .bytes(let bytes): .memory(PictureBytes(bytes))
        }
      })
  }

  /// What to tell a user about bytes that are no picture.
  private static func appearance(of span: RawSpan) -> String {
    if span.byteCount == 0 { return "it is empty" }
    let start = span.array(0..<min(64, span.byteCount))
    if start.allSatisfy({ $0 == 0 }) { return "it begins with zeros" }
    let text = start.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    if text, span.has("<", at: 0) { return "it looks like an HTML or XML page" }
    if text { return "it looks like text" }
    return "its first bytes belong to no known picture format"
  }
}
