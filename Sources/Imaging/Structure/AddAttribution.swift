import CImaging
package import Vocabulary

extension PictureBytes {
  /// The same picture with the two fields of `attribution` in an EXIF block. For a file without metadata.
  package func adding(_ attribution: Attribution, as format: PictureFormat) -> PictureBytes {
    guard !attribution.isEmpty else { return self }
    let exif = attribution.exif
    return withSpan { bytes in
      switch format.codec {
      case .jpeg: inserting(Self.segment(exif), at: Self.behindJFIF(bytes))
      // Right behind IHDR, which has 13 bytes.
      case .png: inserting(Self.chunk(exif), at: 33)
      case .webp: Self.extendedWebP(bytes, exif)
      default: self
      }
    }
  }

  /// How many bytes that adds at most.
  package static func length(of attribution: Attribution) -> Int {
    // A WebP may need its extended header, too.
    attribution.isEmpty ? 0 : attribution.exif.count + 40
  }

  private func inserting(_ block: [UInt8], at position: Int) -> PictureBytes {
    PictureBytes(capacity: count + block.count) { room in
      withUnsafeBytes { source in
        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<position]))
        UnsafeMutableRawBufferPointer(rebasing: room[position...]).copyBytes(from: block)
        UnsafeMutableRawBufferPointer(rebasing: room[(position + block.count)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position...]))
      }
      return count + block.count
    }
  }

  private static func segment(_ exif: [UInt8]) -> [UInt8] {
    let payload = Array("Exif\0\0".utf8) + exif
    let length = payload.count + 2
    return [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload
  }

  /// JFIF wants to be the first segment.
  private static func behindJFIF(_ bytes: RawSpan) -> Int {
    guard bytes.has([0xFF, 0xE0], at: 2), let length = bytes.bigEndian16(4), 4 + length <= bytes.byteCount
    else {
      return 2
    }
    return 4 + length
  }

  private static func chunk(_ exif: [UInt8]) -> [UInt8] {
    let body = Array("eXIf".utf8) + exif
    let sum = body.withUnsafeBytes { cimaging_crc32(0, $0.baseAddress, $0.count) }
    let big = { (value: Int) in Attribution.little(value, 4).reversed() }
    return big(exif.count) + body + big(Int(sum))
  }

  /// A WebP says in its extended header that it has EXIF, and may have to get one for that.
  private static func extendedWebP(_ bytes: RawSpan, _ exif: [UInt8]) -> PictureBytes {
    let padded = exif + (exif.count % 2 == 1 ? [0] : [])
    let block = Array("EXIF".utf8) + Attribution.little(exif.count, 4) + padded
    var body = bytes.array(12..<bytes.byteCount)
    if bytes.has("VP8X", at: 12) {
      body[8] |= 0x08
    } else if let facts = try? PictureStructure.readWebP(bytes) {
      let flags: UInt8 = 0x08 | (facts.hasAlpha ? 0x10 : 0)
      body =
        Array("VP8X".utf8) + Attribution.little(10, 4) + [flags, 0, 0, 0]
        + Attribution.little(facts.size.width - 1, 3) + Attribution.little(facts.size.height - 1, 3) + body
    }
    return PictureBytes(
      Array("RIFF".utf8) + Attribution.little(4 + body.count + block.count, 4) + Array("WEBP".utf8) + body
        + block)
  }
}
