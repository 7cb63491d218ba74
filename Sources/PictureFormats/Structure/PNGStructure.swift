import CZlib
import Core

/// Walks a PNG's chunks and verifies every checksum (W3C Portable Network Graphics, third edition).
extension PictureStructure {
  static func readPNG(
    _ bytes: PictureWindow, _ tolerance: DecodingTolerance
  ) throws(ImagingError) -> PictureStructure {
    var structure = PictureStructure(format: .png)
    structure.keep(0..<8)
    var at = 8
    do throws(ImagingError) {
      try structure.walkPNG(bytes, &at)
    } catch {
      try structure.settle(error, bytes, at, tolerance)
    }
    guard structure.hasPixels else { throw .damaged("the PNG contains no picture") }
    guard structure.color != .palette || structure.hasPalette else {
      throw .damaged("the PNG declares palette colors and has no palette")
    }
    structure.dropUnusableProfile()
    structure.settlePNGColors()
    return structure
  }

  /// Handles a walk that ended early: adds the end chunk, or accepts the file as far as it goes.
  private mutating func settle(
    _ error: ImagingError, _ bytes: PictureWindow, _ at: Int, _ tolerance: DecodingTolerance
  ) throws(ImagingError) {
    var isCut = false
    if case .truncated = error { isCut = true }
    // Something else may be in the position of the end chunk.
    if isCut || hasPixels && !Self.hasChunkName(bytes, at), try endPNG(bytes, cutAt: at) { return }
    guard isCut, tolerance == .lenient, hasPixels || bytes.has("IDAT", at: at + 4) else { throw error }
    keep(at..<bytes.byteCount)
    hasPixels = true
    isComplete = false
  }

  /// Applies the color information that takes precedence (section 4.3): code points, then a profile, then
  /// sRGB, then gamma and chromaticities; EXIF last.
  private mutating func settlePNGColors() {
    if codePoints != nil {
      applyCodePoints()
    } else if profile == nil, !isDeclaredSRGB, let gamma {
      apply(ColorDescription(gamma: gamma, chromaticities: chromaticities))
    } else if !isDeclaredSRGB {
      applyEXIFColors()
    }
  }

  /// - Parameter at: the current offset, also after a failure.
  private mutating func walkPNG(_ bytes: PictureWindow, _ at: inout Int) throws(ImagingError) {
    var chunks = 0
    while true {
      chunks += 1
      guard chunks <= Self.maximumPNGChunks else {
        throw .damaged("more than \(Self.maximumPNGChunks.grouped) PNG chunks")
      }
      guard let length = bytes.bigEndian32(at), at + 8 <= bytes.byteCount else {
        throw .truncated("no IEND chunk within \(bytes.byteCount.grouped) bytes")
      }
      guard Self.hasChunkName(bytes, at) else {
        throw .damaged("the PNG chunk at byte \(at) has no valid name")
      }
      let name = String(decoding: bytes.array(at + 4..<at + 8), as: UTF8.self)
      let end = at + 12 + length
      guard end <= bytes.byteCount else {
        throw .truncated("the PNG chunk \(name) at byte \(at) declares \(length.grouped) bytes")
      }
      // The checksum is computed before the stored one is read, which keeps reads in file order.
      let checksum = Self.checksum(bytes, at + 4..<end - 4)
      let isIntact = bytes.bigEndian32(end - 4) == checksum
      if !isIntact { try leaveOutPNGChunk(name, at) }
      let first = at == 8
      guard first == (name == "IHDR") else { throw .damaged("the PNG chunk IHDR is not the first") }
      if isIntact, try keepsPNGChunk(name, bytes, at + 8..<end - 4) { keep(at..<end) }
      if name == "IDAT" {
        hasPixels = true
        pixelRanges.append(at + 8..<end - 4)
      }
      at = end
      if name == "IEND" { break }
    }
    if at < bytes.byteCount { found(.trailing) }
    isComplete = true
  }

  /// Leaves out an ancillary chunk with a wrong checksum, as all decoders do. Throws for other chunks.
  private mutating func leaveOutPNGChunk(_ name: String, _ at: Int) throws(ImagingError) {
    let problem = "the PNG chunk \(name) at byte \(at) has a wrong checksum"
    if name == "IEND" { throw .truncated(problem) }
    guard name.first?.isLowercase == true, name != "tRNS" else { throw .damaged(problem) }
    if name == "iCCP" { found(.unusableProfile) }
    found(.damaged)
  }

  /// Whether a chunk may start there: a chunk name has four letters.
  private static func hasChunkName(_ bytes: PictureWindow, _ at: Int) -> Bool {
    let name = bytes.array(at + 4..<at + 8)
    return name.count == 4 && name.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
  }

  /// Large files have some ten thousand chunks. Far more is a denial-of-service attack.
  private static let maximumPNGChunks = 200_000

  static func checksum(_ bytes: PictureWindow, _ range: Range<Int>) -> Int {
    var checksum: UInt32 = 0
    bytes.visit(range) {
      checksum = czlib_crc32(checksum, $0.baseAddress, $0.count)
      return true
    }
    return Int(checksum)
  }

  private mutating func keepsPNGChunk(
    _ name: String, _ bytes: PictureWindow, _ payload: Range<Int>
  ) throws(ImagingError) -> Bool {
    switch name {
    case "IHDR":
      try readPNGHeader(bytes, payload)
      return true
    case "gAMA":
      gamma = bytes.bigEndian32(payload.lowerBound)
      return true
    case "cHRM":
      let numbers = (0..<8).compactMap { bytes.bigEndian32(payload.lowerBound + 4 * $0) }
      chromaticities = payload.count == 32 ? numbers : nil
      return true
    case "sRGB":
      isDeclaredSRGB = true
      return true
    case "PLTE":
      hasPalette = true
      return true
    case "cICP":
      guard payload.count == 4, let primaries = bytes.byte(payload.lowerBound),
        let transfer = bytes.byte(payload.lowerBound + 1)
      else { throw .damaged("the PNG chunk cICP has \(payload.count) bytes instead of 4") }
      codePoints = (Int(primaries), Int(transfer))
      return true
    case "IDAT", "IEND", "sBIT", "bKGD", "pHYs":
      return true
    case "tRNS":
      hasAlpha = true
      return true
    case "iCCP":
      guard profile == nil else { throw .damaged("the PNG has two color profiles") }
      profile = Self.inflatedProfile(bytes, payload) ?? []
      profileRanges.append(payload.lowerBound - 8..<payload.upperBound + 4)
      return true
    case "eXIf":
      take(bytes.withSpan(payload) { EXIF($0, at: 0, end: $0.byteCount, known: attribution) })
      exif = payload
    case "iTXt":
      let isXMP = bytes.has("XML:com.adobe.xmp\0", at: payload.lowerBound)
      found(isXMP ? .xmp : .text)
      if isXMP { bytes.withSpan(payload) { attribution.readXMP($0, 0..<$0.byteCount) } }
      readRawProfile(name, bytes, payload)
    case "tEXt", "zTXt":
      found(.text)
      if name == "tEXt" { bytes.withSpan(payload) { attribution.readPNGText($0, 0..<$0.byteCount) } }
      readRawProfile(name, bytes, payload)
    case "tIME": found(.time)
    case "acTL", "fcTL", "fdAT":
      // What remains is the still picture that viewers without animation support show.
      found(.animation)
    case "caBX": found(.c2pa)
    default:
      // An unknown critical chunk (uppercase first letter) makes the file unreadable to all decoders.
      if name.first?.isUppercase == true { throw .damaged("the PNG has an unknown critical chunk \(name)") }
      found(.application)
    }
    return false
  }

  private mutating func readPNGHeader(_ bytes: PictureWindow, _ payload: Range<Int>) throws(ImagingError) {
    let at = payload.lowerBound
    guard payload.count == 13, let width = bytes.bigEndian32(at), let height = bytes.bigEndian32(at + 4),
      let bits = bytes.byte(at + 8), let kind = bytes.byte(at + 9)
    else { throw .damaged("the PNG header has \(payload.count) bytes instead of 13") }
    guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else {
      throw .damaged("the PNG header declares \(width)×\(height) pixels")
    }
    size = PixelSize(width: width, height: height)
    bitsPerChannel = Int(bits)
    switch kind {
    case 0: color = .gray
    case 2: color = .rgb
    case 3: color = .palette
    case 4: (color, hasAlpha) = (.gray, true)
    case 6: (color, hasAlpha) = (.rgb, true)
    default: throw .damaged("the PNG header declares color type \(kind)")
    }
    // Table 11.1 of the specification, followed by the methods, of which one each is defined.
    let depths: [UInt8: [UInt8]] = [0: [1, 2, 4, 8, 16], 3: [1, 2, 4, 8]]
    guard depths[kind, default: [8, 16]].contains(bits) else {
      throw .damaged("the PNG header declares \(bits) bits for color type \(kind)")
    }
    guard bytes.byte(at + 10) == 0, bytes.byte(at + 11) == 0, let interlace = bytes.byte(at + 12),
      interlace <= 1
    else { throw .damaged("the PNG header declares an unknown method") }
    isInterlaced = interlace == 1
    bitsPerPixel = Int(bits) * [2: 3, 4: 2, 6: 4][kind, default: 1]
  }

  /// Reads an iCCP chunk: a name, a zero, the method, then the deflated profile.
  private static func inflatedProfile(_ bytes: PictureWindow, _ payload: Range<Int>) -> [UInt8]? {
    let name = payload.prefix(80).first { bytes.byte($0) == 0 }
    let limit = ICCProfile.longest
    guard let name, name + 2 < payload.upperBound, payload.count <= limit else { return nil }
    let deflated = bytes.array(name + 2..<payload.upperBound)
    let profile = [UInt8](unsafeUninitializedCapacity: limit) { room, count in
      var written = 0
      let whole = deflated.withUnsafeBytes {
        czlib_inflate($0.baseAddress, $0.count, room.baseAddress, limit, &written)
      }
      count = whole ? written : 0
    }
    return profile.isEmpty ? nil : profile
  }
}
