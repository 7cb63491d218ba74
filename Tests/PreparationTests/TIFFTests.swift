import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

private typealias Page = HandmadeTIFF.Page

@Suite("Pages of a TIFF")
struct TIFFPageTests {
  private static let preview = Page(60, 40, value: 20, [254: 1])
  private static let picture = Page(120, 80, value: 99)
  private static let mask = Page(120, 80, value: 255, [254: 4])

  @Test("the first page that is not a preview is used", arguments: [false, true], [false, true])
  func preview(isBig: Bool, bigEndian: Bool) throws {
    let old = Page(60, 40, value: 20, [255: 2])
    for pages in [
      [Self.preview, Self.picture], [old, Self.picture], [Self.preview, Self.mask, old, Self.picture],
    ] {
      let result = try prepare(HandmadeTIFF.file(pages, isBig: isBig, bigEndian: bigEndian))
      #expect(result.size == PixelSize(width: 120, height: 80))
      #expect(isClose(try color(result.bytes.array, x: 0.5, y: 0.5), [99, 99, 99], within: 2))
      #expect(result.page == pages.count)
      #expect(result.warnings == [.pagesDropped, .previewSkipped])
      #expect(result.steps.first?.kind == .page && result.steps.first?.after == "\(pages.count)")
    }
  }

  @Test("a requested page counts from the first of the file", arguments: [1, 2, 3])
  func named(page: Int) throws {
    let file = HandmadeTIFF.file([Self.preview, Self.picture, Page(30, 30, value: 200)])
    let result = try prepare(file) { $0.page = page }
    #expect(result.size.width == [60, 120, 30][page - 1])
    #expect(result.warnings == [.pagesDropped])
  }

  @Test("without a preview in front, or with nothing else, the first page is used")
  func first() throws {
    for pages in [[Self.picture, Self.preview], [Self.preview, Self.preview], [Self.preview]] {
      let result = try prepare(HandmadeTIFF.file(pages))
      #expect(result.page == 1)
      #expect(!result.warnings.contains(.previewSkipped))
    }
  }
}

@Suite("Kinds of TIFF")
struct TIFFKindTests {
  @Test("64-bit offsets are read", arguments: [false, true])
  func big(bigEndian: Bool) throws {
    var page = Page(120, 80, value: 99)
    page.artist = "A longer name"
    let file = HandmadeTIFF.file([page, Page(7, 9, value: 3)], isBig: true, bigEndian: bigEndian)
    let result = try prepare(file) { $0.keepsCopyright = true }
    #expect(result.size == PixelSize(width: 120, height: 80))
    #expect(isClose(try color(result.bytes.array, x: 0.5, y: 0.5), [99, 99, 99], within: 2))
    #expect(result.warnings == [.pagesDropped])
    let read = try PictureStructure.read(PictureBytes(file))
    #expect(read.attribution.creator == "A longer name")
    #expect(try prepare(file) { $0.page = 2 }.size == PixelSize(width: 7, height: 9))
  }

  @Test("truncation or damaged numbers never end the process")
  func damage() throws {
    let whole = HandmadeTIFF.file([Page(8, 6, value: 99), Page(7, 9, value: 3)], isBig: true)
    for length in 0..<whole.count { _ = try? PictureStructure.read(PictureBytes(Array(whole[..<length]))) }
    for position in 0..<whole.count {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var damaged = whole
        damaged[position] = value
        _ = try? PictureStructure.read(PictureBytes(damaged))
        if position + 8 <= whole.count {
          damaged.replaceSubrange(position..<position + 8, with: [UInt8](repeating: value, count: 8))
          _ = try? PictureStructure.read(PictureBytes(damaged))
        }
      }
    }
  }

  @Test("old-style JPEG in color is refused by name", arguments: [2, 6])
  func oldStyleJPEG(photometric: Int) throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 32, height: 32))
    var page = Page(32, 32, value: 0, [259: 6, 262: photometric, 513: 8, 514: jpeg.count])
    page.pixels = jpeg
    guard
      case .picture(.unsupportedVariant(_, let what))? = #expect(
        throws: PreparationError.self, performing: { try prepare(HandmadeTIFF.file([page])) })
    else {
      Issue.record("expected `unsupportedVariant`")
      return
    }
    #expect(what.contains("old-style JPEG"))
  }

  /// 16-bit gray values that rise from left to right.
  private func deep(from low: Int, to high: Int) -> [UInt8] {
    var page = Page(64, 16, value: 0)
    (page.bits, page.samples) = (16, 1)
    page.pixels = (0..<16).flatMap { _ in
      (0..<64).flatMap { column -> [UInt8] in
        let value = low + (high - low) * column / 63
        return [UInt8(value & 255), UInt8(value >> 8)]
      }
    }
    return HandmadeTIFF.file([page])
  }

  @Test(
    "a 16-bit picture that becomes nearly black or white gives a warning",
    arguments: [
      (0, 1_023, true), (0, 4_095, true), (61_500, 65_535, true), (0, 65_535, false), (0, 12_000, false),
    ])
  func nearlyBlank(row: (Int, Int, Bool)) throws {
    let result = try prepare(deep(from: row.0, to: row.1))
    #expect(result.warnings.contains(.nearlyBlank) == row.2)
  }

  @Test("an 8-bit picture of one value gives no warning")
  func black() throws {
    #expect(try prepare(HandmadeTIFF.file([Page(20, 20, value: 0)])).warnings == [])
  }
}
