import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

/// Colors that a file describes by code numbers. The expected values were computed independently, from the
/// primaries and curves of ITU-T H.273.
@Suite("Colors without a profile")
struct ColorDescriptionTests {
  private static let size = 16

  private func png(_ chunks: [(String, [UInt8])]) -> [UInt8] {
    let row = (0..<Self.size).flatMap { _ in [UInt8]([180, 120, 90]) }
    return HandmadePNG.file(
      width: Self.size, bits: 8, kind: 2, rows: [[UInt8]](repeating: row, count: Self.size), before: chunks)
  }

  private static func numbers(_ values: [Int]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
  }

  private static let sRGBPrimaries = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]

  @Test(
    "colors described by chunks are converted",
    arguments: [
      ([("cICP", [12, 13, 0, 1])], [190, 117, 84]), ([("cICP", [9, 14, 0, 1])], [209, 110, 83]),
      ([("gAMA", numbers([100_000]))], [219, 182, 160]),
      ([("gAMA", numbers([100_000])), ("cHRM", numbers(sRGBPrimaries))], [219, 182, 160]),
    ] as [([(String, [UInt8])], [Int])])
  func converted(_ chunks: [(String, [UInt8])], _ expected: [Int]) throws {
    let result = try prepare(png(chunks))
    #expect(result.steps.map(\.kind) == [.color])
    #expect(result.warnings.isEmpty)
    let found = try decodedPixels(result.bytes.array).pixels.prefix(3).map(Int.init)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1 }, "\(found)")
  }

  @Test(
    "colors described as sRGB pass unchanged",
    arguments: [
      [("cICP", [1, 13, 0, 1])], [("gAMA", numbers([45_455])), ("cHRM", numbers(sRGBPrimaries))],
      // An sRGB chunk takes precedence over any other.
      [("sRGB", [0]), ("gAMA", numbers([100_000]))],
    ] as [[(String, [UInt8])]])
  func passed(_ chunks: [(String, [UInt8])]) throws {
    let result = try prepare(png(chunks))
    #expect(result.isPassthrough)
    #expect(result.warnings.isEmpty)
  }

  @Test(
    "colors that cannot be converted give a warning",
    arguments: [
      [("cICP", [9, 17, 0, 1])], [("gAMA", numbers([0]))],
      [("gAMA", numbers([45_455])), ("cHRM", numbers([0, 0, 0, 0, 0, 0, 0, 0]))],
    ] as [[(String, [UInt8])]])
  func unknown(_ chunks: [(String, [UInt8])]) throws {
    #expect(try prepare(png(chunks)).warnings == [.colorIgnored])
  }

  @Test(
    "descriptions in HEIC and AVIF count, too",
    arguments: [(UInt8(12), UInt8(13), true), (9, 16, true), (9, 18, true), (9, 17, false)])
  func nclx(primaries: UInt8, transfer: UInt8, isKnown: Bool) throws {
    var file = try Samples.fixture("fields.avif")
    let box = try #require(file.firstRange(of: Array("nclx".utf8)))
    file[box.lowerBound + 5] = primaries
    file[box.lowerBound + 7] = transfer
    let result = try prepare(file)
    #expect(result.steps.contains { $0.kind == .color } == isKnown)
    #expect(result.warnings == (isKnown ? [] : [.colorIgnored]))
  }
}

/// Cameras declare Adobe RGB only in EXIF (DCF 2.0). The expected values were computed independently, from
/// the primaries and the exponent of Adobe's specification.
@Suite struct `Adobe RGB declared only in EXIF` {
  private static let size = PixelSize(width: 48, height: 32)
  private static let named = Embedded.exif(colorSpace: 2, index: nil)

  private func image() throws -> Image {
    let pixels = (0..<Self.size.pixelCount).flatMap { _ in [200, 40, 30] as [UInt8] }
    return try Image.fromPixels(pixels, size: Self.size, bands: 3)
  }

  private func jpeg(_ exif: [UInt8]) throws -> [UInt8] {
    let plain = try image().encoded(as: .jpeg(quality: 97, halvedChroma: false)).array
    return Embedded.segment(0xE1, Array("Exif\0\0".utf8) + exif, in: plain)
  }

  private func expectConverted(_ file: [UInt8]) throws {
    let result = try prepare(file)
    let step = try #require(result.steps.first { $0.kind == .color })
    #expect(step.before?.contains("Adobe RGB") == true && step.before?.contains("EXIF") == true)
    #expect(result.warnings.isEmpty)
    #expect(isClose(try color(result.bytes.array, x: 0.5, y: 0.5), [233, 35, 23], within: 3))
  }

  @Test(arguments: [false, true]) func `Adobe RGB is converted, which is reported`(bigEndian: Bool) throws {
    for (space, index) in [(2, nil), (2, "R03\0"), (0xFFFF, "R03\0"), (2, "R98\0")] as [(Int, String?)] {
      try expectConverted(jpeg(Embedded.exif(colorSpace: space, index: index, bigEndian: bigEndian)))
    }
  }

  @Test func `Adobe RGB in a PNG or a WebP is converted, too`() throws {
    try expectConverted(Embedded.chunk("eXIf", Self.named, in: image().encoded(as: .png).array))
    let webp = try image().encoded(as: .webp(quality: 97)).array
    let chunk = Array("EXIF".utf8) + [UInt8(Self.named.count), 0, 0, 0] + Self.named
    let length = webp.count + chunk.count - 8
    try expectConverted(
      Array(webp[..<4]) + [UInt8(length & 255), UInt8(length >> 8), 0, 0] + Array(webp[8...]) + chunk)
  }

  @Test func `any other or incomplete EXIF declaration changes nothing`() throws {
    for (space, index) in [(1, "R03\0"), (0xFFFF, "R98\0"), (0xFFFF, nil), (nil, "R03\0"), (nil, nil)]
      as [(Int?, String?)]
    {
      let result = try prepare(jpeg(Embedded.exif(colorSpace: space, index: index)))
      #expect(result.isPassthrough)
    }
  }

  @Test func `a profile and a PNG's own chunks take precedence over EXIF`() throws {
    let profile = Array("ICC_PROFILE\0\u{1}\u{1}".utf8) + Profiles.displayP3
    let profiled = try prepare(Embedded.segment(0xE2, profile, in: jpeg(Self.named)))
    #expect(profiled.steps.first { $0.kind == .color }?.before?.contains("Adobe") == false)
    let png = Embedded.chunk("eXIf", Self.named, in: try image().encoded(as: .png).array)
    #expect(try prepare(Embedded.chunk("sRGB", [0], in: png)).isPassthrough)
    #expect(try prepare(Embedded.chunk("cICP", [1, 13, 0, 1], in: png)).isPassthrough)
  }

  @Test func `no random damage of the block ends the process`() throws {
    var state: UInt64 = 3
    for _ in 0..<4_000 {
      var exif = Embedded.exif(colorSpace: 0xFFFF, index: "R03\0", bigEndian: state & 1 == 0)
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        exif[Int(state >> 33) % exif.count] = UInt8(truncatingIfNeeded: state >> 24)
      }
      _ = try? PictureStructure.read(PictureBytes(jpegHead(exif)))
    }
  }

  private func jpegHead(_ exif: [UInt8]) -> [UInt8] {
    Embedded.segment(0xE1, Array("Exif\0\0".utf8) + exif, in: [0xFF, 0xD8, 0xFF, 0xD9])
  }
}
