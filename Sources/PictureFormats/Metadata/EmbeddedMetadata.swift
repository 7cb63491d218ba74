import CZlib
package import Core

/// The metadata to embed in a finished file.
package struct EmbeddedMetadata: Sendable, Equatable {
  package var exif: EXIFBlock?
  /// An XMP packet.
  package var xmp: [UInt8]?
  /// An ICC profile, which defines the picture's colors.
  package var profile: [UInt8]?

  package init(exif: EXIFBlock? = nil, xmp: [UInt8]? = nil, profile: [UInt8]? = nil) {
    self.exif = exif
    self.xmp = xmp
    self.profile = profile
  }

  package init(_ attribution: Attribution) {
    if !attribution.isEmpty { exif = EXIFBlock(attribution) }
  }

  package var isEmpty: Bool { exif == nil && xmp == nil && profile == nil }

  /// The maximum size of a block, in bytes: JPEG segments hold no more (ITU-T T.81: two bytes of length).
  package static let maximumBytes = 65_000

  /// The maximum number of bytes by which embedding lengthens a file.
  package var length: Int {
    // The fields that describe the picture take 36 more bytes. A segment or chunk has a header of at most 30
    // bytes; a profile has one for each 64 KB. A WebP may also need its extended header.
    let blocks = [exif?.encoded, xmp, profile].compactMap { $0?.count }
    let all = blocks.reduce(0, +)
    return blocks.isEmpty ? 0 : all + all / 1_000 + 60 * blocks.count + 80
  }
}

extension PictureBytes {
  /// Returns the picture with embedded metadata. The file must have none yet.
  package func adding(_ metadata: EmbeddedMetadata, as format: PictureFormat) -> PictureBytes {
    guard !metadata.isEmpty else { return self }
    return withSpan { bytes in
      switch format.codec {
      case .jpeg: inserting(Self.segments(metadata), at: Self.behindJFIF(bytes))
      // Directly after IHDR, which has 13 bytes.
      case .png: inserting(Self.chunks(metadata), at: 33)
      case .webp: Self.extendedWebP(bytes, metadata)
      default: self
      }
    }
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
}

// MARK: - JPEG

extension PictureBytes {
  private static func segments(_ metadata: EmbeddedMetadata) -> [UInt8] {
    let exif = metadata.exif.map { segment(0xE1, Array("Exif\0\0".utf8) + $0.encoded) }
    let xmp = metadata.xmp.map { segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + $0) }
    return (exif ?? []) + (xmp ?? []) + profileSegments(metadata.profile ?? [])
  }

  private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload
  }

  /// Splits a profile into parts, each with its number and the number of parts (ICC.1:2022, B.4).
  private static func profileSegments(_ profile: [UInt8]) -> [UInt8] {
    let parts = stride(from: 0, to: profile.count, by: EmbeddedMetadata.maximumBytes).map {
      profile[$0..<min(profile.count, $0 + EmbeddedMetadata.maximumBytes)]
    }
    return parts.enumerated().flatMap { position, part in
      segment(
        0xE2,
        Array("ICC_PROFILE\0".utf8) + [UInt8(position + 1), UInt8(truncatingIfNeeded: parts.count)] + part)
    }
  }

  /// The offset after the JFIF segment, which must come first.
  private static func behindJFIF(_ bytes: RawSpan) -> Int {
    guard bytes.has([0xFF, 0xE0], at: 2), let length = bytes.bigEndian16(4), 4 + length <= bytes.byteCount
    else {
      return 2
    }
    return 4 + length
  }
}

// MARK: - PNG

extension PictureBytes {
  private static func chunks(_ metadata: EmbeddedMetadata) -> [UInt8] {
    let profile = metadata.profile.map { chunk("iCCP", Array("ICC profile\0\0".utf8) + deflated($0)) }
    let exif = metadata.exif.map { chunk("eXIf", $0.encoded) }
    // Keyword, not compressed, no language, no translated keyword (XMP part 3, 1.1.5).
    let xmp = metadata.xmp.map { chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + $0) }
    return (profile ?? []) + (exif ?? []) + (xmp ?? [])
  }

  private static func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + payload
    let sum = body.withUnsafeBytes { czlib_crc32(0, $0.baseAddress, $0.count) }
    let big = { (value: Int) in little(value, 4).reversed() }
    return big(payload.count) + body + big(Int(sum))
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    // zlib's bound for incompressible input.
    let maximum = bytes.count + bytes.count / 1_000 + 64
    return [UInt8](unsafeUninitializedCapacity: maximum) { room, count in
      count = bytes.withUnsafeBytes { czlib_deflate($0.baseAddress, $0.count, room.baseAddress, maximum) }
    }
  }
}

// MARK: - WebP

extension PictureBytes {
  /// Embeds metadata in a WebP. The extended header declares which chunks the file has; a file without this
  /// header gets one.
  private static func extendedWebP(_ bytes: RawSpan, _ metadata: EmbeddedMetadata) -> PictureBytes {
    guard let facts = try? PictureStructure.readWebP(bytes) else {
      return PictureBytes(bytes.array(0..<bytes.byteCount))
    }
    let hasHeader = bytes.has("VP8X", at: 12)
    var flags = hasHeader ? Int(bytes.byte(20) ?? 0) : facts.hasAlpha ? 0x10 : 0
    if metadata.profile != nil { flags |= 0x20 }
    if metadata.exif != nil { flags |= 0x08 }
    if metadata.xmp != nil { flags |= 0x04 }
    let header =
      [UInt8(flags), 0, 0, 0] + little(facts.size.width - 1, 3) + little(facts.size.height - 1, 3)
    let picture = bytes.array((hasHeader ? 30 : 12)..<bytes.byteCount)
    let head = riffChunk("VP8X", header) + (metadata.profile.map { riffChunk("ICCP", $0) } ?? [])
    let tail =
      (metadata.exif.map { riffChunk("EXIF", $0.encoded) } ?? [])
      + (metadata.xmp.map { riffChunk("XMP ", $0) } ?? [])
    let count = 4 + head.count + picture.count + tail.count
    return PictureBytes(
      Array("RIFF".utf8) + little(count, 4) + Array("WEBP".utf8) + head + picture + tail)
  }

  private static func riffChunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
    Array(name.utf8) + little(payload.count, 4) + payload + (payload.count % 2 == 1 ? [0] : [])
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
