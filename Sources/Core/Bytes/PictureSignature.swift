/// The file signatures of the picture formats that models return.
package enum PictureSignature {
  private static let atStart: [[UInt8]] = [
    [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Array("GIF8".utf8),
  ]

  /// Whether the first bytes are those of a JPEG, PNG, GIF, WebP, HEIC or AVIF.
  package static func isThere(_ picture: PictureBytes) -> Bool {
    picture.withUnsafeBytes { bytes in
      guard bytes.count > 12 else { return false }
      return atStart.contains { bytes.starts(with: $0) } || bytes[8..<12].elementsEqual("WEBP".utf8)
        || bytes[4..<8].elementsEqual("ftyp".utf8)
    }
  }
}
