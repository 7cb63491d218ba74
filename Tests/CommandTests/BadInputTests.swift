import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `Invalid input to the command` {
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
    Row(
      name: "https://127.0.0.1/a.jpg?token=x", exit: 66, words: ["https://127.0.0.1/a.jpg:", "this machine"]),
    Row(
      name: "https://me:word@127.0.0.1/a.jpg", exit: 66, words: ["https://***@127.0.0.1/a.jpg:", "password"]),
    Row(name: "http://example.com/a.jpg", exit: 66, words: ["https", "Download"]),
    Row(name: "data:image/png;base64,@@@", exit: 65, words: ["data URI", "position 22"]),
  ]

  @Test(.enabled(if: !isFastRun), arguments: rows.indices)
  func `invalid input is named and gives its exit status and no file`(position: Int) async throws {
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
    let plain = try await Command(folder: folder.path).run(arguments)
    #expect(plain.status == row.exit)
    for word in row.words { #expect(plain.errors.contains(word), "\(plain.errors)") }
    #expect(folder.names == names)

    let json = try await Command(folder: folder.path).run(arguments + ["--json"])
    #expect(json.status == row.exit)
    let error = try #require(try json.objects().last?["error"] as? [String: Any])
    #expect(error["exit"] as? Int32 == row.exit)
    #expect(folder.names == names)
  }

  struct Reply: Sendable {
    let status: Int
    let body: String
    let exit: Int32
    let words: [String]
    /// The reply may have been billed, and a later version may find a picture in it.
    var isKept = false
  }

  static let replies = [
    Reply(
      status: 401, body: #"{"error":{"message":"bad token"}}"#, exit: 77,
      words: ["rejects the key", "APIYI_API_KEY"]),
    Reply(status: 429, body: "{}", exit: 75, words: ["no more requests", "Wait 3600 s"]),
    Reply(status: 503, body: "{}", exit: 75, words: ["overloaded", "Nothing was billed"]),
    Reply(
      status: 200,
      body: #"{"candidates":[{"content":{"parts":[{"text":"I will not."}]},"finishReason":"STOP"}]}"#,
      exit: 80, words: ["without a picture", "I will not."], isKept: true),
    Reply(
      status: 200, body: #"{"candidates":null}"#, exit: 80, words: ["without a picture", ".reply"],
      isKept: true),
    Reply(
      status: 200, body: #"{"candidates":null,"usageMetadata":{"candidatesTokenCount":0}}"#, exit: 79,
      words: ["refuses", "moderation"], isKept: true),
  ]

  @Test(.enabled(if: !isFastRun), arguments: replies.indices)
  func `a reply without a usable picture is an error and leaves no file`(position: Int) async throws {
    let row = Self.replies[position]
    let folder = try TemporaryFolder()
    let answer = ScriptedGateway.Answer.reply(
      status: row.status, headers: [("Retry-After", "3600")], body: row.body)
    try await ScriptedGateway.run(answer) { gateway in
      let outcome = try await Command(folder: folder.path).run(
        "edit", Samples.coffee, "-p", "x", "-o", "out.png", "--gateway", "apiyi", "--base-url",
        gateway.baseURL,
        "--verbose")
      #expect(outcome.status == row.exit)
      for word in ["apiyi"] + row.words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
      #expect(!(outcome.errors + outcome.text).contains(Command.canary))
      #expect(folder.names == [])
      #expect(outcome.errors.contains("is kept in") == row.isKept)
      #expect(gateway.requests.count == 1)
    }
  }

  @Test func `a closed port is named, and nothing was billed`() async throws {
    let address = try await ScriptedGateway.run(.hangUp) { $0.baseURL }
    let outcome = try await Command().run(
      "edit", Samples.coffee, "-p", "x", "-o", "-", "--gateway", "apiyi", "--base-url", address)
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains(String(address.dropFirst(7))))
    #expect(outcome.errors.contains("nothing was billed"))
  }

  @Test(.enabled(if: !isFastRun)) func `a missing or rejected key is reported, and no key is ever printed`()
    async throws
  {
    var command = Command()
    command.environment = ["APIYI_API_KEY": ""]
    let none = try await command.run("edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "-o", "-")
    #expect(none.status == 77)
    #expect(none.errors.contains("APIYI_API_KEY"))

    let body =
      #"{"error":{"code":400,"message":"API key \#(Command.canary) not valid","status":"INVALID_ARGUMENT","#
      + #""details":[{"reason":"API_KEY_INVALID"}]}}"#
    try await ScriptedGateway.run(.reply(status: 400, headers: [("X-Echo", Command.canary)], body: body)) {
      gateway in
      for flags in [[], ["--verbose"], ["--json"], ["--quiet"], ["--json", "--verbose"]] {
        let outcome = try await Command().run(
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

  @Test func `a file name that is not UTF-8 is refused, not mangled`() async throws {
    // Through a shell, because the arguments of a test are already text.
    for flags in ["", "--json"] {
      let outcome = try await Command().run(shell: #""$plantain" inspect "$(printf 'caf\351.jpg')" "# + flags)
      #expect(outcome.status == 66)
      #expect(outcome.errors.contains("not UTF-8"))
      if !flags.isEmpty { #expect(try outcome.objects().last?["error"] != nil) }
    }
    // As a picture it fails alone; as any other argument it fails the call.
    let line = #""$plantain" prepare "$(printf 'caf\351.jpg')" '"# + Samples.coffee + "' --json"
    let outcome = try await Command().run(shell: line)
    #expect(outcome.status == 66)
    let objects = try outcome.objects()
    #expect(objects.count == 2 && objects[0]["error"] != nil && objects[1]["mediaType"] != nil)
    #expect(try await Command().run(shell: line + #" -o "$(printf 'caf\351')""#).status == 66)
    // In a folder, the others are done.
    let list =
      #"mkdir pictures; cp '"# + Samples.coffee + #"' "$(printf 'pictures/caf\351.png')"; "#
      + "cp '" + Samples.coffee + "' pictures/b.png; "
    for verb in ["inspect pictures", "prepare pictures -o out", "batch pictures -p x --gateway simulator"] {
      let folder = try TemporaryFolder()
      let outcome = try await Command.keepingLedger(in: folder).run(shell: list + "\"$plantain\" \(verb)")
      #expect(outcome.errors.contains("not UTF-8"), "\(verb): \(outcome.errors)")
      #expect(!outcome.errors.contains("no such file") && outcome.status != 0)
    }
    // Half of a surrogate pair, which JSON cannot represent.
    let edit = #""$plantain" edit '"# + Samples.coffee + #"' --gateway apiyi --dry-run "#
    let prompt = #"printf 'a\355\240\200b'"#
    for line in [edit + #"-p "$(\#(prompt))""#, "\(prompt) | \(edit) --prompt-file -"] {
      let outcome = try await Command().run(shell: line)
      #expect(outcome.status == 66, "\(outcome.errors)")
      #expect(outcome.errors.contains("not UTF-8"))
    }
  }

  @Test func `prepare writes one picture to standard output, and only one`() async throws {
    let outcome = try await Command().run("prepare", Samples.coffee, "-o", "-", "--format", "jpeg")
    #expect(outcome.status == 0)
    #expect(try PictureStructure.read(PictureBytes(outcome.output)).format == .jpeg)
    #expect(try await Command().run("prepare", Samples.coffee, Samples.rocket, "-o", "-").status == 64)
    #expect(try await Command().run("prepare", Samples.coffee, "-o", "-", "--json").status == 64)
    #expect(try await Command().run("inspect", "-", "-").status == 64)
    #expect(try await Command().run("inspect", Samples.coffee, "--memory", "1GiB").status == 64)
  }

  @Test func `help and version are printed`() async throws {
    let help = try await Command().run("--help")
    #expect(help.status == 0)
    for name in ["edit", "prepare", "inspect"] { #expect(help.text.contains(name)) }
    #expect(try await Command().run("--version").text == "0.1.0\n")
    #expect(try await Command().run("bake").status == 64)
  }
}
