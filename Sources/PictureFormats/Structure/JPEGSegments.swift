import Core

/// Reads the segments of a JPEG and decides which of them belong to the picture.
extension JPEGWalk {
  /// Records the content of a segment. Returns whether the segment belongs to the picture.
  mutating func keeps(
    _ marker: UInt8, _ bytes: PictureWindow, payload: Range<Int>, segment: Range<Int>
  ) throws(ImagingError) -> Bool {
    let start = payload.lowerBound
    // The table of an empty segment may follow it and be skipped as stray bytes. A decoder would use another
    // table.
    guard ![0xC4, 0xDB].contains(marker) || !payload.isEmpty else {
      throw .damaged("the JPEG table at byte \(start) is empty")
    }
    switch marker {
    case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
      try readFrame(marker, bytes, payload)
      return true
    case 0xDB:
      readQuantization(bytes, payload)
      return true
    case 0xE0:
      // JFIF with a thumbnail, or its extension that holds one: the picture needs neither.
      let hasThumbnail = bytes.byte(start + 12) != 0 && bytes.byte(start + 13) != 0
      let isJFIF = bytes.has("JFIF\0", at: start) && payload.count >= 14
      if isJFIF, !hasThumbnail, payload.count == 14 {
        structure.keep(segment)
      } else {
        structure.found(hasThumbnail ? .thumbnail : .application)
        // The marker itself is kept: without it, a decoder may assume other colors.
        if isJFIF { keepHead(payload, 12, of: 0xE0, [0, 0]) }
      }
      // Decoders warn about versions that never existed. Nothing else depends on the version.
      if isJFIF, bytes.byte(start + 5) != 1 {
        structure.overwrite(start + 5, with: [1, 1])
        structure.repaired(.jfifVersion)
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
      // Adobe's marker declares the color transform. Decoders need it, but nothing after its twelve bytes.
      guard bytes.has("Adobe", at: start), payload.count >= 12, let transform = bytes.byte(start + 11) else {
        structure.found(.application)
        break
      }
      colorTransform = (start + 11, transform)
      if payload.count == 12 { return true }
      structure.found(.application)
      keepHead(payload, 12, of: 0xEE)
    case 0xE0...0xEF:
      structure.found(.application)
    case 0xFE:
      structure.found(.comment)
    case 0xC4:
      HuffmanTable.read(bytes.array(payload), into: &tables)
      return true
    case 0xDD:
      restartInterval = bytes.bigEndian16(start) ?? 0
      return true
    // Arithmetic conditioning, start of scan, number of lines.
    case 0xCC, 0xDA, 0xDC:
      return true
    default:
      throw .damaged(
        "an unknown JPEG marker \(String(marker, radix: 16, uppercase: true)) at byte \(segment.lowerBound)")
    }
    return false
  }

  /// Keeps the first bytes of a segment, with a matching header before them and `tail` after them.
  private mutating func keepHead(_ payload: Range<Int>, _ count: Int, of marker: UInt8, _ tail: [UInt8] = [])
  {
    structure.cleaned.append(.bytes([0xFF, marker, 0, UInt8(2 + count + tail.count)]))
    structure.cleaned.append(.range(payload.prefix(count)))
    if !tail.isEmpty { structure.cleaned.append(.bytes(tail)) }
  }

  /// The sum of the luma table of annex K.1, which libjpeg scales by its quality.
  private static let standardLumaSum = 3_688.0

  /// Compares table 0 by its sum, which does not depend on the order of its entries.
  private mutating func readQuantization(_ bytes: PictureWindow, _ payload: Range<Int>) {
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
      if exif.isAdobeRGB { structure.isAdobeRGBByEXIF = true }
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
    guard !sawFrame else { throw .damaged("the JPEG has a second frame at byte \(at)") }
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
    case 1: structure.color = .gray
    case 3: structure.color = .rgb
    case 4: structure.color = .cmyk
    default: throw .damaged("the JPEG has \(components) components")
    }
    let sampling = (0..<Int(components)).map { bytes.byte(at + 7 + 3 * $0) ?? 0x11 }
    // The blocks of a single component are not interleaved, whatever its sampling factors are (T.81, A.2.2).
    let largest = components == 1 ? [(1, 1)] : sampling.map { (Int($0 >> 4), Int($0 & 15)) }
    structure.blockUnit = PixelSize(
      width: 8 * (largest.map(\.0).max() ?? 1), height: 8 * (largest.map(\.1).max() ?? 1))
    structure.hasReducedChroma = components == 3 && sampling[0] != sampling[1]
    script = JPEGScript(
      structure.size, isProgressive: structure.isProgressive, isArithmetic: marker >= 0xC9,
      sampling: sampling.enumerated().map { (bytes.byte(at + 6 + 3 * $0) ?? 0, $1) })
  }
}
