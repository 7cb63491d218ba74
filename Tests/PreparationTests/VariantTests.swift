import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

/// Files of a known format that are unusual, incomplete, or invalid inside.
@Suite("Unusual variants of formats")
struct VariantTests {
  private func variant(_ file: [UInt8]) -> String? {
    do throws(PreparationError) {
      _ = try prepareReference(PictureBytes(file), options: PreparationOptions())
      return nil
    } catch {
      guard case .picture(.unsupportedVariant(_, let what)) = error else { return "\(error)" }
      return what
    }
  }

  /// `fields.tif` with the first value of a tag replaced, or with the tag in place of another one.
  private func tiff(_ tag: UInt8, high: UInt8 = 1, becomes value: UInt8, insteadOf old: UInt8? = nil) throws
    -> [UInt8]
  {
    var file = try Samples.fixture("fields.tif")
    let start = Int(file[4]) | Int(file[5]) << 8 | Int(file[6]) << 16
    for entry in 0..<Int(file[start]) {
      let at = start + 2 + 12 * entry
      guard file[at] == old ?? tag, file[at + 1] == 1 else { continue }
      file.replaceSubrange(at..<at + 2, with: [tag, high])
      // A single inline value: unsigned, 16 bits.
      file.replaceSubrange(at + 2..<at + 12, with: [3, 0, 1, 0, 0, 0, value, 0, 0, 0])
      return file
    }
    throw PreparationError.invalidOption("no tag \(tag)")
  }

  @Test("unsupported TIFF samples are refused by name, not shown in wrong colors")
  func samples() throws {
    #expect(try variant(tiff(0x02, becomes: 32)) == "32 bits per channel")
    #expect(try variant(tiff(0x06, becomes: 6)) == "YCbCr colors outside JPEG compression")
    // SampleFormat in place of PlanarConfiguration.
    #expect(try variant(tiff(0x53, becomes: 3, insteadOf: 0x1C)) == "floating-point samples")
    #expect(try variant(tiff(0x53, becomes: 2, insteadOf: 0x1C)) == "signed samples")
    #expect(try variant(tiff(0x53, becomes: 1, insteadOf: 0x1C)) == nil)
  }

  @Test("12-bit and lossless JPEGs are refused by name")
  func jpeg() throws {
    var file = try Synthetic.jpeg(PixelSize(width: 32, height: 32))
    let frame = try #require(
      file.indices.dropLast(4).first { file[$0] == 0xFF && (0xC0...0xC2).contains(file[$0 + 1]) })
    file[frame + 4] = 12
    #expect(variant(file) == "12 bits per channel")
    file[frame + 1] = 0xC3
    #expect(variant(file) == "lossless or hierarchical coding")
  }

  @Test(
    "a JPEG with a restart marker out of order, or a reserved marker, is damaged", arguments: [true, false])
  func markers(isRestart: Bool) throws {
    var file = try Samples.fixture("sampled440.jpg")
    let restart = try #require(file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == 0xD0 })
    if isRestart {
      file[restart + 1] = 0xD1
    } else {
      file = Embedded.segment(0xF7, Array("secret".utf8), in: file)
    }
    #expect(try #require(variant(file)).contains("damaged"))
  }

  private let row = [UInt8](repeating: 90, count: 3 * 20)

  @Test("a PNG whose pixel data ends early never passes, whatever its checksums")
  func missingRows() throws {
    let file = HandmadePNG.file(
      width: 20, bits: 8, kind: 2, rows: [[UInt8]](repeating: row, count: 10), height: 20)
    #expect(try #require(variant(file)).contains("cut short"))
    let taken = try prepare(file) { $0.allowsTruncated = true }
    #expect(taken.warnings == [.truncated])
    #expect(!taken.isPassthrough)
  }

  @Test("bytes after a PNG's pixel data are not sent")
  func trailing() throws {
    let rows = [[UInt8]](repeating: row, count: 20)
    let secret = Array("CANARY".utf8)
    let file = HandmadePNG.file(width: 20, bits: 8, kind: 2, rows: rows, trailing: secret)
    let result = try prepare(file)
    #expect(!result.isPassthrough)
    #expect(!result.bytes.array.contains(secret))
    #expect(try decodedPixels(result.bytes.array).pixels == rows.flatMap { $0 })
    #expect(try prepare(HandmadePNG.file(width: 20, bits: 8, kind: 2, rows: rows)).isPassthrough)
  }

  @Test("an interlaced PNG has all of its passes", arguments: ["1x1", "3x5", "33x17"])
  func interlaced(_ size: String) throws {
    #expect(try prepare(Samples.fixture("interlaced-\(size).png")).isPassthrough)
  }

  @Test("a gray picture with alpha is flattened onto the requested color")
  func flatten() throws {
    let file = HandmadePNG.file(
      width: 16, bits: 8, kind: 4, rows: [[UInt8]](repeating: [UInt8](repeating: 0, count: 32), count: 16))
    let result = try prepare(file) {
      $0.format = .jpeg
      $0.background = RGBColor(red: 0, green: 255, blue: 0)
    }
    let (pixels, _, bands) = try decodedPixels(result.bytes.array)
    #expect(bands == 3 && pixels[0] < 5 && pixels[1] > 250 && pixels[2] < 5)
  }

  @Test("alpha beside Lab is kept")
  func labWithAlpha() throws {
    let (pixels, _, bands) = try decodedPixels(
      prepare(Samples.fixture("lab-alpha.tif")) { $0.format = .png }.bytes.array)
    #expect(bands == 4 && pixels[3] == 128)
  }

  @Test("bytes hidden after the fields of JPEG's own markers are removed")
  func hidden() throws {
    let secret = Array("CANARY".utf8)
    let jpeg = try Synthetic.jpeg(PixelSize(width: 32, height: 32))
    let adobe = Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1]
    let jfif = Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
    for (marker, payload) in [(UInt8(0xEE), adobe), (0xE0, jfif)] {
      let result = try prepare(Embedded.segment(marker, payload + secret, in: jpeg))
      #expect(result.isPassthrough)
      #expect(result.bytes.array.contains(payload))
      #expect(!result.bytes.array.contains(secret))
    }
  }

  @Test("a lossless WebP stays lossless while its bytes allow it")
  func losslessWebP() throws {
    let (pixels, size, _) = try decodedPixels(Synthetic.png(PixelSize(width: 60, height: 40)))
    let file = try Image.fromPixels(pixels, size: size, bands: 3).encoded(as: .webp(quality: nil)).array
    let square = try prepare(file) {
      $0.fit = .crop
      $0.ratios = [AspectRatio(1, 1)]
    }
    #expect(square.mediaType == .webp)
    var middle: [UInt8] = []
    for row in 0..<40 { middle += pixels[3 * (60 * row + 10)..<3 * (60 * row + 50)] }
    #expect(try decodedPixels(square.bytes.array).pixels == middle)
    let smaller = try prepare(file) { $0.maximumBytes = ByteCount(1_000) }
    #expect(smaller.mediaType == .webp && smaller.bytes.count <= 1_000)
  }

  @Test("only a limited number of names is read", arguments: [(60, true), (70, false)])
  func manyNames(count: UInt8, isFound: Bool) throws {
    // Names of control characters do not count; a valid one follows them.
    var exif = Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, count + 1, 0]
    for _ in 0..<count { exif += [0x3B, 1, 2, 0, 4, 0, 0, 0, 1, 1, 1, 1] }
    exif += [0x98, 0x82, 2, 0, 3, 0, 0, 0] + Array("me\0\0".utf8) + [0, 0, 0, 0]
    let file = Embedded.segment(0xE1, exif, in: try Synthetic.jpeg(PixelSize(width: 16, height: 16)))
    #expect(try PictureStructure.read(PictureBytes(file)).attribution.copyright == (isFound ? "me" : nil))
  }

  @Test("an orientation that is not a single 16-bit number is ignored", arguments: [(5, 1), (3, 0), (3, 2)])
  func orientation(type: UInt8, count: UInt8) throws {
    var exif = Embedded.exif(orientation: 6)
    exif.replaceSubrange(12..<18, with: [type, 0, count, 0, 0, 0])
    let file = Embedded.segment(
      0xE1, Array("Exif\0\0".utf8) + exif, in: try Synthetic.jpeg(PixelSize(width: 32, height: 16)))
    #expect(try prepare(file).size == PixelSize(width: 32, height: 16))
  }
}
