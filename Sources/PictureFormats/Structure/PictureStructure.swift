package import Core

/// The facts that a file declares about itself. Bounded parsers of this module read them before any decoder
/// sees the file.
package struct PictureStructure: Sendable {
  package let format: PictureFormat
  /// As stored, before the picture is turned upright.
  package var size = PixelSize(width: 1, height: 1)
  /// The size that the decoder outputs if it is larger than the picture, which is the upper left part. `nil`
  /// if it is the picture.
  package var canvas: PixelSize?
  /// The EXIF orientation, 1…8.
  package var orientation = 1
  package var bitsPerChannel = 8
  package var color = ColorModel.rgb
  /// Whether an alpha channel or a transparent color is declared.
  package var hasAlpha = false
  /// The pages of a TIFF or the frames of an animation; 1 for other pictures.
  package var pageCount = 1
  /// The page that the facts are about, counted from 1.
  package var page = 1
  /// The same page in the cleaned file, which the decoder receives.
  package var pageInCleaned = 1
  /// Whether the pages before it are smaller versions of others (TIFF).
  package var skipsPreview = false
  /// Whether the luma and chroma planes differ in size (JPEG).
  package var hasReducedChroma = false
  /// The area in pixels that the interleaved blocks of all components of a JPEG cover. Only whole units can
  /// be moved without loss.
  package var blockUnit: PixelSize?
  /// The quality, on libjpeg's scale, at which the standard luma table is as fine as this JPEG's.
  package var estimatedQuality: Int?
  /// Whether it is a lossless WebP.
  package var isLossless = false
  /// Whether the picture is stored in several passes (JPEG), which the decoder must hold in memory together.
  package var isProgressive = false
  /// Whether the rows are stored in another order than they are shown (PNG).
  package var isInterlaced = false
  /// Of a PNG, in the pixel data before compression.
  var bitsPerPixel = 0
  /// The ranges of a PNG's pixel data, which form one stream.
  var pixelRanges: [Range<Int>] = []
  /// Whether decoders everywhere support its coding.
  package var isCommonlyCoded = true
  /// The embedded ICC profile, if it fits the picture.
  package var profile: [UInt8]?
  /// The ranges of the profile in the file.
  var profileRanges: [Range<Int>] = []
  /// Whether the profile is not in the file but was made from the file's color information in numbers.
  package var profileIsMade = false
  /// The HDR coding, if the picture is HDR.
  package var hdr: HDRDescription?
  /// Whether the file declares colors that cannot be converted here.
  package var hasUnknownColors = false
  /// The color information in numbers of a PNG, for which the standard has several forms, and that of its
  /// EXIF.
  var codePoints: (primaries: Int, transfer: Int)?
  var gamma: Int?
  var chromaticities: [Int]?
  var isDeclaredSRGB = false
  var isAdobeRGBByEXIF = false
  var hasPalette = false
  var hasPixels = false
  var frames = 0
  /// The range of its EXIF in the file, starting with the byte order mark.
  package var exif: Range<Int>?
  /// How many texts were searched for EXIF (PNG).
  var rawProfiles = 0
  /// The creator and copyright from its metadata.
  package var attribution = Attribution()
  /// The kinds of private or superfluous blocks, each once, in order of appearance.
  package var metadata: [MetadataKind] = []
  /// The file without those blocks: ranges of it and new bytes, in order.
  package var cleaned: [CleanedPiece] = []
  /// What was repaired in `cleaned` because some decoders would reject it, each kind once.
  package var repairs: [Repair] = []
  /// Whether the file was walked to its proper end, or all pixels are there and the end was added.
  package var isComplete = false
  /// The external resources of a drawing, which are left out.
  package var outsideReferences: [String] = []

  package enum ColorModel: String, Sendable {
    case gray, rgb, cmyk, palette, lab
  }

  /// A flaw in a file that does not affect any pixel. The raw value is its description.
  package enum Repair: String, Sendable {
    case scanHeader = "a scan header's numbers that mean nothing in this coding"
    case jfifVersion = "the JFIF version"
    case colorTransform = "the color transform of Adobe's marker"
    case strayBytes = "stray bytes between segments"
    case padding = "padding before the end mark"
    /// The picture is complete, but the file after it is cut short or damaged.
    case end = "the missing or damaged end"
  }

  package enum CleanedPiece: Sendable {
    case range(Range<Int>)
    case bytes([UInt8])
  }

  package init(format: PictureFormat) {
    self.format = format
  }

  /// The size that the decoder outputs, in pixels: at least the picture.
  package var decodedSize: PixelSize { canvas ?? size }

  /// Whether only a decoder can confirm that the picture is valid. JPEG markers, PNG checksums and PNG pixel
  /// data are checked here. The content of a WebP is not, nor whether the segments between stray bytes are
  /// the intended ones.
  package var needsVerification: Bool { format == .webp || repairs.contains(.strayBytes) }

  package var uprightSize: PixelSize { orientation >= 5 ? size.transposed : size }

  /// Drops a profile that is broken or made for another kind of picture. Such a profile is worse than none.
  mutating func dropUnusableProfile() {
    guard let bytes = profile, !ICCProfile(bytes).fits(color) else { return }
    profile = nil
    found(.unusableProfile)
    cleaned = cleaned.flatMap { piece -> [CleanedPiece] in
      guard case .range(let range) = piece else { return [piece] }
      return range.removing(profileRanges).map { .range($0) }
    }
  }

  /// Applies the color information in code points of ITU-T H.273.
  mutating func applyCodePoints() {
    guard let codePoints else { return }
    hdr = HDRDescription(primaries: codePoints.primaries, transfer: codePoints.transfer)
    guard hdr == nil else { return }
    let description = ColorDescription(primaries: codePoints.primaries, transfer: codePoints.transfer)
    if description != nil || profile == nil { apply(description) }
  }

  /// Makes a profile from the file's color information in numbers.
  ///
  /// - Parameter description: `nil` if the colors cannot be converted.
  package mutating func apply(_ description: ColorDescription?) {
    guard let description, let made = description.profile(inGray: color == .gray) else {
      hasUnknownColors = true
      return
    }
    guard !description.isSRGB else { return }
    profile = made
    profileIsMade = true
  }

  /// Applies the colors that EXIF declares, if nothing else declares any. Cameras mark Adobe RGB this way,
  /// without a profile.
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

  /// Overwrites the bytes from `offset` of the file, if they are kept.
  package mutating func overwrite(_ offset: Int, with bytes: [UInt8]) {
    let place = offset..<offset + bytes.count
    // Usually the piece that was kept last.
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

  /// Keeps `range`, merged with the range before it if they are adjacent.
  package mutating func keep(_ range: Range<Int>) {
    if case .range(let last)? = cleaned.last, last.upperBound == range.lowerBound {
      cleaned[cleaned.count - 1] = .range(last.lowerBound..<range.upperBound)
    } else {
      cleaned.append(.range(range))
    }
  }
}

/// Kinds of blocks in a picture file that are not part of the picture.
package enum MetadataKind: String, Sendable {
  case exif, gps, xmp, iptc, comment, thumbnail, text, time, c2pa, animation
  case multiPicture = "multi-picture"
  case application = "application-data"
  case trailing = "trailing-data"
  case unusableProfile = "unusable-profile"
  /// Blocks with a wrong checksum, of any kind.
  case damaged = "damaged-data"
}

extension Range<Int> {
  /// The parts of the range outside of `holes`, which are in order and do not overlap.
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
  ///   - page: the page of a TIFF or an animation, counted from 1. Default: the first page that is not a
  ///     preview.
  ///   - tolerance: if lenient, a JPEG or PNG that ends too early is read as far as it goes, with
  ///     `isComplete` false. Default: strict.
  /// - Throws: `notAPicture`, `unsupportedFormat`, `truncated`, `damaged`.
  package static func read(
    _ bytes: PictureBytes, page: Int? = nil, tolerance: DecodingTolerance = .strict
  ) throws(ImagingError) -> PictureStructure {
    try read(PictureContent(bytes), page: page, tolerance: tolerance)
  }

  /// Like the function above, for bytes that may be in a file. A JPEG or PNG is walked without loading it
  /// into memory as a whole.
  ///
  /// - Parameter portion: the number of bytes to read at a time. It does not change the result.
  /// - Throws: also `unreadable`.
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

  /// Recognizes the format by the first bytes.
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

  /// Returns the file without private and superfluous blocks. The compressed pixels stay byte for byte the
  /// same.
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

  /// Like the function above, as ranges of the file if the picture is in one.
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

  /// A description of bytes that are not a picture, for an error message.
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
