import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

@Suite struct `Editing through the library` {
  private func edit(
    _ prompt: String, _ references: [Reference], _ change: @Sendable (inout EditOptions) -> Void = { _ in }
  ) async throws -> EditResult {
    var options = EditOptions()
    change(&options)
    let settled = options
    return try await withSimulator { simulator in
      try await withEditor(gateway: .apiyi, key: key, baseURL: simulator.baseURL) { editor in
        try await editor.edit(prompt, references: references, options: settled)
      }
    }
  }

  @Test func `a portrait comes back edited, in the model's size, as it came`() async throws {
    let result = try await edit("in grayscale", [.file(Samples.portrait)])
    #expect(result.images.count == 1)
    #expect(result.image.mediaType == .jpeg)
    #expect(result.image.size == PixelSize(width: 896, height: 1200))
    #expect(result.request.ratio.description == "3:4")
    #expect(result.image.output == nil)
    #expect(result.cost.price?.amount == 0.055)
    #expect(result.reply.usage?.outputTokens == 1_120)
    let (pixels, _, bands) = try decodedPixels(result.image.bytes.array)
    let colourful = stride(from: 0, to: pixels.count, by: bands).filter {
      abs(Int(pixels[$0]) - Int(pixels[$0 + 2])) > 12
    }
    #expect(colourful.isEmpty)
  }

  @Test func `OUT decides the format; the extension is honoured exactly`() async throws {
    let folder = try TemporaryFolder()
    for (name, type, converted) in [
      ("a.png", MediaType.png, true), ("b.jpg", .jpeg, false), ("c.webp", .webp, true), ("d", .jpeg, false),
    ] {
      let path = folder.file(name)
      let result = try await edit("warm", [.file(Samples.rocket)]) { $0.output = .file(path) }
      #expect(result.image.output == path)
      #expect(result.image.isConverted == converted)
      #expect(try folder.read(name) == result.image.bytes.array)
      #expect(PictureBytes(try folder.read(name)).withSpan { PictureFormat.recognise($0) }?.mediaType == type)
    }
    #expect(folder.names == ["a.png", "b.jpg", "c.webp", "d"])
  }

  @Test func `without a name the result lies beside the first reference`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.rocket), as: "launch.jpg")
    let path = folder.file("launch.jpg")
    let result = try await edit("cool", [.file(path)]) { $0.output = .folder(nil) }
    #expect(result.image.output == folder.file("launch.edited.jpg"))
    #expect(folder.names == ["launch.edited.jpg", "launch.jpg"])
  }

  @Test(arguments: Tier.allCases)
  func `every tier gives its size`(tier: Tier) async throws {
    let result = try await edit("night", [.file(Samples.coffee)]) { $0.tier = tier }
    let factor = [Tier.one: 1, .two: 2, .four: 4]
    let expected = factor[tier].map { PixelSize(width: 1264 * $0, height: 848 * $0) }
    #expect(result.image.size == expected ?? PixelSize(width: 632, height: 424))
  }

  @Test func `several references travel in order, from files, memory and data URIs`() async throws {
    let jpeg = PictureBytes(try Synthetic.jpeg(PixelSize(width: 90, height: 60)))
    let uri = DataURI(mediaType: .jpeg, bytes: jpeg).text
    let result = try await edit("blur", [.file(Samples.coffee), .bytes(jpeg, name: "style"), .dataURI(uri)])
    #expect(result.prepared.map(\.source.name) == [Samples.coffee, "style", "data:image/jpeg"])
    #expect(result.request.ratio.description == "3:2")
  }

  @Test func `the picture is never returned as it was`() async throws {
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

  @Test func `an editor that is forgotten ends by itself`() throws {
    for _ in 0..<20 { _ = try Editor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") }
  }

  @Test func `a plan says what would be sent and sends nothing`() async throws {
    try await ScriptedGateway.run(.hangUp) { gateway in
      try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        let plan = try await editor.plan("warm", references: [.file(Samples.portrait)])
        #expect(plan.request.bytes.bytes > plan.prepared[0].reference.bytes.count * 4 / 3)
        #expect(plan.cost.price?.currency == "USD")
      }
      #expect(gateway.requests.isEmpty)
    }
  }
}

@Suite struct `What really travels` {
  @Test func `exactly the prepared bytes, with a known length and the key only in its header`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    try await ScriptedGateway.run(.reply(status: 503, body: "{}")) { gateway in
      await #expect(throws: PlantainError.self) {
        try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit("warm", references: [.bytes(picture, name: "p")])
        }
      }
      let request = try #require(gateway.requests.first)
      #expect(gateway.requests.count == 1)
      #expect(
        request.head.hasPrefix("POST /v1beta/models/gemini-3.1-flash-image-preview:generateContent HTTP/1.1"))
      #expect(request.head.lowercased().contains("content-length: \(request.body.count)"))
      #expect(!request.head.lowercased().contains("chunked"))
      #expect(request.head.contains("Bearer sk-canary-7f3a"))
      #expect(!String(decoding: request.body, as: UTF8.self).contains("canary"))
      let json = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
      #expect(Set(json.keys) == ["contents", "generationConfig"])
      let contents = try #require(json["contents"] as? [[String: Any]])
      let parts = try #require(contents.first?["parts"] as? [[String: Any]])
      let inline = try #require(parts.last?["inlineData"] as? [String: String])
      #expect(inline["mimeType"] == "image/jpeg")
      let text = try #require(inline["data"])
      #expect(Data(base64Encoded: text) == Data(picture.array))
    }
  }
}

@Suite struct `Failures of a gateway` {
  private func error(
    _ answer: ScriptedGateway.Answer, _ change: (inout EditOptions) -> Void = { _ in }
  ) async throws -> (PlantainError, requests: Int) {
    var options = EditOptions()
    change(&options)
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 60, height: 40)))
    return try await ScriptedGateway.run(answer) { [options] gateway in
      let error = await #expect(throws: PlantainError.self) {
        try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit("warm", references: [.bytes(picture, name: "p")], options: options)
        }
      }
      return (try #require(error), gateway.requests.count)
    }
  }

  struct Row: Sendable {
    let status: Int
    let body: String
    let exit: Int32
    let billed: PlantainError.Billing
    var headers: [(String, String)] = []
  }

  private static let text =
    #"{"candidates":[{"content":{"parts":[{"text":"I can't."}]},"finishReason":"STOP"}]}"#
  static let rows = [
    Row(
      status: 400,
      body: #"{"error":{"message":"sk-canary-7f3a is wrong","details":[{"reason":"API_KEY_INVALID"}]}}"#,
      exit: 77, billed: .no),
    Row(status: 401, body: #"{"error":{"message":"no"}}"#, exit: 77, billed: .no),
    Row(status: 402, body: "{}", exit: 77, billed: .no), Row(status: 404, body: "{}", exit: 82, billed: .no),
    Row(status: 413, body: "<html>", exit: 82, billed: .no),
    Row(status: 429, body: "{}", exit: 75, billed: .no, headers: [("Retry-After", "17")]),
    Row(status: 503, body: "{}", exit: 75, billed: .no),
    Row(status: 500, body: "{}", exit: 76, billed: .unknown),
    Row(status: 524, body: "", exit: 76, billed: .unknown),
    Row(status: 307, body: "", exit: 82, billed: .no, headers: [("Location", "http://127.0.0.1:1/")]),
    Row(status: 200, body: text, exit: 80, billed: .unknown),
    Row(status: 200, body: #"{"candidates":null}"#, exit: 80, billed: .unknown),
    Row(status: 200, body: #"{"promptFeedback":{"blockReason":"SAFETY"}}"#, exit: 79, billed: .unknown),
    Row(status: 200, body: "<html>sk-canary-7f3a</html>", exit: 80, billed: .unknown),
  ]

  @Test(arguments: rows.indices)
  func `each has its exit status, is sent once, and does not tell the key`(position: Int) async throws {
    let row = Self.rows[position]
    let (error, requests) = try await error(.reply(status: row.status, headers: row.headers, body: row.body))
    #expect(error.exitStatus == row.exit)
    #expect(error.billed == row.billed)
    #expect(error.message.contains("apiyi"))
    #expect(error.hint != nil)
    #expect(requests == 1)
    #expect(!"\(error)\(error.message)\(error.hint ?? "")".contains("canary"))
    if row.status == 429 {
      #expect(error.retryAfter == .seconds(17))
      #expect(error.hint?.contains("17 s") == true)
    }
    if row.body == Self.text { #expect(error.message.contains("I can't.")) }
  }

  @Test func `a connection lost after sending is never repeated`() async throws {
    let (error, requests) = try await error(.hangUp)
    #expect(error.exitStatus == 76)
    #expect(error.billed == .unknown)
    #expect(requests == 1)
  }

  @Test func `no answer within the time is an unknown outcome`() async throws {
    let (error, requests) = try await error(.silence) { $0.timeout = .milliseconds(300) }
    #expect(error.exitStatus == 76)
    #expect(requests == 1)
  }

  @Test func `a reply that stalls after its head ends with the time, too`() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
    let (error, requests) = try await error(.stall(head)) { $0.timeout = .milliseconds(300) }
    #expect(error.exitStatus == 76)
    #expect(requests == 1)
  }

  @Test func `a closed port was reached by nobody`() async throws {
    let address = try await ScriptedGateway.run(.hangUp) { $0.baseURL }
    let error = await #expect(throws: PlantainError.self) {
      try await withEditor(gateway: .apiyi, key: key, baseURL: address) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)])
      }
    }
    #expect(error?.exitStatus == 69)
    #expect(error?.billed == PlantainError.Billing.no)
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test func `a picture that is none is kept beside the output, with its name in the error`() async throws {
    let folder = try TemporaryFolder()
    let bogus = Data("not a picture at all".utf8).base64EncodedString()
    let body =
      #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"\#(bogus)"}}]}}]}"#
    let (error, _) = try await error(.reply(status: 200, body: body)) {
      $0.output = .file(folder.file("out.png"))
    }
    #expect(error.exitStatus == 80)
    #expect(error.billed == .yes)
    #expect(folder.names == ["out-kept.reply"])
    #expect(error.hint?.contains(folder.file("out-kept.reply")) == true)
    #expect(try folder.read("out-kept.reply") == Array("not a picture at all".utf8))
  }

  @Test func `one bad picture among several costs only itself`() async throws {
    let good = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 64))).base64EncodedString()
    let bad = Data("GIF89a, or so it says".utf8).base64EncodedString()
    let folder = try TemporaryFolder()
    let parts = [good, bad, good.replacingOccurrences(of: "=", with: "") + "\\n"].map {
      #"{"inlineData":{"mimeType":"image/jpeg","data":"\#($0)"}}"#
    }
    let body = #"{"candidates":[{"content":{"parts":[\#(parts.joined(separator: ","))]}}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
      var options = EditOptions()
      options.output = .file(folder.file("out.jpg"))
      let settled = options
      let result = try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)], options: settled)
      }
      #expect(result.images.count == 2)
      #expect(result.warnings.contains(.pictureUnusable))
      #expect(result.image.output == folder.file("out.jpg"))
      #expect(folder.names == ["out-1.jpg", "out-kept.reply", "out.jpg"])
    }
  }

  @Test func `a paid reply that cannot be read is kept`() async throws {
    let folder = try TemporaryFolder()
    let (error, _) = try await error(.reply(status: 200, body: "<html>portal</html>")) {
      $0.output = .file(folder.file("out.png"))
    }
    #expect(error.exitStatus == 80)
    #expect(folder.names == ["out-kept.reply"])
    #expect(try folder.read("out-kept.reply") == Array("<html>portal</html>".utf8))
    #expect(error.hint?.contains("out-kept.reply") == true)
  }

  @Test func `a label that lies is reported and the bytes believed`() async throws {
    let jpeg = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 64))).base64EncodedString()
    let body =
      #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"\#(jpeg)"}}]}}]}"#
    let folder = try TemporaryFolder()
    try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
      var options = EditOptions()
      options.output = .folder(folder.path)
      let settled = options
      let result = try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)], options: settled)
      }
      #expect(result.image.mediaType == .jpeg)
      #expect(result.warnings.contains(.labelWrong))
      #expect(folder.names == ["coffee.edited.jpg"])
    }
  }
}

@Suite struct `Refused before anything is sent` {
  private func error(
    _ references: [Reference] = [.file(Samples.coffee)], prompt: String = "warm",
    key: APIKey.Source = key, _ change: (inout EditOptions) -> Void = { _ in }
  ) async throws -> PlantainError {
    var options = EditOptions()
    change(&options)
    return try await ScriptedGateway.run(.hangUp) { [options] gateway in
      let error = await #expect(throws: PlantainError.self) {
        try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit(prompt, references: references, options: options)
        }
      }
      #expect(gateway.requests.isEmpty)
      return try #require(error)
    }
  }

  @Test func `an output that is in the way, or cannot be written`() async throws {
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

  @Test func `options that the route lacks`() async throws {
    let odd = try #require(AspectRatio(parsing: "7:5"))
    #expect(try await error { $0.aspect = .ratio(odd) }.exitStatus == 82)
    let many = Array(repeating: Reference.file(Samples.coffee), count: 15)
    let tooMany = try await error(many)
    #expect(tooMany.exitStatus == 82)
    #expect(tooMany.message.contains("14") && tooMany.message.contains("15"))
    #expect(try await error(prompt: "").exitStatus == 64)
    #expect(try await error([]).exitStatus == 64)
  }

  @Test func `a missing key, and an address that would show it`() async throws {
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

  @Test func `a request that cannot fit`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    let small = try await error([.bytes(picture, name: "p")]) { $0.requestBytes = ByteCount(3_000) }
    #expect(small.exitStatus == 64)
  }

  @Test func `nearest takes the neighbour and says so`() async throws {
    let odd = try #require(AspectRatio(parsing: "7:5"))
    try await withEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") { editor in
      var options = EditOptions()
      options.aspect = .ratio(odd)
      options.acceptsNearest = true
      let plan = try await editor.plan("warm", references: [.file(Samples.coffee)], options: options)
      #expect(plan.request.ratio.description == "4:3")
      #expect(plan.warnings.contains(.aspectReplaced))
    }
  }

  @Test func `references share the request's bytes`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    let references = (0..<4).map { Reference.bytes(picture, name: "p\($0)") }
    try await withEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:1") { editor in
      var options = EditOptions()
      options.requestBytes = ByteCount(400_000)
      let plan = try await editor.plan("warm", references: references, options: options)
      #expect(plan.request.bytes <= ByteCount(400_000))
      #expect(plan.request.bytes > ByteCount(300_000))
    }
  }
}
