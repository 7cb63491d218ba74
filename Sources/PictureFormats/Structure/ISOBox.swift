// The boxes of the ISO base media file format (ISO/IEC 14496-12), the container of HEIF, JPEG XL and JPEG
// 2000.

import Core

/// A box: its four-character type and the range of its payload.
struct ISOBox {
  package let type: String
  package let payload: Range<Int>

  /// A file has a few dozen boxes; far more is a denial-of-service attack.
  private static let maximumBoxes = 10_000

  static func children(of bytes: RawSpan, in range: Range<Int>) throws(ImagingError) -> [ISOBox] {
    var boxes: [ISOBox] = []
    var at = range.lowerBound
    while at < range.upperBound {
      guard var length = bytes.bigEndian32(at), at + 8 <= range.upperBound, boxes.count < maximumBoxes else {
        throw .truncated("a box at byte \(at)")
      }
      var head = 8
      if length == 1 {
        guard let high = bytes.bigEndian32(at + 8), high < 1 << 16, let low = bytes.bigEndian32(at + 12)
        else {
          throw .truncated("a box at byte \(at)")
        }
        (length, head) = (high << 32 | low, 16)
      }
      // Zero means to the end.
      if length == 0 { length = range.upperBound - at }
      guard length >= head, length <= range.upperBound - at else {
        throw .truncated("the box at byte \(at) declares \(length.grouped) bytes")
      }
      let name = String(decoding: bytes.array(at + 4..<at + 8), as: UTF8.self)
      boxes.append(ISOBox(type: name, payload: at + head..<at + length))
      at += length
    }
    return boxes
  }
}
