import Foundation
import Gateways
import PlantainSimulator
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `plantain edit` {
  @Test func `a portrait is edited through the simulator`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path)
      .run("edit", Samples.portrait, "-p", "a warm evening", "-o", "out.png", "--gateway", "simulator")
    #expect(outcome.status == 0)
    #expect(outcome.text == "out.png\n")
    for word in ["orient", "sending", "answered", "896×1200 image/png"] {
      #expect(outcome.errors.contains(word))
    }
    #expect(folder.names == ["out.png"])
    #expect(try decodedPixels(folder.read("out.png")).size == PixelSize(width: 896, height: 1200))
  }

  @Test func `one result is written to the named file or into a folder`() async throws {
    let folder = try TemporaryFolder()
    let command = Command(folder: folder.path)
    for (name, made) in [
      ("one.jpg", "one.jpg"), ("made", "made/coffee.edited.jpg"), ("made.v2", "made.v2/coffee.edited.jpg"),
    ] {
      let outcome = try await command.run(
        "edit", Samples.coffee, Samples.rocket, Samples.portrait, "-p", "x", "-o", name, "--gateway",
        "simulator", "--quiet")
      #expect(outcome.lines == [made])
    }
  }

  @Test func `several results are numbered, and existing ones are not paid for again`() async throws {
    let folder = try TemporaryFolder()
    let command = Command(folder: folder.path)
    let arguments = ["edit", Samples.coffee, "-p", "x", "--gateway", "simulator", "--quiet"]
    let many = try await command.run(arguments + ["--count", "3", "-o", "many.png"])
    #expect(many.lines == ["many-1.png", "many-2.png", "many-3.png"], "\(many.errors)")
    #expect(try await command.run(arguments + ["-o", "many.png"]).lines == ["many.png"])
    #expect(try await command.run(arguments + ["--count", "3", "-o", "many.png"]).status == 73)
    // There is no key and no gateway to send to.
    let unreachable = [
      "--gateway", "google", "--base-url", "http://127.0.0.1:9", "--skip-existing", "--json",
    ]
    let left = try await command.run(
      ["edit", Samples.coffee, "-p", "x", "--count", "3", "-o", "many.png"] + unreachable)
    let object = try #require(left.objects().first)
    #expect(left.status == 0 && object["skipped"] as? String == "exists")
    #expect((object["images"] as? [[String: Any]])?.count == 3)
    try FileManager.default.removeItem(atPath: folder.file("many-2.png"))
    let rest = try await command.run(arguments + ["--count", "3", "-o", "many.png", "--skip-existing"])
    #expect(rest.lines == ["many-2.png"], "\(rest.errors)")
    let named = try await command.run(
      arguments + ["--count", "2", "-o", "out", "--output-template", "{n} {stem}.{ext}"])
    #expect(named.lines == ["out/1 coffee.jpg", "out/2 coffee.jpg"])
    let fixed = try await command.run(arguments + ["-o", "out", "--output-template", "{stem}-warm.webp"])
    #expect(fixed.lines == ["out/coffee-warm.webp"])
    #expect(try folder.read("out/coffee-warm.webp").starts(with: "RIFF".utf8))
    for wrong in [["--output-template", "{x}.png"], ["--output-template", "{stem}.{ext}", "-o", "a.png"]] {
      #expect(try await command.run(arguments + wrong).status == 64)
    }
  }

  @Test func `an original is never replaced, however it is named`() async throws {
    let folder = try TemporaryFolder()
    let picture = try Synthetic.jpeg(PixelSize(width: 48, height: 36))
    for name in ["a.jpg", "b.jpg"] { try folder.write(picture, as: name) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.jpg"), withDestinationPath: folder.file("a.jpg"))
    let command = Command(folder: folder.path)
    for output in ["a.jpg", "./a.jpg", "b.jpg", "link.jpg"] {
      for rest in [[], ["--dry-run"]] {
        let outcome = try await command.run(
          ["edit", "a.jpg", "b.jpg", "-p", "x", "-o", output, "--overwrite", "--gateway", "simulator"] + rest)
        #expect(outcome.status == 73 && outcome.errors.contains(output), "\(output): \(outcome.errors)")
      }
    }
    #expect(try folder.read("a.jpg") == picture && folder.read("b.jpg") == picture)
    let other = try await command.run(
      "edit", "a.jpg", "-p", "x", "-o", "b.jpg", "--overwrite", "--gateway", "simulator")
    #expect(other.status == 0)
  }

  @Test func `requests without an answer are reported even with --quiet`() async throws {
    let folder = try TemporaryFolder()
    let lost = ["ok", "no", "no"].map { word in
      var fault = Fault()
      if word == "no" { fault.status = 500 }
      return fault
    }
    try await withSimulator(faults: lost) { simulator in
      let outcome = try await Command(folder: folder.path).run(
        "edit", Samples.coffee, "-p", "x", "-o", "o.png", "--count", "3", "--gateway", "apiyi", "--base-url",
        simulator.baseURL(for: .apiyi), "--quiet")
      #expect(outcome.status == 76)
      #expect(outcome.errors.contains("2 of the requests") && outcome.errors.contains("plantain history "))
    }
  }

  @Test func `standard output has the documented JSON fields and nothing else`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path)
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

  @Test func `a picture is generated from the prompt alone, where the gateway supports it`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path)
      .run("generate", "-p", "a plantain", "-o", "out.png", "--aspect", "16:9", "--gateway", "simulator")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try decodedPixels(folder.read("out.png")).size == PixelSize(width: 1376, height: 768))
    let refused = try await Command().run("generate", "-p", "a plantain", "--gateway", "myrouter", "-o", "-")
    #expect(refused.status == 82)
    #expect(refused.errors.contains("myrouter") && refused.errors.contains("gccai"))
  }

  @Test(.enabled(if: !isFastRun))
  func `options that a route lacks are named with those it has, before anything is sent`() async throws {
    for (options, words) in [
      (["--gateway", "apiyi", "--web-search"], ["--web-search", "it has --aspect, --tier"]),
      (["--gateway", "aimlapi", "--aspect", "3:2"], ["3:2", "1:1, 9:16, 16:9, 3:4, 4:3", "--nearest"]),
      (["--gateway", "aimlapi", "--tier", "0.5K"], ["0.5K", "1K, 2K, 4K"]),
      (["--gateway", "apiyi", "--aspect", "auto"], ["automatic"]),
      (
        ["--gateway", "gccai", "--official-fallback", "--model", "gemini-3.1-flash-image-preview-official"],
        ["official channel itself"]
      ), (["--gateway", "gccai", "--thinking", "high"], ["--thinking"]),
      (
        ["--gateway", "google", "--model", "gemini-3.1-flash-image", "--thinking", "medium"],
        ["minimal, high"]
      ),
    ] {
      let outcome = try await Command().run(["edit", Samples.coffee, "-p", "x", "-o", "-"] + options)
      #expect(outcome.status == 82, "\(options): \(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }
    let nearest = try await Command().run(
      "edit", Samples.coffee, "-p", "x", "--gateway", "aimlapi", "--aspect", "3:2", "--nearest", "--dry-run",
      "--json")
    #expect(try nearest.objects().first?["warnings"] as? [String] == ["aspect-replaced", "aspect-differs"])
  }

  @Test(.enabled(if: !isFastRun))
  func `history lists what was sent, and replay and recover name what is not available`() async throws {
    let folder = try TemporaryFolder()
    var command = Command(folder: folder.path)
    command.environment = ["PLANTAIN_LEDGER": folder.file("ledger.sqlite")]
    let jpeg = try Synthetic.jpeg(PixelSize(width: 64, height: 64))
    let answers: [ScriptedGateway.Answer] = [
      .reply(status: 200, body: "<html>what</html>"), .reply(status: 500, body: "{}"),
      .picture(jpeg, label: "image/png"),
    ]
    try await ScriptedGateway.run(answers) { gateway in
      let edit = [
        "edit", Samples.coffee, "-p", "secret words", "--gateway", "apiyi", "--base-url", gateway.baseURL,
      ]
      #expect(try await command.run(edit + ["-o", "a.png", "--json"]).status == 80)
      let unknown = try await command.run(edit + ["-o", "b.png", "--json"])
      let error = try #require(try unknown.objects().last?["error"] as? [String: Any], "\(unknown.errors)")
      #expect(unknown.status == 76 && error["recoverable"] as? Bool == false)
      let hint = try #require(error["hint"] as? String)
      #expect(try hint.contains("plantain settle \(#require(error["id"] as? String)) --as"), "\(hint)")
      #expect(try await command.run(edit + ["-o", "c.png", "--again"]).status == 0)
      let entries = try await command.run("history", "--json").objects()
      #expect(entries.map { $0["state"] as? String } == ["done", "ambiguous", "without-picture"])
      #expect(entries.map { $0["billed"] as? String } == ["yes", "unknown", "unknown"])
      let ids = entries.compactMap { $0["id"] as? String }
      let replayed = try await command.run("replay", ids[2])
      #expect(replayed.status == 80 && replayed.errors.contains("what"))
      #expect(try await command.run("recover", ids[1]).status == 76)
      #expect(try await command.run("recover", ids[0]).status == 64)
      #expect(try await command.run("recover", "nothing").status == 66)
      #expect(gateway.requests.count == 3)
    }
    for name in folder.names where name.hasPrefix("ledger") && !name.hasSuffix("replies") {
      #expect(!String(decoding: try folder.read(name), as: UTF8.self).contains(Command.canary))
    }
  }

  @Test(.enabled(if: !isFastRun)) func `an earlier result is edited further, and its line of edits is known`()
    async throws
  {
    let folder = try TemporaryFolder()
    let command = Command(folder: folder.path)
    let common = ["--gateway", "simulator", "--ledger", "l.sqlite", "--json", "--quiet"]
    let none = try await command.run(["edit", "--continue", "now warmer"] + common)
    #expect(none.status == 66 && none.text.contains("no edit has written a picture yet"))
    let first = try await command.run(["edit", Samples.coffee, "-p", "cool", "-o", "a.png"] + common)
    #expect(first.status == 0)
    let second = try await command.run(["edit", "--continue", "now warmer", "-o", "b.png"] + common)
    #expect(second.status == 0, "\(second.text)")
    // Reading the ledger for the earlier result is as quiet as the edit itself.
    for (arguments, isTold) in [(["--quiet"], false), ([], true)] {
      chmod(folder.file("l.sqlite"), 0o644)
      let further = try await command.run(
        ["edit", "--continue", "now warmer", "-o", "q.png", "--overwrite", "--dry-run"] + common.prefix(4)
          + arguments)
      #expect(further.status == 0)
      #expect(further.errors.contains("warning: other users could read the ledger") == isTold)
      #expect(isTold || !further.errors.contains("other users"), "\(further.errors)")
    }
    for (arguments, isTold) in [(["--quiet"], false), ([], true)] {
      chmod(folder.file("l.sqlite"), 0o644)
      let list = try await command.run(["gateways", "--ledger", "l.sqlite"] + arguments)
      #expect(list.status == 0 && list.errors.contains("warning: other users") == isTold, "\(list.errors)")
      #expect(isTold || list.errors.isEmpty)
    }
    let id = try #require(try first.objects().first?["id"] as? String)
    let third = try await command.run(
      ["edit", "--from", id, Samples.rocket, "-p", "with a rocket", "-o", "c.png"] + common)
    #expect(third.status == 0, "\(third.text)")
    let prepared = try #require(try third.objects().first?["prepared"] as? [[String: Any]])
    #expect(prepared.map { $0["source"] as? String } == [folder.file("a.png"), Samples.rocket])
    let entries = try await command.run("history", "--ledger", "l.sqlite", "--json").objects()
    #expect(entries.map { $0["prompt"] as? String } == ["with a rocket", "now warmer", "cool"])
    #expect(entries.map { $0["parent"] as? String } == [id, id, nil])
    try FileManager.default.removeItem(atPath: folder.file("c.png"))
    let gone = try await command.run(["edit", "--continue", "-p", "more"] + common)
    #expect(gone.status == 66 && gone.text.contains("c.png") && gone.text.contains("--from"))
    for wrong in [
      ["edit", "-p", "x"], ["edit", "--continue", "--from", id, "-p", "x"], ["edit", "--continue"],
    ] {
      #expect(try await command.run(wrong + common).status == 64)
    }
  }

  @Test func `a prompt stays out of the ledger if the configuration says so, and old edits are pruned`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Array("ledger:\n  file: l.sqlite\n  prompts: off\n".utf8), as: "config.yaml")
    var command = Command(folder: folder.path)
    command.environment = ["PLANTAIN_LEDGER": ""]
    let common = ["--config", "config.yaml", "--json"]
    let edit = [
      "edit", Samples.coffee, "-p", "SECRET-WORDS", "-o", "a.png", "--gateway", "simulator", "--quiet",
    ]
    #expect(try await command.run(edit + common).status == 0)
    let entries = try await command.run(["history"] + common).objects()
    #expect(entries.count == 1 && entries[0]["prompt"] == nil)
    for name in folder.names where name.hasPrefix("l.sqlite") && !name.hasSuffix("replies") {
      #expect(!String(decoding: try folder.read(name), as: UTF8.self).contains("SECRET-WORDS"))
    }
    let pruned = try await command.run(["history", "prune", "--older-than", "1d"] + common)
    #expect(try pruned.objects().first?["pruned"] as? Int == 0)
    #expect(try await command.run(["history", "prune", "--older-than", "5h"] + common).status == 64)
    #expect(try await command.run(["history", "prune", "--older-than", "soon"] + common).status == 64)
    #expect(try await command.run(["history", "prune"] + common).status == 64)
  }

  @Test(.enabled(if: !isFastRun)) func `a request over the spending limit is not sent`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("max_cost: 0.03 USD\n".utf8), as: "config.yaml")
    let command = Command(folder: folder.path)
    let edit = ["edit", Samples.coffee, "-p", "x", "-o", "a.png", "--gateway", "google", "--dry-run"]
    for (options, status) in [
      (["--max-cost", "0.1USD"], 0), (["--max-cost", "0.03 USD"], 81),
      (["--max-cost", "0.03USD", "--price", "0.01USD"], 0),
      (["--config", "config.yaml"], 81), (["--config", "config.yaml", "--max-cost", "1USD"], 0),
      (["--max-cost", "5 dollars"], 64), (["--max-cost", "5EUR"], 81),
    ] as [([String], Int32)] {
      let outcome = try await command.run(edit + options)
      #expect(outcome.status == status, "\(options): \(outcome.errors)")
    }
  }

  @Test func `standard input is edited to standard output`() async throws {
    let outcome = try await Command().run(
      "edit", "-", "-p", "cool", "-o", "-", "--gateway", "simulator", "--quiet",
      input: Samples.bytes(Samples.coffee))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(try decodedPixels(outcome.output).size == PixelSize(width: 1264, height: 848))
  }

  @Test func `standard input is read once, even if it must be prepared twice`() async throws {
    let picture = try Synthetic.jpeg(PixelSize(width: 500, height: 400), quality: 97)
    let outcome = try await Command().run(
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
      let outcome = try await Command(folder: folder.path).run(
        "edit", Samples.coffee, "--prompt-file", "prompt.txt", "--gateway", "apiyi", "--base-url",
        gateway.baseURL)
      #expect(outcome.status == 75)
      let body = try #require(gateway.requests.first?.body)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
      let parts = (json["contents"] as? [[String: Any]])?.first?["parts"] as? [[String: Any]]
      #expect(parts?.first?["text"] as? String == "  two lines\n and \"quotes\" \n")
    }
  }

  @Test func `a dry run reports what would be sent and opens no socket`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path).run(
      "edit", Samples.portrait, "-p", "x", "--gateway", "apiyi", "--base-url", "http://127.0.0.1:1", "-o",
      "o.png",
      "--dry-run", "--json", "--quiet")
    #expect(outcome.status == 0)
    let object = try #require(try outcome.objects().first)
    #expect(object["images"] == nil)
    #expect((object["cost"] as? [String: Any])?["basis"] as? String == "table")
    #expect(folder.names.isEmpty)
  }

  @Test func `without a gateway the error says what to set`() async throws {
    let outcome = try await Command().run("edit", Samples.coffee, "-p", "x")
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("PLANTAIN_GATEWAY"))
    #expect(outcome.errors.contains("--gateway simulator"))
  }

  @Test func `environment variables set the gateway and its address`() async throws {
    try await ScriptedGateway.run(.reply(status: 429, headers: [("Retry-After", "9")], body: "{}")) {
      gateway in
      var command = Command()
      command.environment = ["PLANTAIN_GATEWAY": "apiyi", "PLANTAIN_APIYI_URL": gateway.baseURL]
      let outcome = try await command.run("edit", Samples.coffee, "-p", "x", "-o", "-", "--timeout", "9s")
      #expect(outcome.status == 75)
      #expect(outcome.errors.contains("9 s"))
      #expect(gateway.requests.count == 1)
    }
  }
}
