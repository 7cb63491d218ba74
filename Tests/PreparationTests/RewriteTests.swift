import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite("Pictures are rewritten without loss")
struct RewriteTests {
  private static let size = PixelSize(width: 320, height: 240)

  @Test("whole blocks are rotated losslessly", arguments: 1...8)
  func turned(_ orientation: Int) throws {
    let stored = try StoredOnItsSide.fields(PixelSize(width: 160, height: 96), orientation)
    let result = try prepare(Embedded.oriented(orientation, jpeg: stored))
    #expect(result.size == PixelSize(width: 160, height: 96))
    #expect(result.steps.contains { $0.kind == .rotateLossless } == (orientation != 1))
    #expect(result.encodes == (orientation == 1 ? 0 : 1))
    #expect(isClose(try color(result.bytes.array, x: 0.25, y: 0.25), [255, 0, 0], within: 6))
    #expect(isClose(try color(result.bytes.array, x: 0.75, y: 0.25), [0, 255, 0], within: 6))
    #expect(isClose(try color(result.bytes.array, x: 0.25, y: 0.75), [0, 0, 255], within: 6))
  }

  @Test("four quarter turns do not change a single value")
  func thereAndBack() throws {
    let jpeg = try Synthetic.jpeg(Self.size)
    var turned = jpeg
    for _ in 0..<4 {
      let result = try prepare(Embedded.oriented(6, jpeg: turned))
      #expect(result.steps.map(\.kind) == [.strip, .rotateLossless])
      turned = result.bytes.array
    }
    #expect(try decodedPixels(turned).pixels == decodedPixels(jpeg).pixels)
  }

  @Test("a picture with partial blocks is rotated as pixels")
  func partBlocks() throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 101, height: 75))
    let result = try prepare(Embedded.oriented(3, jpeg: jpeg))
    #expect(result.steps.map(\.kind) == [.strip, .orient])
    #expect(result.size == PixelSize(width: 101, height: 75))
  }

  @Test("a JPEG slightly over its limit is only recompressed losslessly")
  func squeezedJPEG() throws {
    let jpeg = try Synthetic.jpeg(Self.size, quality: 95)
    let result = try prepare(jpeg) { $0.maximumBytes = ByteCount(jpeg.count - 1) }
    #expect(result.steps.map(\.kind) == [.squeeze])
    #expect(result.bytes.count < jpeg.count)
    #expect(try decodedPixels(result.bytes.array).pixels == decodedPixels(jpeg).pixels)
  }

  @Test("a PNG slightly over its limit is only recompressed losslessly, too", arguments: [3, 4])
  func squeezedPNG(_ bands: Int) throws {
    let png = try Synthetic.png(Self.size, bands: bands)
    let result = try prepare(png) { $0.maximumBytes = ByteCount(png.count - 1) }
    #expect(result.steps.map(\.kind) == [.squeeze])
    #expect(result.mediaType == .png)
    #expect(try decodedPixels(result.bytes.array).pixels == decodedPixels(png).pixels)
  }

  @Test("a JPEG far over its limit is requantized, with few attempts")
  func coarsened() throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 1_200, height: 800), quality: 98)
    let limit = jpeg.count * 6 / 10
    let result = try prepare(jpeg) { $0.maximumBytes = ByteCount(limit) }
    #expect(result.steps.map(\.kind) == [.quality])
    #expect(result.bytes.count <= limit)
    #expect(result.encodes <= 4)
    let quality = try #require(result.steps[0].after.flatMap(Int.init))
    // The next finer setting exceeds the limit.
    guard let coefficients = JPEGCoefficients(PictureBytes(jpeg)) else {
      Issue.record("the coefficients cannot be read")
      return
    }
    let finer = coefficients.written(exifOrientation: 1, isDetailed: true, quality: quality + 1)
    #expect(try #require(finer).count > limit)
  }

  @Test("arithmetic coding, which few programs read, becomes Huffman coding losslessly")
  func arithmetic() throws {
    let file = try Samples.fixture("arithmetic.jpg")
    let result = try prepare(file)
    #expect(result.steps.map(\.kind) == [.format, .squeeze])
    #expect(try PictureStructure.read(result.bytes).isCommonlyCoded)
    #expect(try decodedPixels(result.bytes.array).pixels == decodedPixels(file).pixels)
  }

  @Test("damaged coefficients are an error, not a picture")
  func damaged() throws {
    var jpeg = try Synthetic.jpeg(Self.size)
    for position in stride(from: jpeg.count / 2, to: jpeg.count - 20, by: 7) { jpeg[position] = 0 }
    #expect(throws: PreparationError.self) {
      try prepare(jpeg) { $0.maximumBytes = ByteCount(jpeg.count - 1) }
    }
  }

  @Test("chroma resolution is reduced before pixels, at the lowest quality")
  func subsampled() throws {
    let png = try Synthetic.png(PixelSize(width: 400, height: 300))
    let atFloor = try Image.decode(PictureBytes(png), as: .png).encoded(
      as: .jpeg(quality: 60, halvedChroma: false))
    let result = try prepare(png) {
      $0.format = .jpeg
      $0.maximumBytes = ByteCount(atFloor.count - 1)
    }
    #expect(result.steps.map(\.kind) == [.format, .quality, .subsample])
    #expect(result.size == PixelSize(width: 400, height: 300))
    #expect(try PictureStructure.read(result.bytes).hasReducedChroma)
  }
}
