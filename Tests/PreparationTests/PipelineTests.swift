import Core
import PictureFormats
import Raster
import TestSupport
import Testing

@testable import Preparation

/// A picture without pixels that records what is done to it.
private struct RecordedRaster: ~Copyable, Raster {
  var size: PixelSize
  var operations: [String] = []
  var hasAlpha = false
  let bands = 3
  let hasProfile = false
  let isEightBitSRGB = true

  private consuming func after(_ operation: String, _ size: PixelSize? = nil) -> RecordedRaster {
    RecordedRaster(size: size ?? self.size, operations: operations + [operation], hasAlpha: hasAlpha)
  }

  static func decode(
    _ cleaned: PictureContent, _ structure: PictureStructure, shrink: Int, scale: Double,
    tolerance: DecodingTolerance
  ) throws(ImagingError) -> RecordedRaster {
    RecordedRaster(size: structure.size, hasAlpha: structure.hasAlpha)
  }

  consuming func copiedToMemory() -> RecordedRaster { self }
  func shared() -> RecordedRaster { RecordedRaster(size: size, operations: operations, hasAlpha: hasAlpha) }
  func pixels() -> [UInt8] { [] }
  consuming func cropped(left: Int, top: Int, to size: PixelSize) -> RecordedRaster { after("crop", size) }
  consuming func resized(to size: PixelSize) -> RecordedRaster { after("resize", size) }
  consuming func oriented(_ exifOrientation: Int) -> RecordedRaster {
    let turned = exifOrientation >= 5 ? size.transposed : size
    return after("orient", turned)
  }
  consuming func framed(
    _ frame: PixelSize, offset: PixelOffset, isCropped: Bool, background: RGBColor
  ) -> RecordedRaster { after("frame", frame) }
  consuming func mirrored(into frame: PixelSize, left: Int, top: Int) -> RecordedRaster {
    after("mirror", frame)
  }
  consuming func peak(_ hdr: HDRDescription, bits: Int) -> Double { 1 }
  consuming func inSRGB(from hdr: HDRDescription, bits: Int, peak: Double) -> RecordedRaster {
    after("color")
  }
  func inSRGB(usingProfile: Bool) -> RecordedRaster { shared().after("color") }
  consuming func withProfile(_ profile: [UInt8]) -> RecordedRaster { self }
  func isOpaque() -> Bool { false }
  consuming func withoutAlpha() -> RecordedRaster { self }
  consuming func flattened(onto color: RGBColor) -> RecordedRaster { after("flatten") }
}

@Suite("The steps of a preparation")
struct PipelineTests {
  private func inspect(
    _ file: [UInt8], _ change: (inout PreparationOptions) -> Void
  ) throws -> PictureInspection {
    var options = PreparationOptions()
    change(&options)
    return try inspectPicture(PictureContent(PictureBytes(file)), options: options)
  }

  private func run(_ inspection: PictureInspection) throws -> [String] {
    var work = PreparationWork(
      structure: inspection.structure, plan: inspection.plan, options: inspection.options)
    let image: RecordedRaster = try inspection.plan.render(inspection.source, .strict, &work)
    #expect(image.size == inspection.plan.fit.frame)
    return image.operations
  }

  @Test("a picture is made smaller before it is turned, and padded last; the report says it upright")
  func order() throws {
    let stored = try StoredOnItsSide.fields(PixelSize(width: 160, height: 96), 6)
    let inspection = try inspect(Embedded.oriented(6, jpeg: stored)) {
      $0.region = PixelArea(left: 8, top: 8, size: PixelSize(width: 64, height: 32))
      $0.maximumEdge = 40
      $0.fit = .pad
      $0.ratios = [AspectRatio(parsing: "1:1")!]
    }
    #expect(inspection.plan.steps.map(\.kind).suffix(4) == [.crop, .orient, .downscale, .pad])
    #expect(try run(inspection) == ["crop", "resize", "orient", "frame"])
  }

  @Test("what a format cannot hold is flattened, after the colors are converted")
  func flattened() throws {
    let inspection = try inspect(Samples.fixture("lab-alpha.tif")) { $0.format = .jpeg }
    #expect(inspection.plan.steps.map(\.kind).suffix(2) == [.color, .format])
    #expect(try run(inspection) == ["color", "flatten"])
  }

  @Test("a file that only has too many bytes is rewritten; one that must be smaller is decoded")
  func rewritten() throws {
    let file = try Samples.fixture("baseline.jpg")
    let heavy = try inspect(file) { $0.maximumBytes = ByteCount(1_000) }
    #expect(heavy.plan.rewrite != nil && heavy.plan.encode.isOnlyAboutBytes)
    #expect(try inspect(file) { $0.maximumEdge = 60 }.plan.rewrite == nil)
    #expect(try inspect(file) { $0.quality = 50 }.plan.rewrite == nil)
    #expect(try inspect(file) { _ in }.plan.isPassthrough)
  }
}
