import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite("Padding and cropping a picture")
struct FitTests {
  private func ratio(_ text: String) throws -> AspectRatio { try #require(AspectRatio(parsing: text)) }

  /// The color in the prepared picture at a point of the upright original, given in fractions of its size.
  private func color(_ result: PreparedReference, ofSource x: Double, _ y: Double) throws -> [Int] {
    let geometry = result.geometry
    let column = x * Double(geometry.scaled.width) + Double(geometry.offset.x)
    let row = y * Double(geometry.scaled.height) + Double(geometry.offset.y)
    return try PreparationTests.color(
      result.bytes.array, x: column / Double(geometry.prepared.width),
      y: row / Double(geometry.prepared.height))
  }

  @Test("the geometry says where the original is", arguments: [Fit.pad, .crop], 1...8)
  func geometry(_ fit: Fit, _ orientation: Int) throws {
    let stored = try StoredOnItsSide.fields(PixelSize(width: 160, height: 96), orientation)
    let result = try prepare(Embedded.oriented(orientation, jpeg: stored)) {
      $0.fit = fit
      $0.ratios = [AspectRatio(parsing: "1:1")!, AspectRatio(parsing: "1:8")!]
      $0.background = RGBColor(red: 250, green: 200, blue: 10)
    }
    #expect(
      result.size == (fit == .pad ? PixelSize(width: 160, height: 160) : PixelSize(width: 96, height: 96)))
    #expect(result.geometry.source == PixelSize(width: 160, height: 96))
    #expect(result.steps.contains { $0.kind == (fit == .pad ? .pad : .crop) })
    #expect(isClose(try color(result, ofSource: 0.4, 0.25), [255, 0, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.6, 0.25), [0, 255, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.4, 0.75), [0, 0, 255], within: 8))
    if fit == .pad {
      #expect(
        isClose(try PreparationTests.color(result.bytes.array, x: 0.5, y: 0.05), [250, 200, 10], within: 8))
    }
  }

  @Test("mirror padding continues the picture beyond its edges", arguments: 1...8)
  func completed(_ orientation: Int) throws {
    let stored = try StoredOnItsSide.fields(PixelSize(width: 160, height: 96), orientation)
    let result = try prepare(Embedded.oriented(orientation, jpeg: stored)) {
      $0.mirrorPadding = MirrorPadding([PixelSize(width: 512, height: 512)], margin: 1.0 / 16)
      $0.format = .png
    }
    #expect(result.size == PixelSize(width: 180, height: 180))
    #expect(result.geometry.shown == VisibleArea(left: -10, top: -42, width: 180, height: 180))
    #expect(result.steps.contains { $0.kind == .pad })
    #expect(isClose(try color(result, ofSource: 0.4, 0.25), [255, 0, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.6, 0.75), [255, 255, 255], within: 8))
    #expect(isClose(try color(result, ofSource: 0.4, -0.25), [255, 0, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.6, -0.25), [0, 255, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.4, 1.25), [0, 0, 255], within: 8))
  }

  @Test("mirror padding of a region that matches no answer keeps the whole picture's geometry")
  func completedRegion() throws {
    let result = try prepare(Synthetic.fields(PixelSize(width: 400, height: 100))) {
      $0.region = PixelArea(left: 100, top: 0, size: PixelSize(width: 200, height: 100))
      $0.regionSizes = [PixelSize(width: 512, height: 512)]
      $0.mirrorPadding = MirrorPadding($0.regionSizes)
      $0.format = .png
    }
    #expect(result.size == PixelSize(width: 300, height: 300))
    #expect(result.geometry.shown == VisibleArea(left: 50, top: -100, width: 300, height: 300))
    #expect(result.geometry.source == PixelSize(width: 400, height: 100))
    // On both sides of the center.
    #expect(isClose(try color(result, ofSource: 0.4, 0.25), [255, 0, 0], within: 8))
    #expect(isClose(try color(result, ofSource: 0.6, 0.75), [255, 255, 255], within: 8))
  }

  @Test("a region at the picture's edge gets a margin, any other shows its surroundings")
  func marginOfRegions() throws {
    let png = try Synthetic.fields(PixelSize(width: 400, height: 300))
    func shown(_ left: Int, answer: Int = 64) throws -> VisibleArea {
      try prepare(png) {
        $0.region = PixelArea(left: left, top: 100, size: PixelSize(width: 60, height: 60))
        $0.regionSizes = [PixelSize(width: answer, height: answer)]
        $0.mirrorPadding = MirrorPadding($0.regionSizes, margin: 1.0 / 32)
      }.geometry.shown
    }
    #expect(
      try shown(170) == VisibleArea(PixelArea(left: 154, top: 84, size: PixelSize(width: 92, height: 92))))
    // The second region is cut to exactly the answer's pixels.
    for answer in [64, 120] {
      let atEdge = try shown(340, answer: answer)
      #expect(atEdge.left + atEdge.width > 402 && abs(atEdge.width - atEdge.height) < 1, "\(atEdge)")
    }
  }

  @Test("gray, transparent, and already matching pictures are mirror-padded", arguments: [1, 2, 3, 4])
  func completedBands(_ bands: Int) throws {
    let size = PixelSize(width: 40, height: 20)
    let pixels = [UInt8](repeating: 90, count: size.pixelCount * bands)
    let png = try Image.fromPixels(pixels, size: size, bands: bands).encoded(as: .png).array
    let square = try prepare(png) { $0.mirrorPadding = MirrorPadding([PixelSize(width: 64, height: 64)]) }
    #expect(square.size == PixelSize(width: 40, height: 40))
    let decoded = try decodedPixels(square.bytes.array)
    #expect(Set(decoded.pixels).isSubset(of: [90, 255]), "\(Set(decoded.pixels))")
    let same = try prepare(png) {
      $0.mirrorPadding = MirrorPadding([PixelSize(width: 80, height: 40)], margin: 0.05)
    }
    #expect(same.isPassthrough)
    #expect(throws: PreparationError.self) {
      try prepare(png) { $0.mirrorPadding = MirrorPadding([size], margin: 0.2) }
    }
  }

  @Test("a byte limit that reduces the pixels keeps the geometry correct")
  func underCap() throws {
    let result = try prepare(Synthetic.fields(PixelSize(width: 800, height: 400))) {
      $0.fit = .pad
      $0.ratios = [AspectRatio(parsing: "1:1")!]
      $0.format = .jpeg
      $0.maximumBytes = ByteCount(1_400)
    }
    #expect(result.size.width < 800)
    #expect(isClose(try color(result, ofSource: 0.25, 0.25), [255, 0, 0], within: 40))
    #expect(isClose(try color(result, ofSource: 0.75, 0.75), [255, 255, 255], within: 40))
  }

  @Test("a picture that already has the ratio passes unchanged")
  func sameShape() throws {
    let result = try prepare(Synthetic.jpeg(PixelSize(width: 160, height: 90))) {
      $0.fit = .crop
      $0.ratios = [AspectRatio(parsing: "16:9")!]
    }
    #expect(result.isPassthrough)
  }

  @Test("gray and transparent pictures are padded", arguments: [1, 4])
  func otherBands(_ bands: Int) throws {
    let size = PixelSize(width: 40, height: 20)
    let pixels = [UInt8](repeating: 90, count: size.pixelCount * bands)
    let png = try Image.fromPixels(pixels, size: size, bands: bands).encoded(as: .png).array
    let result = try prepare(png) {
      $0.fit = .pad
      $0.ratios = [AspectRatio(parsing: "1:1")!]
      $0.background = RGBColor(red: 200, green: 10, blue: 10)
    }
    #expect(result.size == PixelSize(width: 40, height: 40))
    #expect(try PreparationTests.color(result.bytes.array, x: 0.5, y: 0.1) == [200, 10, 10])
    #expect(try PreparationTests.color(result.bytes.array, x: 0.5, y: 0.5) == [90, 90, 90])
  }

  @Test("a frame of more pixels than allowed is an error before any work")
  func hugeFrame() throws {
    let png = try Synthetic.png(PixelSize(width: 1, height: 20_000))
    #expect(throws: PreparationError.self) {
      try prepare(png) {
        $0.fit = .pad
        $0.ratios = [AspectRatio(parsing: "1:1")!]
      }
    }
    #expect(throws: PreparationError.self) { try prepare(png) { $0.fit = .pad } }
  }
}
