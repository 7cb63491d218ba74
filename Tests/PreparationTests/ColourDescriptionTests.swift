import Imaging
import Preparation
import TestSupport
import Testing
import Vocabulary

/// Colours that a file describes by numbers. What is expected was computed apart, from the primaries and curves of
/// ITU-T H.273.
@Suite("Colours without a profile")
struct ColourDescriptionTests {
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
    "are converted",
    arguments: [
      ([("cICP", [12, 13, 0, 1])], [190, 117, 84]), ([("cICP", [9, 14, 0, 1])], [209, 110, 83]),
      ([("gAMA", numbers([100_000]))], [219, 182, 160]),
      ([("gAMA", numbers([100_000])), ("cHRM", numbers(sRGBPrimaries))], [219, 182, 160]),
    ] as [([(String, [UInt8])], [Int])])
  func converted(_ chunks: [(String, [UInt8])], _ expected: [Int]) throws {
    let result = try prepare(png(chunks))
    #expect(result.steps.map(\.kind) == [.colour])
    #expect(result.warnings.isEmpty)
    let found = try decodedPixels(result.bytes.array).pixels.prefix(3).map(Int.init)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1 }, "\(found)")
  }

  @Test(
    "that are sRGB pass as they are",
    arguments: [
      [("cICP", [1, 13, 0, 1])], [("gAMA", numbers([45_455])), ("cHRM", numbers(sRGBPrimaries))],
      // What is called sRGB is, whatever stands beside it.
      [("sRGB", [0]), ("gAMA", numbers([100_000]))],
    ] as [[(String, [UInt8])]])
  func passed(_ chunks: [(String, [UInt8])]) throws {
    let result = try prepare(png(chunks))
    #expect(result.isPassthrough)
    #expect(result.warnings.isEmpty)
  }

  @Test(
    "that cannot be converted are warned of",
    arguments: [
      [("cICP", [9, 17, 0, 1])], [("gAMA", numbers([0]))],
      [("gAMA", numbers([45_455])), ("cHRM", numbers([0, 0, 0, 0, 0, 0, 0, 0]))],
    ] as [[(String, [UInt8])]])
  func unknown(_ chunks: [(String, [UInt8])]) throws {
    #expect(try prepare(png(chunks)).warnings == [.colourIgnored])
  }

  @Test(
    "count in HEIC and AVIF, too",
    arguments: [(UInt8(12), UInt8(13), true), (9, 16, true), (9, 18, true), (9, 17, false)])
  func nclx(primaries: UInt8, transfer: UInt8, isKnown: Bool) throws {
    var file = try Samples.fixture("fields.avif")
    let box = try #require(file.firstRange(of: Array("nclx".utf8)))
    file[box.lowerBound + 5] = primaries
    file[box.lowerBound + 7] = transfer
    let result = try prepare(file)
    #expect(result.steps.contains { $0.kind == .colour } == isKnown)
    #expect(result.warnings == (isKnown ? [] : [.colourIgnored]))
  }
}
