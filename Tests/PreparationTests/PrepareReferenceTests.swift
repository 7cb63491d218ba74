import Foundation
import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite struct `Compliant pictures are sent unchanged` {
  @Test func `a compliant picture keeps every byte`() throws {
    let size = PixelSize(width: 200, height: 100)
    for file in [try Synthetic.jpeg(size), try Synthetic.png(size), try Synthetic.webp(size)] {
      let result = try prepare(file)
      #expect(result.bytes.array == file)
      #expect(result.isPassthrough)
      #expect(result.encodes == 0)
      #expect(result.steps.map(\.kind) == [.passthrough])
      #expect(result.size == size)
    }
  }

  @Test func `private metadata is removed without encoding`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 200, height: 100))
    let result = try prepare(Embedded.segment(0xFE, Array("secret".utf8), in: plain))
    #expect(result.bytes.array == plain)
    #expect(result.isPassthrough)
    #expect(result.steps.map(\.kind) == [.strip])
  }

  @Test func `a requested quality is a reason to encode`() throws {
    let file = try Synthetic.jpeg(PixelSize(width: 200, height: 100))
    let result = try prepare(file) { $0.quality = 50 }
    #expect(!result.isPassthrough)
    #expect(result.bytes.count < file.count)
  }
}

@Suite struct `Pictures are corrected only where needed` {
  @Test(arguments: 1...8)
  func `every orientation gives the same upright picture`(orientation: Int) throws {
    // The four quadrants as a camera held that way would store them, by moving the corners.
    let upright = PixelSize(width: 64, height: 48)
    let corners = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    let stored = try StoredOnItsSide.fields(upright, orientation)
    let result = try prepare(Embedded.oriented(orientation, jpeg: stored))
    #expect(result.size == upright)
    #expect(result.geometry.orientation == orientation)
    let file = result.bytes.array
    for (place, expected) in zip([(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)], corners) {
      let found = try color(file, x: place.0, y: place.1)
      #expect(isClose(found, expected, within: 12), "orientation \(orientation) at \(place): \(found)")
    }
    #expect(try PictureStructure.read(result.bytes).orientation == 1)
  }

  @Test func `the portrait sample is upright and has no GPS position`() throws {
    let result = try prepare(Samples.bytes(Samples.portrait))
    #expect(result.size == PixelSize(width: 384, height: 512))
    #expect(result.steps.map(\.kind) == [.strip, .rotateLossless])
    #expect(try PictureStructure.read(result.bytes).metadata.isEmpty)
  }

  @Test func `Adobe RGB becomes sRGB`() throws {
    let source = try Samples.bytes(Samples.rocket)
    let result = try prepare(source)
    #expect(result.steps.map(\.kind) == [.strip, .color])
    let structure = try PictureStructure.read(result.bytes)
    #expect(structure.profile == nil)
    // Computed independently of this code, by the formulas of Adobe RGB (1998) and IEC 61966-2-1.
    let before = try color(source, x: 0.12, y: 0.86)
    let after = try color(result.bytes.array, x: 0.12, y: 0.86)
    #expect(isClose(after, AdobeRGB.toSRGB(before), within: 6), "\(before) became \(after)")
    #expect(!isClose(after, before, within: 6))
  }

  @Test func `the maximum edge is kept, and a reduced picture is sharp and accurate`() throws {
    let file = try Synthetic.fields(PixelSize(width: 800, height: 400))
    let result = try prepare(file) { $0.maximumEdge = 100 }
    #expect(result.size == PixelSize(width: 100, height: 50))
    #expect(result.mediaType == .png)
    #expect(try isClose(color(result.bytes.array, x: 0.2, y: 0.2), [255, 0, 0], within: 2))
    #expect(try isClose(color(result.bytes.array, x: 0.8, y: 0.8), [255, 255, 255], within: 2))
  }

  @Test func `a 16-bit picture with a profile keeps its partial transparency`() throws {
    let rocket = try PictureStructure.read(PictureBytes(Samples.bytes(Samples.rocket)))
    let adobe = HandmadePNG.profile(try #require(rocket.profile))
    let row = Array(repeating: [0xC0, 0, 0x40, 0, 0x40, 0, 0x80, 0] as [UInt8], count: 32).flatMap(\.self)
    let file = HandmadePNG.file(
      width: 32, bits: 16, kind: 6, rows: Array(repeating: row, count: 32), before: [("iCCP", adobe)])
    let result = try prepare(file)
    let (pixels, _, bands) = try decodedPixels(result.bytes.array)
    #expect(bands == 4)
    #expect(abs(Int(pixels[3]) - 128) <= 1)
    #expect(isClose(pixels[0..<3].map(Int.init), AdobeRGB.toSRGB([192, 64, 64]), within: 6))
  }

  @Test func `an invalid or unsuitable profile is removed with a warning`() throws {
    let rocket = try PictureStructure.read(PictureBytes(Samples.bytes(Samples.rocket)))
    let adobe = try #require(rocket.profile)
    let gray = Array(repeating: [UInt8](repeating: 90, count: 8), count: 8)
    let color = Array(repeating: [UInt8](repeating: 90, count: 24), count: 8)
    let files = [
      HandmadePNG.file(
        width: 8, bits: 8, kind: 0, rows: gray, before: [("iCCP", HandmadePNG.profile(adobe))]),
      HandmadePNG.file(
        width: 8, bits: 8, kind: 2, rows: color, before: [("iCCP", Array("p\0\0broken".utf8))]),
      HandmadePNG.file(
        width: 8, bits: 8, kind: 2, rows: color,
        before: [("iCCP", HandmadePNG.profile(Array(adobe.prefix(200))))]),
      Embedded.segment(
        0xE2, Array("ICC_PROFILE\0\u{1}\u{1}".utf8) + Array("random bytes".utf8),
        in: try Synthetic.jpeg(PixelSize(width: 8, height: 8))),
    ]
    for file in files {
      let result = try prepare(file)
      #expect(result.warnings == [.profileIgnored])
      #expect(result.steps.map(\.kind) == [.strip])
      #expect(try PictureStructure.read(result.bytes).metadata.isEmpty)
      #expect(try decodedPixels(result.bytes.array).pixels == decodedPixels(file).pixels)
    }
  }

  @Test(arguments: [MediaType.jpeg, .png, .webp])
  func `an encoded picture is sRGB and has no profile`(format: MediaType) throws {
    let result = try prepare(Samples.bytes(Samples.rocket)) { $0.format = format }
    #expect(result.steps.contains { $0.kind == .color })
    #expect(try PictureStructure.read(result.bytes).profile == nil)
  }

  /// A decoder that gives its rows in order cannot seek back, and a strong reduction must not require that.
  @Test(arguments: [1.1, 1.9, 2.1, 3, 5, 7, 7.9, 8.1, 12, 30, 70, 200])
  func `every reduction factor works row by row`(factor: Double) throws {
    let size = PixelSize(width: 64, height: Int(100 * factor))
    for file in [try Synthetic.png(size), try Synthetic.png(size, bands: 4), try Synthetic.jpeg(size)] {
      let result = try prepare(file) { $0.maximumEdge = 100 }
      #expect(result.size.height == 100)
    }
  }

  @Test(arguments: [(1, 20_000), (20_000, 1), (3, 9_000), (1, 1)])
  func `extreme aspect ratios give a picture`(width: Int, height: Int) throws {
    let file = try Synthetic.jpeg(PixelSize(width: width, height: height))
    for edge in [16, 32, 100, 2_048] {
      let result = try prepare(file) { $0.maximumEdge = edge }
      #expect(result.size.longestEdge <= edge)
      #expect(try decodedPixels(result.bytes.array).size == result.size)
    }
  }

  @Test func `transparency shows the background where it cannot be kept`() throws {
    let size = PixelSize(width: 40, height: 40)
    let pixels = (0..<size.pixelCount).flatMap {
      $0 % 40 < 20 ? [200, 0, 0, 0] : [200, 0, 0, 255] as [UInt8]
    }
    let file = try Image.fromPixels(pixels, size: size, bands: 4).encoded(as: .png).array
    let kept = try prepare(file)
    #expect(kept.isPassthrough)
    let flat = try prepare(file) {
      $0.format = .jpeg
      $0.background = RGBColor(red: 0, green: 0, blue: 250)
    }
    #expect(flat.mediaType == .jpeg)
    #expect(flat.steps.map(\.kind).contains(.flatten))
    #expect(try isClose(color(flat.bytes.array, x: 0.2, y: 0.5), [0, 0, 250], within: 12))
    #expect(try isClose(color(flat.bytes.array, x: 0.8, y: 0.5), [200, 0, 0], within: 12))
  }

  @Test func `the requested format is written, whatever the input format`() throws {
    let size = PixelSize(width: 60, height: 40)
    for file in [try Synthetic.jpeg(size), try Synthetic.png(size), try Synthetic.webp(size)] {
      for format in [MediaType.jpeg, .png, .webp] {
        let result = try prepare(file) { $0.format = format }
        #expect(result.mediaType == format)
        #expect(try PictureStructure.read(result.bytes).format.mediaType == format)
        #expect(result.size == size)
      }
    }
  }
}

private enum AdobeRGB {
  /// Converts Adobe RGB (1998) to sRGB by a matrix; both have the same white point (D65).
  static func toSRGB(_ color: [Int]) -> [Int] {
    let linear = color.map { pow(Double($0) / 255, 2.19921875) }
    let matrix = [
      [1.39836, -0.39836, 0.0], [0.0, 1.0, 0.0], [0.0, -0.04293, 1.04293],
    ]
    return matrix.map { row in
      let value = max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 })
      let encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
      return Int((255 * min(1, encoded)).rounded())
    }
  }
}
