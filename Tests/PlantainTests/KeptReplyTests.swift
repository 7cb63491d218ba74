import Foundation
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// A billed reply that produced no file is kept, and read again before anything is sent.
@Suite(.endsInTime) struct `Kept replies` {
  private let ledger: TemporaryFolder
  private let original: [UInt8]
  private let result: [UInt8]

  init() throws {
    ledger = try TemporaryFolder()
    original = try Synthetic.jpeg(PixelSize(width: 96, height: 64))
    result = try Synthetic.png(PixelSize(width: 40, height: 30))
  }

  private func part(_ text: String) -> ScriptedGateway.Answer {
    .reply(
      status: 200,
      body: #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}]},"finishReason":"STOP"}]}"#)
  }

  private func edit(
    _ gateway: ScriptedGateway, _ name: String = "out.png", prompt: String = "warm",
    by dialect: Gateway = .apiyi
  ) async throws -> EditResult {
    let asked = editOptions { $0.output = .file(ledger.file(name)) }
    return try await withTestEditor(gateway: dialect, key: key, baseURL: gateway.baseURL, ledger: ledger) {
      try await $0.edit(prompt, references: [.bytes(PictureBytes(original), name: "p")], options: asked)
    }
  }

  private func failure(
    _ gateway: ScriptedGateway, _ prompt: String = "warm"
  ) async throws -> PlantainError {
    let error = await #expect(throws: PlantainError.self) { try await edit(gateway, prompt: prompt) }
    return try #require(error)
  }

  private func history() async throws -> [HistoryEntry] {
    try await Scenario(in: ledger).history.edits()
  }

  @Test(arguments: [
    "![image](HOST/1.png)", "Here it is: HOST/1.png.", "[Download](HOST/1.png?sig=secret-77)",
  ])
  func `an address in the text is used if it is a picture's`(text: String) async throws {
    try await ScriptedGateway.run(.file(result)) { host in
      try await ScriptedGateway.run(part(text.replacing("HOST", with: host.baseURL))) { gateway in
        let edited = try await edit(gateway)
        #expect(edited.images.map(\.size) == [PixelSize(width: 40, height: 30)])
        #expect(edited.images.map(\.source) == [.url])
        #expect(try ledger.keptReplies.isEmpty)
        #expect(!host.requests.contains { $0.head.contains("canary") })
      }
    }
  }

  @Test func `a page, a missing file, and the original picture are not results`() async throws {
    let page = ScriptedGateway.Answer.reply(status: 200, body: "<html>Our rules</html>")
    for answer in [page, .reply(status: 404, body: "gone"), .file(original)] {
      try await ScriptedGateway.run(answer) { host in
        let text = "I cannot. See \(host.baseURL)/rules?sig=secret-77"
        try await ScriptedGateway.run(part(text)) { gateway in
          let error = try await failure(gateway)
          #expect(error.exitStatus == 80)
          #expect(error.message.contains("no picture was found at \(host.baseURL)/rules?…"))
          #expect(error.hint?.contains("plantain replay") == true)
        }
      }
    }
    #expect(try ledger.keptReplies.count == 3)
    #expect(try await history().allSatisfy { $0.state == "without-picture" && $0.advice != nil })
  }

  @Test func `one picture that is gone does not cost the others`() async throws {
    for status in [404, 410, 403] {
      try await ScriptedGateway.run([.file(result), .reply(status: status, body: "gone")]) { host in
        let urls = (1...2).map { #""\#(host.baseURL)/\#($0).png""# }.joined(separator: ",")
        let body = #"{"image_urls":[\#(urls)]}"#
        try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
          let edited = try await edit(gateway, "\(status).png", by: .myrouter)
          #expect(edited.images.count == 1 && edited.warnings.contains(.pictureGone))
          #expect(gateway.requests.count == 1)
        }
      }
    }
    // What could not be fetched may be found by hand.
    #expect(try ledger.keptReplies.count == 3)
    #expect(try await history().allSatisfy { $0.state == "done" })
  }

  @Test func `a stored reply is read without the key`() async throws {
    try await ScriptedGateway.run([.reply(status: 404, body: "not yet"), .file(result)]) { host in
      try await ScriptedGateway.run(part("![image](\(host.baseURL)/1.png)")) { gateway in
        let id = try #require(try await failure(gateway).editID)
        let keyless = try Route(.apiyi, key: .environment("PLANTAIN_TEST_NO_KEY"), baseURL: gateway.baseURL)
        try await withTestEditor(routes: [keyless], ledger: ledger) { editor in
          let result = try await editor.replay(id)
          #expect(result.images.count == 1)
        }
      }
    }
  }

  @Test func `the same edit reads the kept reply before it sends anything`() async throws {
    try await ScriptedGateway.run([.reply(status: 404, body: "not yet"), .file(result)]) { host in
      try await ScriptedGateway.run(part("![image](\(host.baseURL)/1.png)")) { gateway in
        #expect(try await failure(gateway).exitStatus == 80)
        #expect(gateway.requests.count == 1)
        let edited = try await edit(gateway, "other.png")
        #expect(edited.images.count == 1)
        #expect(edited.images[0].output == ledger.file("other.png"))
        #expect(gateway.requests.count == 1)
      }
    }
    #expect(try await history().map(\.state) == ["done"])
    #expect(try ledger.keptReplies.isEmpty)
  }

  @Test func `a picture that cannot be fetched right now is not paid for again`() async throws {
    let down = [ScriptedGateway.Answer](repeating: .reply(status: 503, body: "down"), count: 6)
    try await ScriptedGateway.run(down + [.file(result)]) { host in
      try await ScriptedGateway.run(part("![image](\(host.baseURL)/1.png)")) { gateway in
        // Each attempt fetches three times.
        for _ in 0..<2 {
          let error = try await failure(gateway)
          #expect(error.exitStatus == 76)
        }
        #expect(try await edit(gateway).images.count == 1)
        #expect(gateway.requests.count == 1)
      }
    }
    #expect(try await history().map(\.state) == ["done"])
  }

  @Test func `a reply without a picture does not prevent another's from being fetched`() async throws {
    let down = [ScriptedGateway.Answer](repeating: .reply(status: 503, body: "down"), count: 3)
    var options = EditOptions()
    options.output = .file(ledger.file("out.png"))
    options.count = 2
    let asked = options
    try await ScriptedGateway.run(down + [.file(result)]) { host in
      let answers = [part("I cannot do that."), part("![image](\(host.baseURL)/1.png)")]
      try await ScriptedGateway.run(answers) { gateway in
        try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger) {
          editor in
          let reference = Reference.bytes(PictureBytes(original), name: "p")
          let error = await #expect(throws: PlantainError.self) {
            try await editor.edit("warm", references: [reference], options: asked)
          }
          #expect(error?.billed != .no)
          let found = try await editor.edit("warm", references: [reference], options: asked)
          #expect(found.images.count == 1)
        }
        #expect(gateway.requests.count == 2)
      }
    }
  }

  @Test func `a reply with only text is kept, and repeating the edit sends a new request`()
    async throws
  {
    try await ScriptedGateway.run(part("I cannot do that.")) { gateway in
      let first = try await failure(gateway)
      let id = try #require(first.editID)
      #expect(try ledger.keptReplies.count == 1)
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger) {
        editor in
        let again = await #expect(throws: PlantainError.self) { try await editor.replay(id) }
        #expect(again?.code == .noPicture)
      }
      #expect(try ledger.keptReplies.count == 1)
      #expect(gateway.requests.count == 1)
      _ = try await failure(gateway)
      #expect(gateway.requests.count == 2)
    }
  }

  @Test func `an ambiguous error under status 200 is kept and not sent again`() async throws {
    let busy = ScriptedGateway.Answer.reply(status: 200, body: #"{"code":-1,"msg":"系统繁忙，请稍后再试"}"#)
    try await ScriptedGateway.run(busy) { gateway in
      let error = try await failure(gateway)
      #expect(error.exitStatus == 76)
      #expect(error.message.contains("系统繁忙"))
      #expect(gateway.requests.count == 1)
    }
    #expect(try ledger.keptReplies.count == 1)
    let empty = ScriptedGateway.Answer.reply(status: 200, body: #"{"code":-1,"msg":"余额不足，请充值","data":null}"#)
    try await ScriptedGateway.run(empty) { gateway in
      let error = try await failure(gateway, "another word")
      #expect(error.exitStatus == 77)
      #expect(error.billed == .no)
      #expect(gateway.requests.count == 1)
    }
  }

  @Test func `a batch reads the kept reply, too`() async throws {
    let path = try ledger.write(original, as: "a.jpg")
    let lines = #"{"references":["\#(path)"],"prompt":"warm","output":"out.png"}"#
    try ledger.write(Array(lines.utf8), as: "jobs.jsonl")
    var defaults = Manifest.Defaults()
    defaults.folder = ledger.file("results")
    let settled = defaults
    try await ScriptedGateway.run([.reply(status: 404, body: "not yet"), .file(result)]) { host in
      try await ScriptedGateway.run(part("![image](\(host.baseURL)/1.png)")) { gateway in
        for expected in [0, 1] {
          try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger) {
            editor in
            let manifest = try Manifest(reading: ledger.file("jobs.jsonl"), settled, for: .apiyi)
            let summary = try await Batch(editor).run(manifest)
            #expect(summary.done == expected)
          }
          #expect(gateway.requests.count == 1)
        }
      }
    }
    #expect(try ledger.read("results/out.png").count > 0)
  }

  /// Even if files may be replaced: that applies to files from before the request.
  @Test(arguments: [true, false])
  func `a file that a later edit wrote at the result's path stays`(isByEdit: Bool) async throws {
    let path = try ledger.write(original, as: "a.jpg")
    let lines = #"{"references":["\#(path)"],"prompt":"warm","output":"out.png"}"#
    try ledger.write(Array(lines.utf8), as: "jobs.jsonl")
    var defaults = Manifest.Defaults(folder: ledger.path)
    defaults.options.overwrites = true
    let settled = defaults
    let other = try Synthetic.png(PixelSize(width: 9, height: 9))
    let answer = ScriptedGateway.Answer.picture(other, label: "image/png")
    try await ScriptedGateway.run([.reply(status: 404, body: "not yet"), .file(result)]) { host in
      try await ScriptedGateway.run([part("![image](\(host.baseURL)/1.png)"), answer]) { gateway in
        try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger) {
          editor in
          let manifest = try Manifest(reading: ledger.file("jobs.jsonl"), settled, for: .apiyi)
          #expect(try await Batch(editor).run(manifest).failed == 1)
          if isByEdit {
            var options = settled.options
            options.output = .file(ledger.file("out.png"))
            _ = try await editor.edit("other", references: [.file(path)], options: options)
          } else {
            try ledger.write(other, as: "out.png")
          }
          #expect(try await Batch(editor).run(manifest).done == 1)
        }
      }
    }
    #expect(try ledger.read("out.png") == (isByEdit ? other : result))
    #expect(ledger.names.contains("out-2.png") == isByEdit)
  }

  @Test(arguments: [true, false])
  func `a file that another program wrote at the result's path stays`(isOwn: Bool) async throws {
    let path = try ledger.write(original, as: "a.jpg")
    let lines = #"{"references":["\#(path)"],"prompt":"warm","output":"out.png"}"#
    try ledger.write(Array(lines.utf8), as: "jobs.jsonl")
    let defaults = Manifest.Defaults(folder: ledger.path)
    let other = isOwn ? result : try Synthetic.png(PixelSize(width: 9, height: 9))
    try await ScriptedGateway.run([.reply(status: 404, body: "not yet"), .file(result)]) { host in
      try await ScriptedGateway.run(part("![image](\(host.baseURL)/1.png)")) { gateway in
        for _ in 0..<2 {
          try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: ledger) {
            editor in
            _ = try await Batch(editor).run(
              Manifest(reading: ledger.file("jobs.jsonl"), defaults, for: .apiyi)
            ) {
              event in
              guard case .ended(_, .done(let edited)) = event else { return }
              #expect(edited.image.output == ledger.file(isOwn ? "out.png" : "out-2.png"))
              #expect(edited.warnings.contains(.outputMoved) == !isOwn)
            }
          }
          if !ledger.names.contains("out.png") { try ledger.write(other, as: "out.png") }
        }
      }
    }
    #expect(try ledger.read("out.png") == other)
    #expect(ledger.names.contains("out-2.png") == !isOwn)
  }
}
