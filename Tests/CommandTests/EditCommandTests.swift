import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite struct `plantain edit` {
  @Test func `a portrait through the simulator`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Command(folder: folder.path)
      .run("edit", Samples.portrait, "-p", "a warm evening", "-o", "out.png", "--gateway", "simulator")
    #expect(outcome.status == 0)
    #expect(outcome.text == "out.png\n")
    for word in ["orient", "sending", "answered", "896×1200 image/png"] {
      #expect(outcome.errors.contains(word))
    }
    #expect(folder.names == ["out.png"])
    #expect(try decodedPixels(folder.read("out.png")).size == PixelSize(width: 896, height: 1200))
  }

  @Test func `JSON has the contract's fields and nothing else is on standard output`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Command(folder: folder.path)
      .run("edit", Samples.rocket, "-p", "x", "-o", "o/", "--gateway", "simulator", "--json", "--quiet")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let object = try #require(try outcome.objects().first)
    #expect(outcome.lines.count == 1)
    let expected: Set<String> = [
      "id", "gateway", "model", "images", "prepared", "request", "usage", "cost", "finish", "attempts",
      "warnings",
      "seconds",
    ]
    #expect(expected.isSubset(of: object.keys))
    let image = try #require((object["images"] as? [[String: Any]])?.first)
    #expect(image["output"] as? String == "o/rocket.edited.jpg")
    #expect(image["mediaType"] as? String == "image/jpeg")
    #expect((image["sha256"] as? String)?.count == 64)
    let prepared = try #require((object["prepared"] as? [[String: Any]])?.first)
    #expect(prepared["source"] as? String == Samples.rocket)
  }

  @Test func `standard input to standard output`() throws {
    let outcome = try Command().run(
      "edit", "-", "-p", "cool", "-o", "-", "--gateway", "simulator", "--quiet",
      input: Samples.bytes(Samples.coffee))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(try decodedPixels(outcome.output).size == PixelSize(width: 1264, height: 848))
  }

  @Test func `standard input is read once, also when it must be prepared twice`() throws {
    let picture = try Synthetic.jpeg(PixelSize(width: 500, height: 400), quality: 97)
    let outcome = try Command().run(
      [
        "edit", "-", Samples.coffee, "-p", "x", "-o", "-", "--gateway", "simulator", "--request-bytes",
        "150KB",
      ],
      input: picture)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("at most"))
    #expect(try decodedPixels(outcome.output).size.width > 0)
  }

  @Test func `the prompt from a file is sent byte for byte`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("  two lines\n and \"quotes\" \n".utf8), as: "prompt.txt")
    try await ScriptedGateway.run(.reply(status: 503, headers: [("Retry-After", "3600")], body: "{}")) {
      gateway in
      let outcome = try Command(folder: folder.path).run(
        "edit", Samples.coffee, "--prompt-file", "prompt.txt", "--gateway", "apiyi", "--base-url",
        gateway.baseURL)
      #expect(outcome.status == 75)
      let body = try #require(gateway.requests.first?.body)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
      let parts = (json["contents"] as? [[String: Any]])?.first?["parts"] as? [[String: Any]]
      #expect(parts?.first?["text"] as? String == "  two lines\n and \"quotes\" \n")
    }
  }

  @Test func `a dry run says what would be sent and opens no socket`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Command(folder: folder.path).run(
      "edit", Samples.portrait, "-p", "x", "--gateway", "apiyi", "--base-url", "http://127.0.0.1:1", "-o",
      "o.png",
      "--dry-run", "--json", "--quiet")
    #expect(outcome.status == 0)
    let object = try #require(try outcome.objects().first)
    #expect(object["images"] == nil)
    #expect((object["cost"] as? [String: Any])?["basis"] as? String == "table")
    #expect(folder.names.isEmpty)
  }

  @Test func `without a gateway the error says what to set`() throws {
    let outcome = try Command().run("edit", Samples.coffee, "-p", "x")
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("PLANTAIN_GATEWAY"))
    #expect(outcome.errors.contains("--gateway simulator"))
  }

  @Test func `the environment names gateway and address`() async throws {
    try await ScriptedGateway.run(.reply(status: 429, headers: [("Retry-After", "9")], body: "{}")) {
      gateway in
      var command = Command()
      command.environment = ["PLANTAIN_GATEWAY": "apiyi", "PLANTAIN_APIYI_URL": gateway.baseURL]
      let outcome = try command.run("edit", Samples.coffee, "-p", "x", "-o", "-", "--timeout", "9s")
      #expect(outcome.status == 75)
      #expect(outcome.errors.contains("9 s"))
      #expect(gateway.requests.count == 1)
    }
  }
}
