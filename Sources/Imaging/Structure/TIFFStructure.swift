import Vocabulary

/// Reads one directory of a TIFF (Adobe, TIFF Revision 6.0), which is one page.
extension PictureStructure {
  static func readTIFF(_ bytes: RawSpan, page: Int) throws(ImagingError) -> PictureStructure {
    let pages = try TIFFDirectory.starts(bytes)
    let directory = try TIFFDirectory(bytes, at: pages[min(page, pages.count) - 1])
    var structure = PictureStructure(format: .tiff)
    guard let width = directory.number(256), let height = directory.number(257), width > 0, height > 0 else {
      throw .damaged("the TIFF's page declares no size")
    }
    structure.size = PixelSize(width: width, height: height)
    structure.orientation = directory.number(274).flatMap { (1...8).contains($0) ? $0 : nil } ?? 1
    structure.bitsPerChannel = directory.number(258) ?? 1
    let samples = directory.number(277) ?? 1
    switch directory.number(262) ?? 1 {
    case 0, 1: structure.colour = .grey
    case 3: structure.colour = .palette
    case 5: structure.colour = .cmyk
    case 8, 9: structure.colour = .lab
    default: structure.colour = .rgb
    }
    let expected = [.grey: 1, .palette: 1, .cmyk: 4][structure.colour, default: 3]
    structure.hasAlpha = samples > expected
    if let variant = directory.unsupportedVariant(structure.colour) {
      throw .unsupportedVariant(.tiff, variant)
    }
    structure.pageCount = pages.count
    (structure.page, structure.pageInCleaned) = (page, page)
    structure.profile = directory.bytes(34_675)
    for (tag, kind) in [(34_665, MetadataKind.exif), (34_853, .gps), (700, .xmp), (33_723, .iptc)]
    where directory.has(tag) { structure.found(kind) }
    structure.exif = 0..<bytes.byteCount
    structure.attribution = EXIF(bytes, at: 0, end: bytes.byteCount).attribution
    structure.dropUnusableProfile()
    structure.keep(0..<bytes.byteCount)
    structure.isComplete = true
    return structure
  }
}

/// The entries of one of a TIFF's directories.
private struct TIFFDirectory {
  private let tags: Set<Int>
  private let numbers: [Int: Int]
  private let blobs: [Int: [UInt8]]

  /// Bytes per value, by TIFF's type numbers 1…12.
  private static let widths = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
  /// A directory with more entries is nonsense.
  private static let mostEntries = 4_096

  /// Pages after this many are not counted: a chain of directories may also run in a circle.
  private static let mostPages = 10_000

  /// Where the directories begin, in the order of the pages; at least one.
  static func starts(_ bytes: RawSpan) throws(ImagingError) -> [Int] {
    let bigEndian = bytes.has("MM", at: 0)
    var starts: [Int] = []
    var seen: Set<Int> = []
    var link = 4
    while let start = bytes.unsigned(at: link, count: 4, bigEndian: bigEndian), start != 0,
      let count = bytes.unsigned(at: start, count: 2, bigEndian: bigEndian), starts.count < mostPages,
      seen.insert(start).inserted
    {
      starts.append(start)
      link = start + 2 + count * 12
    }
    guard !starts.isEmpty else { throw .truncated("the TIFF's directory lies past the end") }
    return starts
  }

  init(_ bytes: RawSpan, at start: Int) throws(ImagingError) {
    let bigEndian = bytes.has("MM", at: 0)
    func number(_ offset: Int, _ count: Int) -> Int? {
      bytes.unsigned(at: offset, count: count, bigEndian: bigEndian)
    }
    guard let count = number(start, 2) else {
      throw .truncated("the TIFF's directory lies past the end")
    }
    guard count <= Self.mostEntries else { throw .damaged("the TIFF's directory has \(count) entries") }
    var tags: Set<Int> = []
    var numbers: [Int: Int] = [:]
    var blobs: [Int: [UInt8]] = [:]
    for position in 0..<count {
      let at = start + 2 + position * 12
      guard let tag = number(at, 2), let type = number(at + 2, 2), let values = number(at + 4, 4) else {
        throw .truncated("the TIFF's directory ends in its entry \(position)")
      }
      guard (1...Self.widths.count).contains(type) else { continue }
      let width = Self.widths[type - 1]
      let inside = values * width <= 4
      guard let place = inside ? at + 8 : number(at + 8, 4) else { continue }
      tags.insert(tag)
      if values > 0, width <= 4 { numbers[tag] = number(place, width) }
      if tag == 34_675, blobs[tag] == nil, values * width <= ICCProfile.longest {
        blobs[tag] = bytes.array(place..<place + values * width)
      }
    }
    self.tags = tags
    self.numbers = numbers
    self.blobs = blobs
  }

  /// What libtiff or libvips gives up on or, worse, shows in other colours: libvips 8.14 takes YCbCr that is not inside a
  /// JPEG for RGB, and stretches numbers of other kinds by rules of its own.
  func unsupportedVariant(_ colour: PictureStructure.ColourModel) -> String? {
    let (bits, kind) = (number(258) ?? 1, number(339) ?? 1)
    if kind == 3, colour != .lab { return "floating-point samples" }
    if kind == 2, colour != .lab { return "signed samples" }
    if kind > 4 { return "complex samples" }
    if bits > 16, colour != .lab { return "\(bits) bits per channel" }
    if number(262) == 6, ![6, 7].contains(number(259) ?? 1) {
      return "YCbCr colours outside JPEG compression"
    }
    if number(284) == 2, has(322) { return "tiles of single channels" }
    return nil
  }

  func has(_ tag: Int) -> Bool { tags.contains(tag) }

  /// The first value of a whole-number tag.
  func number(_ tag: Int) -> Int? { numbers[tag] }

  func bytes(_ tag: Int) -> [UInt8]? { blobs[tag] }
}
