import Vocabulary

/// Walks a GIF's blocks (CompuServe, GIF89a specification). Its logical screen counts as its size.
extension PictureStructure {
  static func readGIF(_ bytes: RawSpan) throws(ImagingError) -> PictureStructure {
    var structure = PictureStructure(format: .gif)
    guard let width = bytes.unsigned(at: 6, count: 2, bigEndian: false),
      let height = bytes.unsigned(at: 8, count: 2, bigEndian: false), let flags = bytes.byte(10)
    else { throw .truncated("the GIF header has \(bytes.byteCount) bytes instead of 13") }
    guard width > 0, height > 0 else { throw .damaged("the GIF header declares \(width)×\(height) pixels") }
    structure.size = PixelSize(width: width, height: height)
    structure.colour = .palette
    var at = 13 + tableLength(flags)
    var frames = 0
    while let kind = bytes.byte(at) {
      switch kind {
      case 0x3B:
        guard frames > 0 else { throw .damaged("a GIF without a picture in it") }
        structure.pageCount = frames
        structure.isComplete = true
        structure.keep(0..<bytes.byteCount)
        return structure
      case 0x21:
        // The graphic control extension says whether a colour is transparent.
        if bytes.byte(at + 1) == 0xF9, let flags = bytes.byte(at + 3), flags & 1 == 1 {
          structure.hasAlpha = true
        }
        if bytes.byte(at + 1) == 0xFE { structure.found(.comment) }
        at = try endOfSubBlocks(bytes, from: at + 2)
      case 0x2C:
        guard let flags = bytes.byte(at + 9) else { throw .truncated("the GIF picture at byte \(at)") }
        frames += 1
        at = try endOfSubBlocks(bytes, from: at + 11 + tableLength(flags))
      default: throw .damaged("the GIF has an unknown block at byte \(at)")
      }
    }
    throw .truncated("no end mark within \(bytes.byteCount.grouped) bytes")
  }

  /// The bytes of a colour table: three for each of 2^(n + 1) colours.
  private static func tableLength(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  private static func endOfSubBlocks(_ bytes: RawSpan, from start: Int) throws(ImagingError) -> Int {
    var at = start
    while let length = bytes.byte(at) {
      at += 1 + Int(length)
      if length == 0 { return at }
    }
    throw .truncated("the GIF blocks at byte \(start) go past the end")
  }
}
