import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

@Suite("Truncated files")
struct CutTests {
  /// Every length up to the first thousand, and fifty larger ones.
  private static func lengths(of file: [UInt8]) -> [Int] {
    let early = Array(0..<min(1_000, file.count - 1))
    guard file.count > 1_000 else { return early }
    return early + (1...50).map { 1_000 + (file.count - 1_002) * $0 / 50 }
  }

  private static let options: PreparationOptions = {
    var options = PreparationOptions()
    // No passthrough, so that the decoders run.
    options.maximumEdge = 60
    return options
  }()

  /// `nil` if only the end marker or padding is missing and the whole picture is there.
  private func failure(_ part: [UInt8]) -> PreparationError? {
    do throws(PreparationError) {
      _ = try prepareReference(PictureBytes(part), options: Self.options)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a sample truncated anywhere is an error", arguments: [Samples.portrait, Samples.rocket, Samples.coffee])
  func samples(_ path: String) throws {
    let file = try Samples.bytes(path)
    // Without its end alone, a file gives the same picture.
    let end = path.hasSuffix(".png") ? 16 : 2
    for length in Self.lengths(of: file) where length < file.count - end {
      #expect(failure(Array(file.prefix(length))) != nil, "\(length) of \(file.count) bytes")
    }
  }

  @Test("any other format truncated anywhere is an error, too", arguments: try Samples.fixtureNames())
  func fixtures(_ name: String) throws {
    let file = try Samples.fixture(name)
    // Data after the pictures may be missing: a TIFF's directory may be before its pixels, and a GIF's
    // trailer is one byte.
    let isWhole = try decodedPixelsIfReadable(file)
    for length in Self.lengths(of: file) where failure(Array(file.prefix(length))) == nil {
      let part = try decodedPixelsIfReadable(Array(file.prefix(length)))
      #expect(part == isWhole, "\(length) of \(file.count) bytes gave another picture")
    }
  }

  private func decodedPixelsIfReadable(_ file: [UInt8]) throws -> [UInt8]? {
    guard failure(file) == nil else { return nil }
    return try decodedPixels(prepareReference(PictureBytes(file), options: Self.options).bytes.array).pixels
  }
}

@Suite("Damaged files, repeatedly")
struct DamagedTests {
  /// With more than one libvips thread per picture, version 8.14 sometimes accepts damaged files.
  @Test(
    "a hundred runs give the same result",
    arguments: ["jpeg", "png", "webp", "fields.gif", "rgb16.tif", "fields.heic"])
  func again(_ kind: String) throws {
    let size = PixelSize(width: 64, height: 48)
    var file =
      switch kind {
      case "jpeg": try Synthetic.jpeg(size)
      case "png": try Synthetic.png(size)
      case "webp": try Synthetic.webp(size)
      default: try Samples.fixture(kind)
      }
    // Damage in the last quarter of the file, within the pixel data.
    for step in 0..<12 { file[file.count * 3 / 4 + step] ^= 0xA5 }
    if kind == "png" { file = HandmadePNG.repairingChecksums(file) }
    var options = PreparationOptions()
    options.maximumEdge = 40
    var outcomes: Set<String> = []
    for _ in 0..<100 {
      do throws(PreparationError) {
        let result = try prepareReference(PictureBytes(file), options: options)
        outcomes.insert("\(result.bytes.count) \(result.bytes.array.hashValue)")
      } catch {
        switch error {
        case .picture(.stepFailed(.open, _)), .picture(.stepFailed(.decode, _)), .picture(.damaged),
          .picture(.truncated):
          outcomes.insert("error")
        default: Issue.record("the error does not blame the file: \(error)")
        }
      }
    }
    #expect(outcomes.count == 1)
    // Formats with checksums or prefix codes detect the damage. The others can only give the same wrong
    // pixels each time.
    if ["png"].contains(kind) { #expect(outcomes == ["error"]) }
  }
}
