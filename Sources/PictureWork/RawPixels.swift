package import Core

/// The size of decoded 8-bit pixels, which lie row by row and interleaved: gray (1 band) or sRGB (3 bands).
package struct PixelLayout: Sendable, Equatable, Codable {
  package let size: PixelSize
  package let bands: Int

  package init(_ size: PixelSize, bands: Int) {
    self.size = size
    self.bands = bands
  }
}

/// Decoded pixels.
package struct RawPixels: Sendable, Equatable {
  package let layout: PixelLayout
  package let bytes: [UInt8]

  package var size: PixelSize { layout.size }

  /// - Parameter bytes: `size.pixelCount * bands` of them.
  package init(_ bytes: [UInt8], _ layout: PixelLayout) {
    self.bytes = bytes
    self.layout = layout
  }
}

/// How pixels made by this program are encoded.
package enum PixelEncoding: Sendable, Equatable, Codable {
  /// JPEG with quality 1…100 and 4:2:0 chroma.
  case jpeg(quality: Int)
  case png
  /// Lossy WebP with quality 1…100.
  case webp(quality: Int)
}

extension WorkCost {
  /// The cost of decoding, changing or encoding this many pixels.
  package static func ofPixels(_ count: Int) -> WorkCost {
    WorkCost(memory: ByteCount(110_000_000 + count * 24), cpuSeconds: 20 + count / 1_000_000)
  }
}
