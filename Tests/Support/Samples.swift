package import Foundation
import Imaging
import PictureFormats
package import Core

/// The sample photographs of the repository.
package enum Samples {
  /// The package's root folder.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let folder = root.appending(path: "samples")

  /// A NASA portrait, 384×512 upright, stored sideways with EXIF orientation 6 and a GPS position.
  package static let portrait = folder.appending(path: "portrait.jpg").path(percentEncoded: false)
  /// 640×427 with an Adobe RGB profile and a comment.
  package static let rocket = folder.appending(path: "rocket.jpg").path(percentEncoded: false)
  /// A 600×400 PNG with a tIME chunk.
  package static let coffee = folder.appending(path: "coffee.png").path(percentEncoded: false)

  /// The bytes of a file in `Tests/Fixtures`.
  package static func fixture(_ name: String) throws -> [UInt8] {
    try bytes(root.appending(path: "Tests/Fixtures/\(name)").path(percentEncoded: false))
  }

  /// The names of all picture files in `Tests/Fixtures`.
  package static func fixtureNames() throws -> [String] {
    let fixtures = root.appending(path: "Tests/Fixtures")
    return try FileManager.default.contentsOfDirectory(atPath: fixtures.path(percentEncoded: false))
      .filter { $0.contains(".") && !$0.hasSuffix(".md") }.sorted()
  }

  package static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }
}

/// Generated pictures.
package enum Synthetic {
  /// Soft colors with grain, like a photograph's: hard to compress, and the same every time.
  package static func photograph(_ size: PixelSize, bands: Int = 3, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var pixels = [UInt8](repeating: 255, count: size.pixelCount * bands)
    for row in 0..<size.height {
      for column in 0..<size.width {
        let start = (row * size.width + column) * bands
        let light = 128 + 90 * sin(Double(column) / 37) * cos(Double(row) / 23)
        for band in 0..<min(3, bands) {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let grain = Double(state >> 59) - 16
          pixels[start + band] = UInt8(max(0, min(255, light + grain + Double(band) * 20)))
        }
      }
    }
    return pixels
  }

  package static func jpeg(
    _ size: PixelSize, quality: Int = 92, halvedChroma: Bool = false
  ) throws -> [UInt8] {
    try Image.fromPixels(photograph(size), size: size, bands: 3)
      .encoded(as: .jpeg(quality: quality, halvedChroma: halvedChroma)).array
  }

  package static func png(_ size: PixelSize, bands: Int = 3) throws -> [UInt8] {
    try Image.fromPixels(photograph(size, bands: bands), size: size, bands: bands).encoded(as: .png).array
  }

  package static func webp(_ size: PixelSize) throws -> [UInt8] {
    try Image.fromPixels(photograph(size), size: size, bands: 3).encoded(as: .webp(quality: 90)).array
  }

  /// Four quadrants of one color each: red and green above, blue and white below.
  package static func fields(_ size: PixelSize) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for row in 0..<size.height {
      for column in 0..<size.width {
        switch (row < size.height / 2, column < size.width / 2) {
        case (true, true): pixels += [255, 0, 0]
        case (true, false): pixels += [0, 255, 0]
        case (false, true): pixels += [0, 0, 255]
        case (false, false): pixels += [255, 255, 255]
        }
      }
    }
    return try Image.fromPixels(pixels, size: size, bands: 3).encoded(as: .png).array
  }
}

/// Inserts blocks into picture files as cameras and programs do.
package enum Embedded {
  /// `jpeg` with a segment directly after its start marker.
  package static func segment(_ marker: UInt8, _ payload: [UInt8], in jpeg: [UInt8]) -> [UInt8] {
    let length = payload.count + 2
    return Array(jpeg[..<2]) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload + jpeg[2...]
  }

  /// An EXIF block with only the orientation, in either byte order.
  package static func exif(orientation: Int, bigEndian: Bool = false) -> [UInt8] {
    let value = UInt8(orientation)
    return bigEndian
      ? Array("MM".utf8) + [
        0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0,
      ]
      : Array("II".utf8) + [
        42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0,
      ]
  }

  /// An EXIF block that describes the color space: `ColorSpace`, and the interoperability index of four
  /// characters.
  package static func exif(colorSpace: Int?, index: String?, bigEndian: Bool = false) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
      return bigEndian ? little.reversed() : little
    }
    func directory(_ entries: [(tag: Int, type: Int, count: Int, value: [UInt8])]) -> [UInt8] {
      let fields = entries.flatMap { entry in
        let value = entry.value + [UInt8](repeating: 0, count: 4 - entry.value.count)
        return number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 4) + value
      }
      return number(entries.count, 2) + fields + number(0, 4)
    }
    let own = colorSpace.map { [(tag: 0xA001, type: 3, count: 1, value: number($0, 2))] } ?? []
    // After the header of 8 bytes come a directory with one entry, and one with all the entries.
    let last = 8 + 18 + 6 + 12 * (own.count + 1)
    return Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4)
      + directory([(0x8769, 4, 1, number(26, 4))])
      + directory(own + [(0xA005, 4, 1, number(last, 4))])
      + directory(index.map { [(1, 2, 4, Array($0.utf8))] } ?? [])
  }

  package static func oriented(_ orientation: Int, jpeg: [UInt8], bigEndian: Bool = false) -> [UInt8] {
    segment(0xE1, Array("Exif\0\0".utf8) + exif(orientation: orientation, bigEndian: bigEndian), in: jpeg)
  }

  /// `png` with a chunk directly after its header.
  package static func chunk(_ name: String, _ payload: [UInt8], in png: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + payload
    return Array(png[..<33]) + bigEndian(payload.count) + body + CRC.of(body) + png[33...]
  }
}

/// A PNG written by hand, for files that libvips does not write: 16 bits with a profile, odd headers.
package enum HandmadePNG {
  /// - Parameters:
  ///   - kind: the color type of the header (0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGB + alpha).
  ///   - rows: the bytes of every row, without filter bytes.
  ///   - height: the height in the header; the number of rows by default.
  ///   - trailing: bytes in the pixel data's chunk after its stream.
  package static func file(
    width: Int, bits: UInt8, kind: UInt8, rows: [[UInt8]], height: Int? = nil,
    before chunks: [(String, [UInt8])] = [],
    trailing: [UInt8] = []
  ) -> [UInt8] {
    let header = bigEndian(width) + bigEndian(height ?? rows.count) + [bits, kind, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", header)
    for (name, payload) in chunks { file += chunk(name, payload) }
    return file + chunk("IDAT", deflated(rows.flatMap { [0] + $0 }) + trailing) + chunk("IEND", [])
  }

  /// `png` with the checksums of its chunks recomputed, so that damage reaches the decoder.
  package static func repairingChecksums(_ png: [UInt8]) -> [UInt8] {
    var (repaired, at) = (png, 8)
    while at + 12 <= png.count {
      let length = png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard at + 12 + length <= png.count else { break }
      repaired.replaceSubrange(
        at + 8 + length..<at + 12 + length, with: CRC.of(Array(png[at + 4..<at + 8 + length])))
      at += 12 + length
    }
    return repaired
  }

  /// The payload of an iCCP chunk.
  package static func profile(_ bytes: [UInt8]) -> [UInt8] { Array("p\0\0".utf8) + deflated(bytes) }

  private static func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + payload
    return bigEndian(payload.count) + body + CRC.of(body)
  }

  /// A zlib stream (RFC 1950) of stored blocks.
  package static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    let blocks = stride(from: 0, to: max(1, bytes.count), by: 65_535).map {
      bytes[$0..<min($0 + 65_535, bytes.count)]
    }
    for (position, block) in blocks.enumerated() {
      let length = [UInt8(block.count & 255), UInt8(block.count >> 8)]
      stream += [position == blocks.count - 1 ? 1 : 0] + length + length.map { ~$0 } + block
    }
    var (low, high) = (1, 0)
    for byte in bytes {
      low = (low + Int(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return stream + bigEndian(high << 16 | low)
  }
}

/// CRC-32 bit by bit, independent of the implementation under test.
package enum CRC {
  package static func of(_ bytes: [UInt8]) -> [UInt8] {
    bigEndian(Int(number(bytes)))
  }

  private static func number(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

private func bigEndian(_ number: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(number >> $0 & 255) }
}

package func decodedPixels(_ bytes: [UInt8]) throws -> (pixels: [UInt8], size: PixelSize, bands: Int) {
  let bytes = PictureBytes(bytes)
  let structure = try PictureStructure.read(bytes)
  guard let codec = structure.format.codec else { throw ImagingError.unsupportedFormat(structure.format) }
  let image = try Image.decode(bytes, as: codec).copiedToMemory()
  return (try image.pixels(), image.size, image.bands)
}
