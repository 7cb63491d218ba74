import Core

/// Repair of a PNG that ends before its end chunk, or has something else in its position, while all of its
/// pixels are there.
extension PictureStructure {
  /// Adds the end chunk if the pixel data is complete, which its own checksum confirms.
  ///
  /// - Parameter at: the offset of the chunk that is cut, or the offset after the last chunk.
  /// - Returns: whether the pixel data is complete.
  mutating func endPNG(_ bytes: PictureWindow, cutAt at: Int) throws(ImagingError) -> Bool {
    var ranges = pixelRanges
    let cut = Self.cutPixelData(bytes, at)
    if let cut { ranges.append(cut) }
    guard size.pixelCount <= Self.maximumPixelsWithoutEnd, !ranges.isEmpty,
      let inflated = try? Self.inflate(bytes, ranges, upTo: pngDataLength + 1),
      inflated.count == pngDataLength, inflated.endsWithData
    else { return false }
    if let cut {
      keep(at..<cut.upperBound)
      cleaned.append(.bytes(Self.bigEndian(Self.checksum(bytes, at + 4..<cut.upperBound))))
    }
    cleaned.append(.bytes(Self.endChunk))
    // A part of the end chunk does not count as data.
    if cut == nil, !Self.endChunk.starts(with: bytes.array(at..<at + 12)) { found(.trailing) }
    (hasPixels, pixelRanges) = (true, ranges)
    isComplete = true
    repaired(.end)
    return true
  }

  private static let endChunk = [0, 0, 0, 0] + Array("IEND".utf8) + bigEndian(0xAE42_6082)

  /// They are inflated for this check, at 1 to 2 GB/s.
  private static let maximumPixelsWithoutEnd = 200_000_000

  /// The payload of a pixel data chunk of which only the checksum is cut.
  private static func cutPixelData(_ bytes: PictureWindow, _ at: Int) -> Range<Int>? {
    guard let length = bytes.bigEndian32(at), bytes.has("IDAT", at: at + 4),
      at + 8 + length <= bytes.byteCount, at + 12 + length > bytes.byteCount
    else { return nil }
    return at + 8..<at + 8 + length
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
