import Core

/// How a TIFF stores numbers: its byte order and the width of its offsets.
struct TIFFLayout {
  let isBigEndian: Bool
  /// Whether offsets have 64 bits (BigTIFF).
  let isBig: Bool

  /// Pages after this number are not counted. A chain of directories may be circular.
  private static let maximumPages = 10_000
  /// A directory with more entries is considered corrupt.
  static let maximumEntries = 4_096
  /// The number of pages that are searched for the first one that is not a preview.
  static let maximumPreviews = 100

  init(_ bytes: RawSpan) {
    isBigEndian = bytes.has("MM", at: 0)
    isBig = bytes.byte(isBigEndian ? 3 : 2) == 0x2B
  }

  var entryLength: Int { isBig ? 20 : 12 }
  /// The offset of the first entry in a directory, after the number of entries.
  var headLength: Int { isBig ? 8 : 2 }
  /// The bytes of an offset or of a number of values.
  var offsetLength: Int { isBig ? 8 : 4 }

  /// - Parameter count: the number of bytes, 1 to 8.
  /// - Returns: `nil` past the end, and for numbers larger than any file.
  package func number(_ bytes: RawSpan, _ offset: Int, _ count: Int) -> Int? {
    guard count == 8 else { return bytes.unsigned(at: offset, count: count, bigEndian: isBigEndian) }
    guard let first = bytes.unsigned(at: offset, count: 4, bigEndian: isBigEndian),
      let second = bytes.unsigned(at: offset + 4, count: 4, bigEndian: isBigEndian)
    else { return nil }
    let (high, low) = isBigEndian ? (first, second) : (second, first)
    return high < 1 << 16 ? high << 32 | low : nil
  }

  func entryCount(_ bytes: RawSpan, _ directory: Int) -> Int? { number(bytes, directory, headLength) }

  /// The offsets of the directories, in page order; at least one.
  func directories(_ bytes: RawSpan) throws(ImagingError) -> [Int] {
    var starts: [Int] = []
    var seen: Set<Int> = []
    var link = isBig ? 8 : 4
    while let start = number(bytes, link, offsetLength), start != 0, start < bytes.byteCount,
      let count = entryCount(bytes, start), count <= 0xFFFF, starts.count < Self.maximumPages,
      seen.insert(start).inserted
    {
      starts.append(start)
      link = start + headLength + count * entryLength
    }
    guard !starts.isEmpty else { throw .truncated("the TIFF directory is past the end of the file") }
    return starts
  }

  /// Whether a page is a smaller version or the transparency mask of another page (NewSubfileType, or the
  /// older SubfileType).
  func isPreview(_ bytes: RawSpan, _ directory: Int) -> Bool {
    for position in 0..<min(entryCount(bytes, directory) ?? 0, Self.maximumEntries) {
      let at = directory + headLength + position * entryLength
      guard let tag = number(bytes, at, 2), let type = number(bytes, at + 2, 2) else { return false }
      let value = number(bytes, at + 4 + offsetLength, type == 3 ? 2 : 4) ?? 0
      if tag == 254 { return value & 0b101 != 0 }
      if tag == 255 { return value == 2 }
    }
    return false
  }
}

/// The entries of one TIFF directory.
struct TIFFDirectory {
  private var tags: Set<Int> = []
  private var numbers: [Int: Int] = [:]
  private var texts: [Int: Range<Int>] = [:]
  private(set) var profile: [UInt8]?

  /// Bytes per value, by TIFF type number 1…18, of which 14 and 15 do not exist.
  private static let widths = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
  private static let (artist, copyright, iccProfile) = (315, 33_432, 34_675)

  init(_ bytes: RawSpan, at start: Int, _ layout: TIFFLayout) throws(ImagingError) {
    guard let count = layout.entryCount(bytes, start) else {
      throw .truncated("the TIFF directory is past the end of the file")
    }
    guard count <= TIFFLayout.maximumEntries else {
      throw .damaged("the TIFF directory has \(count) entries")
    }
    for position in 0..<count {
      let at = start + layout.headLength + position * layout.entryLength
      guard let tag = layout.number(bytes, at, 2), let type = layout.number(bytes, at + 2, 2),
        at + 4 + layout.offsetLength <= bytes.byteCount
      else { throw .truncated("the TIFF directory ends in entry \(position)") }
      take(tag, type, bytes, at + 4, layout)
    }
  }

  /// - Parameter at: the offset of the number of values.
  private mutating func take(_ tag: Int, _ type: Int, _ bytes: RawSpan, _ at: Int, _ layout: TIFFLayout) {
    guard (1...Self.widths.count).contains(type), Self.widths[type - 1] > 0,
      let values = layout.number(bytes, at, layout.offsetLength)
    else { return }
    let width = Self.widths[type - 1]
    let room = at + layout.offsetLength
    let isInside = values <= layout.offsetLength / width
    guard let place = isInside ? room : layout.number(bytes, room, layout.offsetLength) else { return }
    tags.insert(tag)
    if values > 0, width <= 4 || type >= 16 { numbers[tag] = layout.number(bytes, place, width) }
    guard values <= ICCProfile.longest, place <= bytes.byteCount else { return }
    let content = place..<place + values * width
    if tag == Self.iccProfile, profile == nil { profile = bytes.array(content) }
    if type == 2, content.upperBound <= bytes.byteCount { texts[tag] = content }
  }

  package func has(_ tag: Int) -> Bool { tags.contains(tag) }

  /// The first value of an integer tag.
  package func number(_ tag: Int) -> Int? { numbers[tag] }

  package func attribution(_ bytes: RawSpan) -> Attribution {
    var attribution = Attribution()
    if let range = texts[Self.artist] { attribution.take(\.creator, bytes, range) }
    if let range = texts[Self.copyright] { attribution.take(\.copyright, bytes, range) }
    return attribution
  }

  /// The feature that makes the page unsupported, if any: libtiff or libvips rejects it or, worse, shows it
  /// in wrong colors. libvips 8.14 takes YCbCr for RGB unless it is in modern JPEG compression, and scales
  /// other number formats by its own rules.
  package func unsupportedVariant(_ color: PictureStructure.ColorModel) -> String? {
    let (bits, kind, compression) = (number(258) ?? 1, number(339) ?? 1, number(259) ?? 1)
    if kind == 3, color != .lab { return "floating-point samples" }
    if kind == 2, color != .lab { return "signed samples" }
    if kind > 4 { return "complex samples" }
    if bits > 16, color != .lab { return "\(bits) bits per channel" }
    if compression == 6, color != .gray { return "colors in old-style JPEG compression" }
    if number(262) == 6, compression != 7 { return "YCbCr colors outside JPEG compression" }
    if number(284) == 2, has(322) { return "tiles of single channels" }
    return nil
  }
}
