import CZlib
package import Core

/// The check that a PNG's pixel data is complete. Its checksums cover the compressed data, not what it
/// inflates to.
extension PictureStructure {
  /// Inflates the pixel data and counts it, at one to two gigabytes per second. Data that ends too early
  /// makes the picture incomplete. With more data than the picture needs, the file should be rewritten.
  ///
  /// - Throws: `damaged`; `truncated`, unless lenient.
  package mutating func checkPNGPixels(
    _ content: PictureContent, _ tolerance: DecodingTolerance
  ) throws(ImagingError) {
    let expected = pngDataLength
    let found = try reading(PictureWindow(content)) { window throws(ImagingError) in
      try Self.inflate(window, pixelRanges, upTo: expected + 1)
    }
    if found.count < expected {
      guard tolerance == .lenient else {
        throw .truncated("the pixel data ends after \(found.count.grouped) of \(expected.grouped) bytes")
      }
      isComplete = false
    } else if found.count > expected || !found.endsWithData {
      isCommonlyCoded = false
    }
  }

  /// The inflated size: all rows, each with a filter byte in front, in one pass or in the seven passes of
  /// Adam7 (section 8).
  var pngDataLength: Int {
    guard isInterlaced else { return Self.dataLength(size.width, size.height, bitsPerPixel) }
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]
    return passes.reduce(0) { sum, pass in
      let (left, top, across, down) = pass
      let width = (size.width - left + across - 1) / across
      let height = (size.height - top + down - 1) / down
      return sum + Self.dataLength(max(0, width), max(0, height), bitsPerPixel)
    }
  }

  private static func dataLength(_ width: Int, _ height: Int, _ bitsPerPixel: Int) -> Int {
    width == 0 ? 0 : height * (1 + (width * bitsPerPixel + 7) / 8)
  }

  /// Inflates the stream in the ranges, at most `maximum` bytes.
  ///
  /// - Returns: the number of bytes, and whether the stream ends with the last byte of the ranges.
  static func inflate(
    _ bytes: PictureWindow, _ ranges: [Range<Int>], upTo maximum: Int
  ) throws(ImagingError) -> (count: Int, endsWithData: Bool) {
    guard let inflation = czlib_inflation_new() else {
      throw .stepFailed(.open, detail: "out of memory while inflating the pixel data")
    }
    defer { czlib_inflation_free(inflation) }
    var produced: UInt64 = 0
    var hasEnded = false
    var isUsedUp = true
    for range in ranges where isUsedUp {
      try bytes.visit(range) { part throws(ImagingError) in
        // Bytes after the end of the stream.
        isUsedUp = !hasEnded
        guard isUsedUp else { return false }
        var used = 0
        let state = czlib_inflation_feed(
          inflation, part.baseAddress, part.count, UInt64(maximum), &used, &produced)
        // Decoders ignore errors after the last row.
        guard state != .damaged || produced >= maximum - 1 else {
          throw .damaged("the pixel data cannot be inflated")
        }
        isUsedUp = used == part.count && state != .damaged
        hasEnded = state == .ended
        return isUsedUp
      }
    }
    return (Int(produced), isUsedUp && hasEnded)
  }
}
