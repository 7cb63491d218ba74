import Foundation
import PlantainSimulator
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

  @Test func `the prompt from a file is sent byte for byte`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("  two lines\n and \"quotes\" \n".utf8), as: "prompt.txt")
    try await ScriptedGateway.run(.reply(status: 503, body: "{}")) { gateway in
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
      let outcome = try command.run("edit", Samples.coffee, "-p", "x", "-o", "-")
      #expect(outcome.status == 75)
      #expect(outcome.errors.contains("9 s"))
      #expect(gateway.requests.count == 1)
    }
  }
}

@Suite struct `The sample program` {
  @Test func `edits through the library, and ends with the command's statuses`() async throws {
    let folder = try TemporaryFolder()
    try await withSimulator { simulator in
      let command = Command(folder: folder.path, environment: ["PLANTAIN_APIYI_URL": simulator.baseURL])
      let done = try command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(done.status == 0)
      #expect(done.text == "night.png: 896×1200 image/png\n")
      #expect(folder.names == ["night.png"])
      let again = try command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(again.status == 73)
    }
  }
}

@Suite struct `Interrupted` {
  @Test(arguments: [SIGINT, SIGTERM])
  func `after sending: 130, nothing left behind, and the money is named`(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    try await ScriptedGateway.run(.silence) { gateway in
      let arguments = [
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--base-url", gateway.baseURL, "-o",
        "out.png",
      ]
      let outcome = try await Command(folder: folder.path).run(arguments) { process in
        await gateway.firstRequest()
        kill(process.processIdentifier, signal)
      }
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("billed"))
      #expect(folder.names.isEmpty)
      #expect(gateway.requests.count == 1)
    }
  }
}

@Suite struct `Standard output that takes nothing` {
  @Test func `a paid picture is kept, and its place named`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Command(environment: ["TMPDIR": folder.path]).run(
      shell: #""$plantain" edit '\#(Samples.coffee)' -p cool -o - --gateway simulator > /dev/full"#)
    #expect(outcome.status == 73)
    #expect(folder.names == ["plantain-kept.jpg"])
    #expect(outcome.errors.contains("plantain-kept.jpg"))
    #expect(try decodedPixels(folder.read("plantain-kept.jpg")).size == PixelSize(width: 1264, height: 848))
  }

  @Test func `a paid picture that cannot be used is kept there too`() async throws {
    let folder = try TemporaryFolder()
    let bogus = Data("no picture".utf8).base64EncodedString()
    let body =
      #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"\#(bogus)"}}]}}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
      let outcome = try Command(environment: ["TMPDIR": folder.path])
        .run(
          "edit", Samples.coffee, "-p", "x", "-o", "-", "--gateway", "apiyi", "--base-url", gateway.baseURL)
      #expect(outcome.status == 80)
      #expect(folder.names == ["plantain-kept.reply"])
      #expect(outcome.errors.contains("plantain-kept.reply"))
    }
  }

  @Test func `a report that is lost is an error`() throws {
    let outcome = try Command().run(shell: #""$plantain" inspect '\#(Samples.coffee)' --json > /dev/full"#)
    #expect(outcome.status == 73)
  }
}

@Suite struct `plantain prepare and inspect` {
  @Test func `a data URI holds the prepared picture`() throws {
    let outcome = try Command().run("prepare", Samples.portrait, "--data-uri", "--quiet")
    #expect(outcome.status == 0)
    let uri = try #require(outcome.lines.first)
    #expect(uri.hasPrefix("data:image/jpeg;base64,"))
    let bytes = try #require(Data(base64Encoded: String(uri.dropFirst(23))))
    #expect(try decodedPixels([UInt8](bytes)).size == PixelSize(width: 384, height: 512))
  }

  @Test func `base64 alone`() throws {
    let outcome = try Command().run("prepare", Samples.coffee, "--base64", "--format", "webp", "--quiet")
    let bytes = try #require(Data(base64Encoded: outcome.text.filter { $0 != "\n" }))
    #expect(bytes.prefix(4) == Data("RIFF".utf8))
  }

  @Test func `files into a folder, under the cap, with their report`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Command(folder: folder.path).run(
      "prepare", Samples.portrait, Samples.rocket, Samples.coffee, "-o", "made", "--max-bytes", "20KB",
      "--max-edge", "300", "--json")
    #expect(outcome.status == 0)
    let objects = try outcome.objects()
    #expect(objects.map { $0["source"] as? String } == [Samples.portrait, Samples.rocket, Samples.coffee])
    for object in objects {
      let name = try #require(object["output"] as? String)
      let file = try folder.read(name)
      #expect(file.count == object["bytes"] as? Int)
      #expect(file.count <= 20_000)
      let edges = [object["width"] as? Int, object["height"] as? Int].compactMap(\.self)
      #expect(edges.count == 2)
      #expect(edges.allSatisfy { $0 <= 300 })
      #expect(object["passthrough"] as? Bool == false)
      #expect(object["base64Bytes"] as? Int == (file.count + 2) / 3 * 4)
    }
  }

  @Test func `the same picture gives the same report and bytes as in the library's words`() throws {
    let outcome = try Command().run("inspect", Samples.portrait, "--json")
    let object = try #require(try outcome.objects().first)
    #expect(object["width"] as? Int == 512)
    #expect(object["orientation"] as? Int == 6)
    #expect(object["metadata"] as? [String] == ["exif", "gps"])
    let plan = try #require(object["plan"] as? [[String: Any]])
    #expect(plan.map { $0["step"] as? String } == ["strip", "orient"])
    #expect((object["colour"] as? [String: Any])?["alpha"] as? Bool == false)
  }

  @Test func `a bad picture stands in its place among the others, and the first failure is the status`()
    throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Array("hello".utf8), as: "text.jpg")
    let outcome = try Command(folder: folder.path).run(
      "prepare", Samples.coffee, "missing.jpg", "text.jpg", Samples.rocket, "--json")
    #expect(outcome.status == 66)
    let objects = try outcome.objects()
    #expect(objects.map { $0["error"] != nil } == [false, true, true, false])
    let error = try #require(objects[1]["error"] as? [String: Any])
    #expect(error["exit"] as? Int == 66)
    #expect(error["subject"] as? String == "missing.jpg")
    #expect(error["billed"] as? String == "no")
  }

  @Test func `names that would fall together are refused before any work`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.coffee), as: "coffee.png")
    let outcome = try Command(folder: folder.path).run("prepare", Samples.coffee, "coffee.png", "-o", "made")
    #expect(outcome.status == 64)
    #expect(folder.names == ["coffee.png"])
  }
}

@Suite struct `Bad input to the command` {
  struct Row: Sendable {
    let name: String
    let exit: Int32
    let words: [String]
    var options: [String] = []
  }

  static let rows = [
    Row(name: "missing.jpg", exit: 66, words: ["missing.jpg", "no such file"]),
    Row(name: "folder", exit: 66, words: ["folder", "a folder"]),
    Row(name: "empty.jpg", exit: 65, words: ["empty.jpg", "empty"]),
    Row(name: "text.jpg", exit: 65, words: ["text.jpg", "not a picture"]),
    Row(name: "cut.jpg", exit: 65, words: ["cut.jpg", "cut short"]),
    Row(
      name: "good.jpg", exit: 65, words: ["good.jpg", "2,400 pixels", "1,000"],
      options: ["--max-pixels", "1000"]),
    Row(name: "good.jpg", exit: 64, words: ["1…100", "140"], options: ["--quality", "140"]),
    Row(name: "good.jpg", exit: 64, words: ["--max-bytes", "ten"], options: ["--max-bytes", "ten"]),
    Row(name: "good.jpg", exit: 64, words: ["10,000,000", "11,000,000"], options: ["--max-bytes", "11MB"]),
    Row(name: "good.jpg", exit: 73, words: ["good.jpg", "--overwrite"], options: ["-o", "good.jpg"]),
    Row(name: "good.jpg", exit: 73, words: ["text.jpg/x.png"], options: ["-o", "text.jpg/x.png"]),
    Row(name: "good.jpg", exit: 64, words: ["GIF"], options: ["-o", "x.gif"]),
    Row(name: "good.jpg", exit: 82, words: ["7:5", "--nearest"], options: ["--aspect", "7:5"]),
    Row(name: "https://example.com/a.jpg", exit: 66, words: ["URL", "Download"]),
    Row(name: "data:image/png;base64,@@@", exit: 65, words: ["data URI", "position 22"]),
  ]

  @Test(arguments: rows.indices)
  func `ends in a message that names it, the right status, and no file`(position: Int) throws {
    let row = Self.rows[position]
    let folder = try TemporaryFolder()
    let good = try Synthetic.jpeg(PixelSize(width: 60, height: 40))
    try folder.write(good, as: "good.jpg")
    try folder.write([], as: "empty.jpg")
    try folder.write(Array("just text".utf8), as: "text.jpg")
    try folder.write(Array(good.prefix(good.count / 2)), as: "cut.jpg")
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    let names = folder.names
    let arguments = ["edit", row.name, "-p", "x", "--gateway", "simulator", "--verbose"] + row.options
    let plain = try Command(folder: folder.path).run(arguments)
    #expect(plain.status == row.exit)
    for word in row.words { #expect(plain.errors.contains(word), "\(plain.errors)") }
    #expect(folder.names == names)

    let json = try Command(folder: folder.path).run(arguments + ["--json"])
    #expect(json.status == row.exit)
    let error = try #require(try json.objects().last?["error"] as? [String: Any])
    #expect(error["exit"] as? Int32 == row.exit)
    #expect(folder.names == names)
  }

  @Test func `keys: none, and one that is rejected, in no output at any verbosity`() async throws {
    var command = Command()
    command.environment = ["APIYI_API_KEY": ""]
    let none = try command.run("edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "-o", "-")
    #expect(none.status == 77)
    #expect(none.errors.contains("APIYI_API_KEY"))

    let body =
      #"{"error":{"code":400,"message":"API key \#(Command.canary) not valid","status":"INVALID_ARGUMENT","#
      + #""details":[{"reason":"API_KEY_INVALID"}]}}"#
    try await ScriptedGateway.run(.reply(status: 400, headers: [("X-Echo", Command.canary)], body: body)) {
      gateway in
      for flags in [[], ["--verbose"], ["--json"], ["--quiet"], ["--json", "--verbose"]] {
        let outcome = try Command().run(
          ["edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--base-url", gateway.baseURL, "-o", "-"]
            .filter { !(flags.contains("--json") && ["-o", "-"].contains($0)) } + flags
            + (flags.contains("--json")
              ? ["-o", NSTemporaryDirectory() + "never-\(UUID().uuidString).png"] : []))
        #expect(outcome.status == 77)
        #expect(outcome.errors.contains("rejects the key"))
        #expect(!(outcome.errors + outcome.text).contains(Command.canary))
      }
      #expect(gateway.requests.allSatisfy { $0.head.contains(Command.canary) })
    }
  }

  @Test func `a name that is not UTF-8 is refused, not mangled`() throws {
    // Through a shell, because the arguments of a test are already text.
    for flags in ["", "--json"] {
      let outcome = try Command().run(shell: #""$plantain" inspect "$(printf 'caf\351.jpg')" "# + flags)
      #expect(outcome.status == 66)
      #expect(outcome.errors.contains("not UTF-8"))
      if !flags.isEmpty { #expect(try outcome.objects().last?["error"] != nil) }
    }
  }

  @Test func `help and version`() throws {
    let help = try Command().run("--help")
    #expect(help.status == 0)
    for name in ["edit", "prepare", "inspect"] { #expect(help.text.contains(name)) }
    #expect(try Command().run("--version").text == "0.1.0\n")
    #expect(try Command().run("bake").status == 64)
  }
}
