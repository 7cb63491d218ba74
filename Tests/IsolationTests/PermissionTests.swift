import Isolation
import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite("Formats that need permission", .endsInTime)
struct PermissionTests {
  private static let files = ["fields.svg", "fields.jxl", "boxed.jxl", "fields.jp2", "fields.j2k"]

  private func options(_ change: (inout PreparationOptions) -> Void = { _ in }) -> PreparationOptions {
    var options = PreparationOptions()
    options.allowed = ["svg", "jxl", "jp2"]
    options.format = .png
    change(&options)
    return options
  }

  private func source(_ name: String) throws -> Reference {
    .bytes(PictureBytes(try Samples.fixture(name)), name: name)
  }

  @Test("allowed formats are read in a worker process", arguments: files)
  func allowed(_ name: String) async throws {
    let processor = ImageProcessor(try WorkerFleet(program: Products.path("plantain-worker")))
    let result = try await processor.prepare(source(name), options())
    // A drawing has no pixels of its own; small drawings are rendered large.
    let isDrawing = name == "fields.svg"
    #expect(
      result.size == (isDrawing ? PixelSize(width: 1_024, height: 768) : PixelSize(width: 64, height: 48)))
    let (pixels, size, bands) = try decodedPixels(result.content.read().array)
    let color = { (x: Int, y: Int) in
      let at = (y * size.height / 4 * size.width + x * size.width / 4) * bands
      return Array(pixels[at..<at + 3])
    }
    #expect(color(1, 1) == [255, 0, 0])
    #expect(color(3, 1) == [0, 255, 0])
    #expect(color(1, 3) == [0, 0, 255])
    if !isDrawing { #expect(color(3, 3) == [255, 255, 255]) }
  }

  /// libvips reads HEIC, AVIF, and JPEG XL through modules, which a worker loads when it first meets such a
  /// file. The operations of a module are blocked after loading, and the allowed ones are unblocked again.
  @Test("one worker reads several formats in turn, including those whose decoders are loaded late")
  func oneChild() async throws {
    let fleet = try WorkerFleet(program: Products.path("plantain-worker"))
    let processor = ImageProcessor(fleet)
    for (name, edge) in [
      ("fields.svg", 100), ("fields.heic", 40), ("fields.svg", 90), ("fields.avif", 39), ("fields.jxl", 38),
      ("fields.heic", 37), ("fields.svg", 80),
    ] {
      let result = try await processor.prepare(source(name), options { $0.maximumEdge = edge })
      #expect(result.size.longestEdge == edge, "\(name)")
      #expect(fleet.idleProcesses.count == 1)
    }
    await processor.close()
  }

  @Test("formats that are not allowed are refused by name", arguments: files)
  func refused(_ name: String) async throws {
    let processor = ImageProcessor(try WorkerFleet(program: Products.path("plantain-worker")))
    await #expect { try await processor.prepare(source(name), options { $0.allowed = [] }) } throws: {
      error in
      let error = error as? PlantainError
      return error?.code == .unsupportedFormat && error?.hint?.contains("`allow`") == true
    }
  }

  @Test("such formats are never decoded in the process itself", arguments: files)
  func onlyIsolated(_ name: String) async throws {
    await #expect { try await ImageProcessor.inProcess.prepare(source(name), options()) } throws: { error in
      (error as? PlantainError)?.code == .unsupportedFormat
    }
  }

  @Test("a drawing of more pixels than allowed is refused before it is rendered")
  func hugeDrawing() async throws {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='60000' height='60000'/>"
    await #expect {
      try await ImageProcessor.inProcess.prepare(
        .bytes(PictureBytes(Array(svg.utf8)), name: "huge.svg"), options())
    } throws: { error in
      (error as? PlantainError)?.code == .tooManyPixels
    }
  }

  @Test("a truncated file is an error, not a crash", arguments: files)
  func cut(_ name: String) async throws {
    let processor = ImageProcessor(try WorkerFleet(program: Products.path("plantain-worker")))
    let file = try Samples.fixture(name)
    for length in stride(from: 1, to: file.count - 1, by: max(1, file.count / 20)) {
      let part = Reference.bytes(PictureBytes(Array(file.prefix(length))), name: name)
      await #expect(throws: PlantainError.self, "\(length) of \(file.count) bytes") {
        try await processor.prepare(part, options())
      }
    }
  }
}
