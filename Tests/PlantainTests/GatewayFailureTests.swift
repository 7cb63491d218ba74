import Foundation
import Plantain
import TestSupport
import Testing

@Suite(.endsInTime) struct `Failures of a gateway` {
  private func error(
    _ answer: ScriptedGateway.Answer, ledger: TemporaryFolder? = nil,
    _ change: (inout EditOptions) -> Void = { _ in }
  ) async throws -> (PlantainError, requests: Int) {
    let output = try TemporaryFolder()
    let options = editOptions {
      $0.output = .file(output.file("out.jpg"))
      change(&$0)
    }
    let scenario = try Scenario(PixelSize(width: 60, height: 40))
    let picture = try scenario.pictureBytes()
    return try await Scenario(in: ledger ?? scenario.folder).scripted([answer]) { editor, gateway in
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("warm", references: [picture], options: options)
      }
      let found = try #require(error)
      // On a busy machine the editor may notice that there is no reply before the gateway notices the
      // request.
      if found.billed != .no { try await gateway.firstRequest() }
      return (found, gateway.requests.count)
    }
  }

  struct Row: Sendable {
    let status: Int
    let body: String
    let exit: Int32
    let billed: PlantainError.Billing
    var headers: [(String, String)] = []
    /// More than one only if certainly nothing was billed.
    var requests = 1
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
    Row(status: 429, body: "{}", exit: 75, billed: .no, headers: [("Retry-After", "17")], requests: 7),
    Row(status: 503, body: "{}", exit: 75, billed: .no, requests: 7),
    Row(status: 500, body: "{}", exit: 76, billed: .unknown),
    Row(status: 524, body: "", exit: 76, billed: .unknown),
    Row(status: 307, body: "", exit: 82, billed: .no, headers: [("Location", "http://127.0.0.1:1/")]),
    Row(status: 200, body: text, exit: 80, billed: .unknown),
    Row(status: 200, body: #"{"candidates":null}"#, exit: 80, billed: .unknown),
    Row(status: 200, body: #"{"promptFeedback":{"blockReason":"SAFETY"}}"#, exit: 79, billed: .unknown),
    Row(status: 200, body: "<html>sk-canary-7f3a</html>", exit: 80, billed: .unknown),
  ]

  @Test(arguments: rows.indices)
  func `each failure has its exit status, is retried only if unbilled, and never shows the key`(
    position: Int
  ) async throws {
    let row = Self.rows[position]
    let (error, requests) = try await error(.reply(status: row.status, headers: row.headers, body: row.body))
    #expect(error.exitStatus == row.exit)
    #expect(error.billed == row.billed)
    #expect(error.message.contains("apiyi"))
    #expect(error.hint != nil)
    #expect(requests == row.requests)
    #expect(!"\(error)\(error.message)\(error.hint ?? "")".contains("canary"))
    if row.status == 429 {
      #expect(error.retryAfter == .seconds(17))
      #expect(error.hint?.contains("17 s") == true)
    }
    if row.body == Self.text { #expect(error.message.contains("I can't.")) }
  }

  @Test func `a connection lost after sending is never retried`() async throws {
    let (error, requests) = try await error(.hangUp)
    #expect(error.exitStatus == 76)
    #expect(error.billed == .unknown)
    #expect(requests == 1)
  }

  @Test func `no reply within the timeout is an unknown outcome`() async throws {
    let (error, requests) = try await error(.silence) { $0.timeout = .seconds(2) }
    #expect(error.exitStatus == 76)
    #expect(requests == 1)
  }

  @Test func `a reply that stalls after its head times out, too`() async throws {
    let (error, requests) = try await error(.stall(Self.halfAReply)) { $0.timeout = .seconds(2) }
    #expect(error.exitStatus == 76)
    #expect(requests == 1)
  }

  @Test func `an error and the ledger agree on billing, and the error names the edit`() async throws {
    for (answer, billed) in [
      (ScriptedGateway.Answer.reply(status: 200, body: ""), "unknown"),
      (.reply(status: 200, body: "<html>x</html>"), "unknown"), (.stall(Self.halfAReply), "yes"),
    ] {
      let ledger = try TemporaryFolder()
      let failure = try await error(answer, ledger: ledger) { $0.timeout = .seconds(2) }.0
      let entry = try #require(
        try await History(ledger: .file(ledger.file("ledger.sqlite"))).edits().first)
      #expect(entry.billed == billed && failure.billed.rawValue == billed, "\(failure)")
      if failure.code == .outcomeUnknown { #expect(failure.hint?.contains(entry.id) == true, "\(failure)") }
      #expect(failure.hint?.contains(" What was") != true || failure.hint?.contains(". What was") == true)
    }
  }

  private static let halfAReply = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"

  @Test
  func `a reply is stored while it arrives, and an incomplete one is kept`() async throws {
    let (folder, ledger) = (try TemporaryFolder(), try TemporaryFolder())
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 60, height: 40)))
    var options = EditOptions()
    options.output = .file(folder.file("out.jpg"))
    try await ScriptedGateway.run(.stall(Self.halfAReply)) { [options] gateway in
      let edit = Task {
        try await withTestEditor(
          gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger
        ) { editor in
          try await editor.edit("warm", references: [.bytes(picture, name: "p")], options: options)
        }
      }
      func hasReply() -> Bool {
        let names = (try? ledger.keptReplies) ?? []
        return names.contains { (try? ledger.read("ledger.sqlite.replies/\($0)").count) == 1 }
      }
      try await waitUntil("the first byte of the reply is on the disk") { hasReply() }
      edit.cancel()
      let error = try #require(await #expect(throws: PlantainError.self) { try await edit.value })
      #expect(error.billed == .unknown)
      #expect(error.hint?.contains(ledger.file("ledger.sqlite.replies")) == true)
    }
    #expect(folder.names == [])
    let kept = try ledger.keptReplies
    #expect(kept.count == 1)
    #expect(try ledger.read("ledger.sqlite.replies/\(kept[0])") == Array("{".utf8))
  }

  @Test func `a reply that costs nothing leaves nothing behind`() async throws {
    for (status, body) in [(500, "{"), (429, "{}")] {
      let (folder, ledger) = (try TemporaryFolder(), try TemporaryFolder())
      _ = try await error(.reply(status: status, body: body), ledger: ledger) {
        $0.output = .file(folder.file("out.jpg"))
      }
      #expect(folder.names == [])
      #expect(try ledger.keptReplies == [])
    }
  }

  @Test func `a complete reply counts however its connection ends, and an incomplete one is kept`()
    async throws
  {
    let reply = ScriptedGateway.geminiReply(try Synthetic.jpeg(PixelSize(width: 60, height: 40)))
    let head = { (status: Int, length: Int) in "HTTP/1.1 \(status) X\r\nContent-Length: \(length)\r\n\r\n" }
    let source = PictureBytes(try Synthetic.jpeg(PixelSize(width: 60, height: 40)))
    let folder = try TemporaryFolder()
    var options = EditOptions()
    options.output = .file(folder.file("out.jpg"))
    try await ScriptedGateway.run(.hangUpAfter(head(200, reply.utf8.count + 9) + reply)) {
      [options] gateway in
      let result = try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        try await editor.edit("warm", references: [.bytes(source, name: "p")], options: options)
      }
      #expect(result.image.bytes.count > 0)
    }
    #expect(folder.names == ["out.jpg"])

    let ledger = try TemporaryFolder()
    let cutReply = head(200, reply.utf8.count) + reply.dropLast(40)
    let (cut, _) = try await error(.hangUpAfter(cutReply), ledger: ledger) {
      $0.output = .file(folder.file("cut.jpg"))
    }
    #expect(cut.exitStatus == 76)
    #expect(cut.billed == .yes)
    #expect(cut.message.contains("cannot be read to its end"))
    #expect(folder.names == ["out.jpg"])
    let kept = try ledger.keptReplies
    #expect(kept.count == 1)
    #expect(try ledger.read("ledger.sqlite.replies/\(kept[0])") == Array(reply.utf8.dropLast(40)))

    let (large, _) = try await error(.hangUpAfter(head(200, 300_000_000) + "{")) {
      $0.output = .file(folder.file("large.jpg"))
    }
    #expect(large.exitStatus == 80)
    #expect(large.billed == .yes)
    #expect(large.message.contains("256,000,000"))

    // For an error the status is enough.
    let (rejected, _) = try await error(.hangUpAfter(head(401, 500) + "{"))
    #expect(rejected.exitStatus == 77)
    #expect(rejected.billed == .no)
  }

  @Test func `a closed port is an error that billed nothing`() async throws {
    let address = try await ScriptedGateway.run(.hangUp) { $0.baseURL }
    let error = await #expect(throws: PlantainError.self) {
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: address) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)])
      }
    }
    #expect(error?.exitStatus == 69)
    #expect(error?.billed == PlantainError.Billing.no)
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test func `an invalid picture is kept beside the output, and the error names it`() async throws {
    let folder = try TemporaryFolder()
    let bogus = Array("not a picture at all".utf8)
    let (error, _) = try await error(.picture(bogus, label: "image/png")) {
      $0.output = .file(folder.file("out.png"))
    }
    #expect(error.exitStatus == 80)
    #expect(error.billed == .yes)
    #expect(folder.names == ["out-kept.reply"])
    #expect(error.hint?.contains(folder.file("out-kept.reply")) == true)
    #expect(try folder.read("out-kept.reply") == Array("not a picture at all".utf8))
  }

  @Test func `one bad picture among several fails alone`() async throws {
    let good = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 64))).base64EncodedString()
    let bad = Data("GIF89a, or so it says".utf8).base64EncodedString()
    let other = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 48))).base64EncodedString()
    let folder = try TemporaryFolder()
    let parts = [good, bad, other.replacingOccurrences(of: "=", with: "") + "\\n"].map {
      #"{"inlineData":{"mimeType":"image/jpeg","data":"\#($0)"}}"#
    }
    let body = #"{"candidates":[{"content":{"parts":[\#(parts.joined(separator: ","))]}}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
      var options = EditOptions()
      options.output = .file(folder.file("out.jpg"))
      let settled = options
      let result = try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)], options: settled)
      }
      #expect(result.images.count == 2)
      #expect(result.warnings.contains(.pictureUnusable))
      #expect(result.image.output == folder.file("out.jpg"))
      #expect(folder.names == ["out-1.jpg", "out-kept.reply", "out.jpg"])
    }
  }

  @Test func `a paid reply that cannot be read is kept`() async throws {
    let (folder, ledger) = (try TemporaryFolder(), try TemporaryFolder())
    let (error, _) = try await error(.reply(status: 200, body: "<html>portal</html>"), ledger: ledger) {
      $0.output = .file(folder.file("out.png"))
    }
    #expect(error.exitStatus == 80)
    #expect(folder.names == [])
    let kept = try #require(try ledger.keptReplies.first)
    #expect(try ledger.read("ledger.sqlite.replies/\(kept)") == Array("<html>portal</html>".utf8))
    #expect(error.hint?.contains(kept) == true)
    #expect(error.hint?.contains("plantain replay \(error.editID ?? "?")") == true)
  }

  @Test func `a wrong media type is reported, and the bytes decide`() async throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 64, height: 64))
    let folder = try TemporaryFolder()
    try await ScriptedGateway.run(.picture(jpeg, label: "image/png")) { gateway in
      var options = EditOptions()
      options.output = .folder(folder.path)
      let settled = options
      let result = try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
        try await editor.edit("warm", references: [.file(Samples.coffee)], options: settled)
      }
      #expect(result.image.mediaType == .jpeg)
      #expect(result.warnings.contains(.labelWrong))
      #expect(folder.names == ["coffee.edited.jpg"])
    }
  }
}
