import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

@Suite struct `Every input format` {
  private func prepare(_ bytes: [UInt8]) throws -> PreparedReference {
    try prepareReference(PictureBytes(bytes), options: PreparationOptions())
  }

  /// The colors at the centers of the four quadrants.
  private func fields(_ file: PictureBytes) throws -> [[Int]] {
    let (pixels, size, bands) = try decodedPixels(file.array)
    return [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)].map { x, y in
      let at = (Int(y * Double(size.height)) * size.width + Int(x * Double(size.width))) * bands
      return pixels[at..<at + bands].map(Int.init)
    }
  }

  static let colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]

  @Test(arguments: [
    "fields.gif", "animated.gif", "fields.tif", "pages.tif", "orientation6.tif", "rgb16.tif", "lab.tif",
    "lab8.tif", "tiled.tif", "big.tif", "fields.heic", "rotated.heic", "fields.avif",
  ])
  func `the four quadrants are upright and in their colors`(name: String) throws {
    let result = try prepare(Samples.fixture(name))
    #expect(result.size == PixelSize(width: 64, height: 48))
    #expect([.jpeg, .png].contains(result.mediaType))
    for (found, expected) in zip(try fields(result.bytes), Self.colors) {
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 20 }, "\(name): \(found) for \(expected)")
    }
    let several = ["animated.gif": PreparationWarning.animationDropped, "pages.tif": .pagesDropped]
    #expect(result.warnings == several[name].map { [$0] } ?? [])
  }

  @Test(arguments: ["animated.gif", "pages.tif"])
  func `another page is another picture`(name: String) throws {
    var options = PreparationOptions()
    options.page = 2
    let result = try prepareReference(PictureBytes(Samples.fixture(name)), options: options)
    #expect(result.steps.map(\.kind) == [.page, .format])
    // The second picture is the first upside down.
    for (found, expected) in zip(try fields(result.bytes), Self.colors.reversed()) {
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 20 }, "\(name): \(found) for \(expected)")
    }
    options.page = 3
    guard
      case .pageMissing(3, of: 2)? = #expect(
        throws: PreparationError.self,
        performing: { try prepareReference(PictureBytes(Samples.fixture(name)), options: options) })
    else {
      Issue.record("expected `pageMissing`")
      return
    }
  }

  @Test(arguments: ["transparent.gif", "alpha.tif", "alpha.heic"])
  func `transparency is kept, as PNG`(name: String) throws {
    let result = try prepare(Samples.fixture(name))
    #expect(result.mediaType == .png)
    #expect(try fields(result.bytes).map { $0[3] } == [255, 255, 255, 0])
  }

  @Test(arguments: ["sampled410.jpg", "sampled411.jpg", "sampled440.jpg"])
  func `chroma of any subsampling is read`(name: String) throws {
    var options = PreparationOptions()
    options.maximumEdge = 48
    let result = try prepareReference(PictureBytes(Samples.fixture(name)), options: options)
    for (found, expected) in zip(try fields(result.bytes), Self.colors) {
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 20 }, "\(name): \(found) for \(expected)")
    }
  }

  @Test(arguments: ["cmyk.tif", "ycck.jpg"])
  func `CMYK without a profile is treated as ink on paper`(name: String) throws {
    let found = try fields(prepare(Samples.fixture(name)).bytes)
    // Red stays the reddest of the four, and so on. The exact colors depend on the assumed inks.
    for (position, channel) in [(0, 0), (1, 1), (2, 2)] {
      #expect(found[position][channel] == found[position].max())
    }
    #expect(found[3].allSatisfy { $0 > 250 })
  }

  @Test func `gray stays gray`() throws {
    let result = try prepare(Samples.fixture("grey.tif"))
    let found = try fields(result.bytes)
    #expect(Set(found[0]).count == 1)
    #expect(found[3].allSatisfy { $0 > 250 })
  }

  @Test(arguments: [
    "fields.gif", "animated.gif", "fields.tif", "tiled.tif", "fields.heic", "rotated.heic", "fields.avif",
  ])
  func `a file truncated anywhere is an error, or still the whole picture`(name: String) throws {
    let whole = try Samples.fixture(name)
    let expected = try decodedPixels(prepare(whole).bytes.array).pixels
    for length in 0..<whole.count {
      guard let result = try? prepare(Array(whole[..<length])) else { continue }
      #expect(try decodedPixels(result.bytes.array).pixels == expected, "\(name) cut at \(length)")
    }
  }

  @Test(arguments: ["animated.gif", "orientation6.tif", "rotated.heic", "alpha.heic", "fields.avif"])
  func `no damage ends the process while the header is read`(name: String) throws {
    let whole = try Samples.fixture(name)
    var state: UInt64 = 11
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    // The extended tests run more of them.
    for _ in 0..<(isExtendedRun ? 4_000 : 1_000) {
      var damaged = whole
      for _ in 0..<3 { damaged[next() % damaged.count] = UInt8(next() & 255) }
      if let read = try? PictureStructure.read(PictureBytes(damaged)) { #expect(read.size.width > 0) }
    }
  }
}
