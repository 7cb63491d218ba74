import Vocabulary

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Walks a JPEG's markers from start to end (ITU-T T.81, annex B).
extension PictureStructure {
  static func readJPEG(
    _ bytes: PictureWindow, _ tolerance: Image.Tolerance
  ) throws(ImagingError) -> PictureStructure {
    var walk = JPEGWalk(structure: PictureStructure(format: .jpeg))
    do throws(ImagingError) {
      try walk.run(bytes)
    } catch {
      guard case .truncated = error, tolerance == .lenient, walk.acceptEarlyEnd() else { throw error }
    }
    return walk.structure
  }
}

private struct JPEGWalk {
  var structure: PictureStructure
  private var sawFrame = false
  private var sawScan = false
  private var scans = 0
  /// Parts of the ICC profile by their number: a profile over 64 KB is spread over several APP2 segments.
  private var profileParts: [Int: [UInt8]] = [:]

  /// A camera writes a few dozen segments, a progressive file some more; far more is an attack on time.
  private static let mostSegments = 10_000
  /// Every scan makes the decoder go over the whole picture once more; encoders write ten or so, tools that look for
  /// the smallest file up to some sixty.
  private static let mostScans = 100

  init(structure: PictureStructure) {
    self.structure = structure
  }

  mutating func run(_ bytes: PictureWindow) throws(ImagingError) {
    structure.keep(0..<2)
    var at = 2
    var segments = 0
    while true {
      let start = at
      guard let marker = nextMarker(bytes, &at) else {
        throw .truncated("no end marker within \(bytes.byteCount.grouped) bytes")
      }
      if marker == 0xD9 {
        try finish(bytes, last: start..<at)
        return
      }
      segments += 1
      guard segments <= Self.mostSegments else {
        throw .damaged("more than \(Self.mostSegments.grouped) JPEG segments")
      }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) {
        structure.keep(start..<at)
        continue
      }
      guard let length = bytes.bigEndian16(at), at + length <= bytes.byteCount else {
        throw .truncated("a JPEG segment at byte \(at) goes past the end")
      }
      guard length >= 2 else { throw .damaged("a JPEG segment at byte \(at) has length \(length)") }
      let payload = at + 2..<at + length
      let segment = start..<payload.upperBound
      if try keeps(marker, bytes, payload: payload, segment: segment) { structure.keep(segment) }
      at += length
      if marker == 0xDA {
        sawScan = true
        scans += 1
        guard scans <= Self.mostScans else { throw .damaged("more than \(Self.mostScans) JPEG scans") }
        let data = at
        at = try endOfScan(bytes, from: at)
        structure.keep(data..<at)
      }
    }
  }

  /// Takes what there is of a file that ends too early; `false` when no part of the picture came before that.
  mutating func acceptEarlyEnd() -> Bool {
    guard sawFrame, sawScan else { return false }
    readProfile()
    return true
  }

  private mutating func readProfile() {
    guard !profileParts.isEmpty else { return }
    structure.profile = profileParts.sorted { $0.key < $1.key }.flatMap(\.value)
    structure.dropUnusableProfile()
  }

  /// Moves past fill bytes to the byte behind the marker; `nil` at the end of the file.
  private func nextMarker(_ bytes: PictureWindow, _ at: inout Int) -> UInt8? {
    guard bytes.byte(at) == 0xFF else { return nil }
    var marker: UInt8?
    var next = at + 1
    bytes.visit(next..<max(next, bytes.byteCount)) { part in
      let fill = part.prefix { $0 == 0xFF }.count
      marker = fill < part.count ? part[fill] : nil
      next += fill
      return marker == nil
    }
    if marker != nil { at = next + 1 }
    return marker
  }

  /// Where the next marker stands that is neither a stuffed zero nor a restart. Restarts are numbered in a circle of
  /// eight: one out of turn means that part of the picture is missing.
  private func endOfScan(_ bytes: PictureWindow, from start: Int) throws(ImagingError) -> Int {
    var at = start
    var restart: UInt8 = 0xD0
    while at < bytes.byteCount - 1 {
      let memory = bytes.bytes(at: at, atLeast: 2)
      guard memory.count > 1, let base = memory.baseAddress else { break }
      var looked = 0
      while looked < memory.count - 1, let hit = memchr(base + looked, 0xFF, memory.count - 1 - looked) {
        let position = UnsafeRawPointer(hit) - base
        let next = memory[position + 1]
        if (0xD0...0xD7).contains(next) {
          guard next == restart else {
            throw .damaged("the JPEG restart marker at byte \(at + position) is out of turn")
          }
          restart = restart == 0xD7 ? 0xD0 : restart + 1
        } else if next != 0, next != 0xFF {
          return at + position
        }
        looked = position + (next == 0xFF ? 1 : 2)
      }
      // A marker may begin with the last byte that is there.
      at += max(looked, memory.count - 1)
    }
    return bytes.byteCount
  }

  /// Notes what a segment says, and decides whether it belongs to the picture.
  private mutating func keeps(
    _ marker: UInt8, _ bytes: PictureWindow, payload: Range<Int>, segment: Range<Int>
  ) throws(ImagingError) -> Bool {
    let start = payload.lowerBound
    switch marker {
    case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
      try readFrame(marker, bytes, payload)
      return true
    case 0xDB:
      readQuantisation(bytes, payload)
      return true
    case 0xE0:
      // JFIF with a thumbnail, or its extension that holds one: the picture does not need either.
      let hasThumbnail = bytes.byte(start + 12) != 0 && bytes.byte(start + 13) != 0
      if bytes.has("JFIF\0", at: start), !hasThumbnail, payload.count == 14 { return true }
      structure.found(hasThumbnail ? .thumbnail : .application)
      // The marker itself stays: without it a decoder may take other colours for meant.
      if bytes.has("JFIF\0", at: start), payload.count >= 14 {
        structure.cleaned.append(.bytes([0xFF, 0xE0, 0, 16] + bytes.array(start..<start + 12) + [0, 0]))
      }
    case 0xE1:
      readAPP1(bytes, payload)
    case 0xE2:
      if payload.count > 14, bytes.has("ICC_PROFILE\0", at: start), let number = bytes.byte(start + 12) {
        profileParts[Int(number)] = bytes.array(start + 14..<payload.upperBound)
        structure.profileRanges.append(segment)
        return true
      }
      structure.found(bytes.has("MPF\0", at: start) ? .multiPicture : .application)
    case 0xEB:
      structure.found(bytes.has("JP", at: start) ? .c2pa : .application)
    case 0xED:
      structure.found(.iptc)
      bytes.withSpan(payload) { structure.attribution.readIPTC($0, 0..<$0.byteCount) }
    case 0xEE:
      // Adobe's marker says how the colours are coded: decoders need it, but nothing behind its twelve bytes.
      if bytes.has("Adobe", at: start), payload.count == 12 { return true }
      structure.found(.application)
      if bytes.has("Adobe", at: start), payload.count > 12 {
        structure.cleaned.append(.bytes([0xFF, 0xEE, 0, 14] + bytes.array(start..<start + 12)))
      }
    case 0xE0...0xEF:
      structure.found(.application)
    case 0xFE:
      structure.found(.comment)
    // Tables, restart intervals, the number of lines.
    case 0xC4, 0xCC, 0xDA, 0xDC, 0xDD:
      return true
    default:
      throw .damaged(
        "the JPEG marker \(String(marker, radix: 16, uppercase: true)) at byte \(segment.lowerBound)")
    }
    return false
  }

  /// The sum of the luma table of annex K.1, which libjpeg scales by its quality.
  private static let standardLumaSum = 3_688.0

  /// Compares table 0 by its sum, for which the order of its entries does not matter.
  private mutating func readQuantisation(_ bytes: PictureWindow, _ payload: Range<Int>) {
    guard payload.count >= 65, bytes.byte(payload.lowerBound) == 0 else { return }
    let sum = (1...64).reduce(0.0) { $0 + Double(bytes.byte(payload.lowerBound + $1) ?? 0) }
    let scale = max(1, sum / Self.standardLumaSum * 100)
    structure.estimatedQuality = max(1, Int((scale > 100 ? 5_000 / scale : (200 - scale) / 2).rounded()))
  }

  private mutating func readAPP1(_ bytes: PictureWindow, _ payload: Range<Int>) {
    let start = payload.lowerBound
    if bytes.has("Exif\0", at: start) {
      structure.found(.exif)
      let exif = bytes.withSpan(payload) {
        EXIF($0, at: 6, end: $0.byteCount, known: structure.attribution)
      }
      if exif.hasLocation { structure.found(.gps) }
      if structure.exif == nil, start + 6 < payload.upperBound {
        structure.exif = start + 6..<payload.upperBound
      }
      structure.attribution = exif.attribution
      if structure.orientation == 1 { structure.orientation = exif.orientation }
    } else if bytes.has("http://ns.adobe.com/", at: start) {
      structure.found(.xmp)
      bytes.withSpan(payload) { structure.attribution.readXMP($0, 0..<$0.byteCount) }
    } else {
      structure.found(.application)
    }
  }

  private mutating func readFrame(
    _ marker: UInt8, _ bytes: PictureWindow, _ payload: Range<Int>
  ) throws(ImagingError) {
    let at = payload.lowerBound
    guard !sawFrame else { throw .damaged("a second JPEG frame at byte \(at)") }
    guard payload.count >= 6, let bits = bytes.byte(at), let height = bytes.bigEndian16(at + 1),
      let width = bytes.bigEndian16(at + 3), let components = bytes.byte(at + 5)
    else { throw .truncated("the JPEG frame header at byte \(at)") }
    guard width > 0, height > 0 else {
      throw .damaged("the JPEG frame header declares \(width)×\(height) pixels")
    }
    guard payload.count >= 6 + 3 * Int(components) else {
      throw .damaged("the JPEG frame header declares \(components) components and is too short for them")
    }
    guard [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) else {
      throw .unsupportedVariant(.jpeg, "lossless or hierarchical coding")
    }
    guard bits == 8 else { throw .unsupportedVariant(.jpeg, "\(bits) bits per channel") }
    sawFrame = true
    structure.size = PixelSize(width: width, height: height)
    structure.bitsPerChannel = Int(bits)
    structure.isCommonlyCoded = (0xC0...0xC2).contains(marker)
    structure.isProgressive = [0xC2, 0xCA].contains(marker)
    switch components {
    case 1: structure.colour = .grey
    case 3: structure.colour = .rgb
    case 4: structure.colour = .cmyk
    default: throw .damaged("a JPEG with \(components) components")
    }
    let sampling = (0..<Int(components)).map { bytes.byte(at + 7 + 3 * $0) ?? 0x11 }
    // A picture of one component is made of single blocks, whatever its sampling factors say (T.81, A.2.2).
    let largest = components == 1 ? [(1, 1)] : sampling.map { (Int($0 >> 4), Int($0 & 15)) }
    structure.blockUnit = PixelSize(
      width: 8 * (largest.map(\.0).max() ?? 1), height: 8 * (largest.map(\.1).max() ?? 1))
    structure.hasReducedChroma = components == 3 && sampling[0] != sampling[1]
  }

  private mutating func finish(_ bytes: PictureWindow, last: Range<Int>) throws(ImagingError) {
    guard sawFrame, sawScan else { throw .damaged("a JPEG without a picture in it") }
    if scans > 1 { structure.isProgressive = true }
    structure.keep(last)
    structure.isComplete = true
    if last.upperBound < bytes.byteCount { structure.found(.trailing) }
    readProfile()
  }
}
