import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

@Suite(.endsInTime) struct `Editing through the library` {
  private func edit(
    _ prompt: String, _ references: [Reference], _ change: @Sendable (inout EditOptions) -> Void = { _ in }
  ) async throws -> EditResult {
    let options = editOptions(change)
    return try await withSimulator { simulator in
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: simulator.baseURL) { editor in
        try await editor.edit(prompt, references: references, options: options)
      }
    }
  }

  @Test func `a portrait is edited in the model's size and returned as received`() async throws {
    let result = try await edit("in grayscale", [.file(Samples.portrait)])
    #expect(result.images.count == 1)
    #expect(result.image.mediaType == .jpeg)
    #expect(result.image.size == PixelSize(width: 896, height: 1200))
    #expect(result.request.ratio?.description == "3:4")
    #expect(result.image.output == nil)
    #expect(result.cost.price?.money.amount == 0.055)
    #expect(result.reply.usage?.outputTokens == 1_120)
    let (pixels, _, bands) = try decodedPixels(result.image.bytes.array)
    let colorful = stride(from: 0, to: pixels.count, by: bands).filter {
      abs(Int(pixels[$0]) - Int(pixels[$0 + 2])) > 12
    }
    #expect(colorful.isEmpty)
  }

  @Test func `the output's extension sets the format and is kept exactly`() async throws {
    let folder = try TemporaryFolder()
    for (name, type, converted) in [
      ("a.png", MediaType.png, true), ("b.jpg", .jpeg, false), ("c.webp", .webp, true), ("d", .jpeg, false),
    ] {
      let path = folder.file(name)
      let result = try await edit("warm", [.file(Samples.rocket)]) { $0.output = .file(path) }
      #expect(result.image.output == path)
      #expect(result.image.isConverted == converted)
      #expect(try folder.read(name) == result.image.bytes.array)
      #expect(PictureBytes(try folder.read(name)).withSpan { PictureFormat.recognize($0) }?.mediaType == type)
    }
    #expect(folder.names == ["a.png", "b.jpg", "c.webp", "d"])
  }

  @Test func `without an output name the result is written beside the first reference`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.rocket), as: "launch.jpg")
    let path = folder.file("launch.jpg")
    let result = try await edit("cool", [.file(path)]) { $0.output = .folder(nil) }
    #expect(result.image.output == folder.file("launch.edited.jpg"))
    #expect(folder.names == ["launch.edited.jpg", "launch.jpg"])
  }

  @Test(arguments: Tier.allCases)
  func `every tier has its size`(tier: Tier) async throws {
    let result = try await edit("night", [.file(Samples.coffee)]) { $0.tier = tier }
    let factor = [Tier.one: 1, .two: 2, .four: 4]
    let expected = factor[tier].map { PixelSize(width: 1264 * $0, height: 848 * $0) }
    #expect(result.image.size == expected ?? PixelSize(width: 632, height: 424))
  }

  @Test func `references are sent in order, from files, memory, and data URIs`() async throws {
    let jpeg = PictureBytes(try Synthetic.jpeg(PixelSize(width: 90, height: 60)))
    let uri = DataURI(mediaType: .jpeg, bytes: jpeg).text
    let result = try await edit("blur", [.file(Samples.coffee), .bytes(jpeg, name: "style"), .dataURI(uri)])
    #expect(result.prepared.map(\.source.name) == [Samples.coffee, "style", "data:image/jpeg"])
    #expect(result.request.ratio?.description == "3:2")
  }

  @Test func `the page option applies to the first reference`() async throws {
    let pages = Reference.bytes(PictureBytes(try Samples.fixture("pages.tif")), name: "pages")
    let result = try await edit("cool", [pages, .file(Samples.coffee)]) { $0.preparation.page = 2 }
    #expect(result.prepared[0].reference.steps.map(\.kind) == [.page, .format])
    #expect(!result.prepared[1].reference.steps.map(\.kind).contains(.page))
    await #expect(throws: PlantainError.self) {
      try await edit("cool", [.file(Samples.coffee)]) { $0.preparation.page = 2 }
    }
  }

  @Test(.enabled(if: !isFastRun)) func `the simulator never returns the picture unchanged`() async throws {
    for prompt in ["grayscale", "blur", "warm", "cool", "night", "sketch", "anything"] {
      let size = PixelSize(width: 632, height: 424)
      let file = try Synthetic.fields(size)
      let result = try await edit(prompt, [.bytes(PictureBytes(file), name: "fields")]) { $0.tier = .half }
      let (before, after) = (try decodedPixels(file), try decodedPixels(result.image.bytes.array))
      #expect(after.size == before.size)
      let difference = zip(before.pixels, after.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Double(difference) / Double(before.pixels.count) > 2, "\(prompt)")
    }
  }

  @Test func `an editor that is released closes itself`() throws {
    for _ in 0..<20 { _ = try Editor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") }
  }

  @Test func `a plan says what would be sent and sends nothing`() async throws {
    try await ScriptedGateway.run(.hangUp) { gateway in
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        let plan = try await editor.plan("warm", references: [.file(Samples.portrait)])
        #expect(plan.request.bytes.bytes > plan.prepared[0].reference.content.count * 4 / 3)
        #expect(plan.cost.price?.money.currency == "USD")
      }
      #expect(gateway.requests.isEmpty)
    }
  }
}
