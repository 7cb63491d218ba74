import Core

/// Reads the size and the basic properties of a JPEG XL file (ISO/IEC 18181-1, annex D; the boxes: 18181-2).
/// The decoder turns the picture upright itself, so the size here is the upright size.
extension PictureStructure {
  static func readJPEGXL(_ bytes: RawSpan, as format: PictureFormat) throws(ImagingError) -> PictureStructure
  {
    guard let start = try codestream(bytes) else { throw .damaged("the JPEG XL file contains no picture") }
    var structure = PictureStructure(format: format)
    var bits = LittleBits(bytes, at: start + 2)
    guard let size = bits.size() else { throw .truncated("the JPEG XL header") }
    structure.size = size
    // The remaining fields matter little. Where they are unusual, the picture is assumed to have 16 bits and
    // alpha.
    if bits.flag() == false { structure.readJPEGXLMetadata(&bits) }
    structure.keep(0..<bytes.byteCount)
    structure.isComplete = true
    return structure
  }

  private mutating func readJPEGXLMetadata(_ bits: inout LittleBits) {
    (bitsPerChannel, hasAlpha) = (16, true)
    if bits.flag() == true {
      let orientation = (bits.read(3) ?? 0) + 1
      if orientation >= 5 { size = size.transposed }
      // An intrinsic size, a preview or an animation may come next.
      guard bits.flag() == false, bits.flag() == false, bits.flag() == false else { return }
    }
    guard let isFloat = bits.flag(), !isFloat, let depth = bits.choice([(8, 0), (10, 0), (12, 0), (1, 6)]),
      bits.flag() != nil, let extras = bits.choice([(0, 0), (1, 0), (2, 4), (1, 12)])
    else { return }
    (bitsPerChannel, hasAlpha) = (depth, extras > 0)
  }

  /// The offset of the codestream: the start of the file, or the first box that contains a part of it.
  private static func codestream(_ bytes: RawSpan) throws(ImagingError) -> Int? {
    if bytes.has([0xFF, 0x0A], at: 0) { return 0 }
    for box in try ISOBox.children(of: bytes, in: 0..<bytes.byteCount) {
      if box.type == "jxlc" { return box.payload.lowerBound }
      // A numbered part.
      if box.type == "jxlp" { return box.payload.lowerBound + 4 }
    }
    return nil
  }
}

/// Bit reader that starts with the lowest bit of each byte.
private struct LittleBits {
  private let bytes: [UInt8]
  private var position = 0

  /// A header has at most a few dozen bytes.
  init(_ bytes: RawSpan, at start: Int) {
    self.bytes = bytes.array(start..<start + 64)
  }

  mutating func read(_ count: Int) -> Int? {
    var value = 0
    for step in 0..<count {
      guard position / 8 < bytes.count else { return nil }
      value |= Int(bytes[position / 8] >> (position % 8) & 1) << step
      position += 1
    }
    return value
  }

  mutating func flag() -> Bool? { read(1).map { $0 == 1 } }

  /// Reads one of four forms, each a constant plus a number of that many bits.
  mutating func choice(_ forms: [(base: Int, bits: Int)]) -> Int? {
    guard let form = read(2), let rest = read(forms[form].bits) else { return nil }
    return forms[form].base + rest
  }

  mutating func size() -> PixelSize? {
    guard let isSmall = flag(), let height = edge(isSmall), let ratio = read(3) else { return nil }
    let ratios = [(0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]
    guard ratio == 0 else {
      return PixelSize(width: height * ratios[ratio].0 / ratios[ratio].1, height: height)
    }
    return edge(isSmall).map { PixelSize(width: $0, height: height) }
  }

  private mutating func edge(_ isSmall: Bool) -> Int? {
    isSmall ? read(5).map { 8 * ($0 + 1) } : choice([(1, 9), (1, 13), (1, 18), (1, 30)])
  }
}
