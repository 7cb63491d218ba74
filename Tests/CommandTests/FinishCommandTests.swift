import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `plantain finish` {
  /// The coffee sample, shifted right by 24 of its 600 pixels and tinted, as a JPEG of another size.
  private static func writeResult(into folder: TemporaryFolder) throws {
    var map = AffineTransform.stretch(
      PixelSize(width: 600, height: 400), to: PixelSize(width: 1_200, height: 800))
    map.dx = 48
    let result = try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png).copiedToMemory()
      .warped(by: map, into: PixelSize(width: 1_200, height: 800))
      .recombined([[1.08, 0, 0], [0, 1, 0], [0, 0, 0.85]], offset: [4, 0, 0]).copiedToMemory()
    try folder.write(try result.encoded(as: .jpeg(quality: 90, halvedChroma: true)).array, as: "result.jpg")
  }

  @Test func `a result gets its original's size, position, and colors, and the findings are reported`()
    async throws
  {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let outcome = try await Command(folder: folder.path).run(
      "finish", "result.jpg", "--source", Samples.coffee, "--fit-source", "--align", "--match-color", "-o",
      "made/out.png", "--json")
    #expect(outcome.status == 0)
    let object = try #require(try outcome.objects().first)
    #expect(object["output"] as? String == "made/out.png")
    #expect(object["mediaType"] as? String == "image/png")
    #expect([object["width"] as? Int, object["height"] as? Int] == [600, 400])
    let align = try #require(object["align"] as? [String: Any])
    #expect(align["trusted"] as? Bool == true)
    #expect(abs((align["dx"] as? Double ?? 0) - 24) < 0.5)
    #expect(abs((align["dy"] as? Double ?? 9)) < 0.5)
    let color = try #require(object["color"] as? [String: Any])
    #expect((color["after"] as? Double ?? 9) < (color["before"] as? Double ?? 0) / 2)
    #expect((object["changed"] as? Double ?? 1) < 0.05)
    #expect(object["warnings"] as? [String] == [])
    #expect(try decodedPixels(try folder.read("made/out.png")).size == PixelSize(width: 600, height: 400))
  }

  @Test func `without an output path the file is written beside the result, and only once`() async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let command = Command(folder: folder.path)
    let arguments = ["finish", "result.jpg", "--source", Samples.coffee, "--fit-source"]
    let first = try await command.run(arguments)
    #expect(first.status == 0)
    #expect(first.lines == ["result.finished.jpg"])
    let made = try folder.read("result.finished.jpg")
    let second = try await command.run(arguments + ["--match-color"])
    #expect(second.status == 73)
    #expect(try folder.read("result.finished.jpg") == made)
    #expect(try await command.run(arguments + ["--overwrite"]).status == 0)
  }

  @Test(arguments: ["result.jpg", "original.jpg", "link.jpg", "mask.png"])
  func `no picture that is read is replaced`(output: String) async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let result = try folder.read("result.jpg")
    try folder.write(result, as: "original.jpg")
    try folder.write(Synthetic.png(PixelSize(width: 1_200, height: 800)), as: "mask.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.jpg"), withDestinationPath: folder.file("original.jpg"))
    let outcome = try await Command(folder: folder.path).run(
      "finish", "result.jpg", "--source", "original.jpg", "--mask", "mask.png", "--mask-edits", "white", "-o",
      output, "--overwrite")
    #expect(outcome.status == 73 && outcome.errors.contains(output), "\(outcome.errors)")
    #expect(try folder.read("original.jpg") == result && folder.read("result.jpg") == result)
  }

  @Test func `a file in a folder gets the usual name`() async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let command = Command(folder: folder.path)
    for name in ["made", "made.v2/"] {
      let outcome = try await command.run(
        "finish", "result.jpg", "--source", Samples.coffee, "--fit-source", "-o", name, "--quiet")
      #expect(outcome.lines == [(name.hasSuffix("/") ? name : name + "/") + "result.finished.jpg"])
    }
    let refused = try await command.run(
      "finish", "result.jpg", "--source", Samples.coffee, "--fit-source", "-o", "made", "--compare",
      "made/result.finished.png")
    #expect(refused.status == 64)
  }

  @Test func `a mask is checked before anything else, and the report says how it was read`() async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let size = PixelSize(width: 60, height: 40)
    let hole = (0..<size.pixelCount).flatMap { place -> [UInt8] in [0, 0, 0, place % 60 < 20 ? 0 : 255] }
    let black = (0..<size.pixelCount).flatMap { _ -> [UInt8] in [0, 0, 0, 255] }
    for (name, pixels) in [("hole.png", hole), ("black.png", black)] {
      let mask = try Image.fromPixels(pixels, size: size, bands: 4)
      try folder.write(try mask.encoded(as: .png).array, as: name)
    }
    let command = Command(folder: folder.path)
    let arguments = ["finish", "result.jpg", "--source", Samples.coffee, "--json", "-o", "out.png"]
    let refused = try await command.run(arguments + ["--mask", "black.png"])
    #expect(refused.status == 65 && refused.errors.contains("black.png") && refused.errors.contains("white"))
    let other = try await command.run(arguments + ["--mask", "hole.png", "--mask-edits", "white"])
    #expect(other.status == 65 && !folder.names.contains("out.png"))
    let outcome = try await command.run(arguments + ["--mask", "hole.png"])
    let object = try #require(try outcome.objects().first)
    #expect(object["mask"] as? String == "transparent")
  }

  @Test func `standard output has the picture and nothing else`() async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    let outcome = try await Command(folder: folder.path).run(
      "finish", "result.jpg", "--source", Samples.coffee, "--fit-source", "-o", "-")
    #expect(outcome.status == 0)
    #expect(try decodedPixels(outcome.output).size == PixelSize(width: 600, height: 400))
  }

  @Test(arguments: [
    (["result.jpg"], Int32(64), "--source"),
    (["result.jpg", "--source", "SAMPLE"], 64, "--fit-source"),
    (["result.jpg", "--source", "no-such.png", "--align"], 66, "no-such.png"),
    (["no-such.jpg", "--source", "SAMPLE", "--align"], 66, "no-such.jpg"),
    (["result.jpg", "--source", "text.png", "--align"], 65, "text.png"),
    (["text.png", "--source", "SAMPLE", "--align"], 65, "text.png"),
    (["result.jpg", "--source", "drawing.svg", "--align"], 65, "SVG"),
    (["result.jpg", "--source", "cut.jpg", "--align"], 65, "cut.jpg"),
    (["result.jpg", "--source", "SAMPLE", "--align", "-o", "out.gif"], 64, "out.gif"),
  ])
  func `invalid input is named`(arguments: [String], status: Int32, words: String) async throws {
    let folder = try TemporaryFolder()
    try Self.writeResult(into: folder)
    try folder.write(Array("hello".utf8), as: "text.png")
    try folder.write(Array(Samples.bytes(Samples.rocket).dropLast(9_000)), as: "cut.jpg")
    try folder.write(try Samples.fixture("fields.svg"), as: "drawing.svg")
    let outcome = try await Command(folder: folder.path).run(
      ["finish"] + arguments.map { $0 == "SAMPLE" ? Samples.coffee : $0 })
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(words))
    // `finish` has no such options.
    #expect(!outcome.errors.contains("--allow") && !outcome.errors.contains("--max-pixels"))
    #expect(Set(folder.names) == ["cut.jpg", "drawing.svg", "result.jpg", "text.png"])
  }
}
