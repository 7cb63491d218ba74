import Core

/// Reads the size and the components of a JPEG 2000 file, with boxes (ISO/IEC 15444-1, annex I) or as a bare
/// codestream (annex A).
extension PictureStructure {
  static func readJPEG2000(_ bytes: RawSpan, as format: PictureFormat) throws(ImagingError)
    -> PictureStructure
  {
    var structure = PictureStructure(format: format)
    guard let start = try codestream(bytes) else { throw .damaged("the JPEG 2000 file contains no picture") }
    // The SIZ marker comes first. The decoder uses its sizes.
    let at = start + 2
    guard bytes.has([0xFF, 0x51], at: at), let right = bytes.bigEndian32(at + 6),
      let bottom = bytes.bigEndian32(at + 10), let left = bytes.bigEndian32(at + 14),
      let top = bytes.bigEndian32(at + 18), let components = bytes.bigEndian16(at + 38),
      let depth = bytes.byte(at + 40)
    else { throw .truncated("the JPEG 2000 header") }
    guard right > left, bottom > top, (1...4).contains(components) else {
      throw .damaged(
        "the JPEG 2000 declares \(right - left)×\(bottom - top) pixels and \(components) components")
    }
    structure.size = PixelSize(width: right - left, height: bottom - top)
    structure.bitsPerChannel = Int(depth & 0x7F) + 1
    structure.color = components < 3 ? .gray : .rgb
    structure.hasAlpha = components % 2 == 0
    structure.keep(0..<bytes.byteCount)
    structure.isComplete = true
    return structure
  }

  private static func codestream(_ bytes: RawSpan) throws(ImagingError) -> Int? {
    if bytes.has([0xFF, 0x4F], at: 0) { return 0 }
    return try ISOBox.children(of: bytes, in: 0..<bytes.byteCount).first { $0.type == "jp2c" }?.payload
      .lowerBound
  }
}
