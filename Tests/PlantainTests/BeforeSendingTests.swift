import Foundation
import Plantain
import TestSupport
import Testing

@Suite(.endsInTime) struct `Refused before anything is sent` {
  private func error(
    _ references: [Reference] = [.file(Samples.coffee)], prompt: String = "warm",
    key: APIKey.Source = key, gateway: Gateway = .apiyi, _ change: (inout EditOptions) -> Void = { _ in }
  ) async throws -> PlantainError {
    let options = editOptions(change)
    let scenario = Scenario(in: try TemporaryFolder())
    return try await scenario.scripted([.hangUp], by: gateway, key: key) { editor, server in
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit(prompt, references: references, options: options)
      }
      #expect(server.requests.isEmpty)
      return try #require(error)
    }
  }

  @Test func `an output that exists or cannot be written is refused`() async throws {
    let folder = try TemporaryFolder()
    try folder.write([1], as: "taken.png")
    #expect(try await error { $0.output = .file(folder.file("taken.png")) }.exitStatus == 73)
    #expect(try await error { $0.output = .file(folder.file("taken.png/x.png")) }.exitStatus == 73)
    symlink(folder.file("nowhere"), folder.file("dangling.png"))
    let long = String(repeating: "n", count: 300) + ".png"
    for name in [long, "dangling.png", "new/.", "new/.."] {
      #expect(try await error { $0.output = .file(folder.file(name)) }.exitStatus == 73, "\(name)")
    }
    #expect(try await error { $0.output = .file("") }.exitStatus == 73)
    unlink(folder.file("dangling.png"))
    try folder.write([1], as: "coffee.edited.webp")
    #expect(try await error { $0.output = .folder(folder.path) }.exitStatus == 73)
    #expect(try await error { $0.output = .file(folder.file("out.gif")) }.exitStatus == 64)
    #expect(folder.names == ["coffee.edited.webp", "taken.png"])
    #expect(try folder.read("taken.png") == [1])
  }

  @Test func `options that the route lacks are refused`() async throws {
    let odd = try #require(AspectRatio(parsing: "7:5"))
    #expect(try await error { $0.aspect = .ratio(odd) }.exitStatus == 82)
    let many = Array(repeating: Reference.file(Samples.coffee), count: 15)
    let tooMany = try await error(many)
    #expect(tooMany.exitStatus == 82)
    #expect(tooMany.message.contains("14") && tooMany.message.contains("15"))
    #expect(try await error(prompt: "").exitStatus == 64)
    #expect(try await error([], gateway: .myrouter).exitStatus == 82)
  }

  @Test func `a missing key, and a URL that would expose the key, are refused`() async throws {
    let missing = try await error(key: .environment("PLANTAIN_TEST_NO_SUCH_KEY"))
    #expect(missing.exitStatus == 77)
    #expect(missing.hint?.contains("PLANTAIN_TEST_NO_SUCH_KEY") == true)
    for address in [
      "http://example.com", "ftp://example.com", "https://user@example.com", "api.example.com", "https://",
      "http://127.0.0.1:99999", "https://:80", "https://a:b", "http://localhost:-1",
      "http://[::1].evil.example:1",
      "https://a..b", "https://[::1", "https://a:0", "http://127.0.0.1.example.com",
    ] {
      #expect(throws: PlantainError.self) { try Editor(gateway: .apiyi, key: key, baseURL: address) }
    }
  }

  @Test func `a request that cannot fit is refused`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    let small = try await error([.bytes(picture, name: "p")]) { $0.requestBytes = ByteCount(3_000) }
    #expect(small.exitStatus == 64)
  }

  @Test func `accepting the nearest ratio uses it and gives a warning`() async throws {
    let odd = try #require(AspectRatio(parsing: "7:5"))
    try await withTestEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") { editor in
      var options = EditOptions()
      options.aspect = .ratio(odd)
      options.acceptsNearest = true
      let plan = try await editor.plan("warm", references: [.file(Samples.coffee)], options: options)
      #expect(plan.request.ratio?.description == "4:3")
      #expect(plan.warnings.contains(.aspectReplaced))
    }
  }

  @Test func `references share the request's bytes`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    let references = (0..<4).map { Reference.bytes(picture, name: "p\($0)") }
    try await withTestEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") { editor in
      var options = EditOptions()
      options.requestBytes = ByteCount(400_000)
      let plan = try await editor.plan("warm", references: references, options: options)
      #expect(plan.request.bytes <= ByteCount(400_000))
      #expect(plan.request.bytes > ByteCount(300_000))
    }
  }

  @Test func `a plan opens no socket, so it leaves out references by URL and lists them`() async throws {
    let address = "https://127.0.0.1/b.jpg?signature=1"
    try await withTestEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") { editor in
      let plan = try await editor.plan("warm", references: [.file(Samples.coffee), .url(address)])
      #expect(plan.notFetched == ["https://127.0.0.1/b.jpg"])
      #expect(plan.prepared.count == 1)
      #expect(plan.request.ratio?.description == "3:2")
      let only = try await editor.plan("warm", references: [.url(address)])
      #expect(only.request.ratio == nil)
      await #expect(throws: PlantainError.self) { try await editor.edit("warm", references: [.url(address)]) }
      let plain = [Reference.url("http://example.org/a.jpg")]
      let (run, dry) = (
        await #expect(throws: PlantainError.self) { try await editor.edit("warm", references: plain) },
        await #expect(throws: PlantainError.self) { try await editor.plan("warm", references: plain) }
      )
      #expect(dry?.exitStatus == 66 && run?.exitStatus == 66 && dry?.message == run?.message)
    }
  }
}
