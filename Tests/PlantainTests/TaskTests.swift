import Foundation
import Plantain
import TestSupport
import Testing

@Suite(.endsInTime) struct `Edits that run as tasks` {
  private static let accepted = ScriptedGateway.Answer.reply(
    status: 200, body: #"{"code":200,"data":[{"status":"submitted","task_id":"task_1"}]}"#)
  private static let running = ScriptedGateway.Answer.reply(
    status: 200, body: #"{"code":200,"data":{"id":"task_1","status":"processing","progress":30}}"#)
  private static let done = ScriptedGateway.Answer.reply(
    status: 200,
    body: #"{"code":200,"data":{"status":"completed","cost":3,"result":{"images":[{"url":["/f/1.png"]}]}}}"#)

  private func picture() throws -> [UInt8] { try Synthetic.jpeg(PixelSize(width: 60, height: 40)) }

  private func edit(
    _ answers: [ScriptedGateway.Answer], ledger: TemporaryFolder, _ options: EditOptions
  ) async throws -> (Result<EditResult, PlantainError>, [String]) {
    let source = Reference.bytes(PictureBytes(try picture()), name: "p")
    return try await Scenario(in: ledger).scripted(answers, by: .gccai) { editor, server in
      do throws(PlantainError) {
        let result = try await editor.edit("warm", references: [source], options: options)
        return (.success(result), server.requests.map(\.head))
      } catch {
        return (.failure(error), server.requests.map(\.head))
      }
    }
  }

  @Test func `a task is sent once and polled, and its result is fetched without the key`() async throws {
    let (folder, ledger) = (try TemporaryFolder(), try TemporaryFolder())
    var options = EditOptions()
    options.output = .file(folder.file("out.jpg"))
    let answers = [
      Self.accepted, Self.running, .reply(status: 502, body: ""), Self.done, .file(try picture()),
    ]
    let (outcome, heads) = try await edit(answers, ledger: ledger, options)
    let result = try outcome.get()
    #expect(heads.map { $0.prefix { $0 != " " } } == ["POST", "GET", "GET", "GET", "GET"])
    #expect(heads[1].hasPrefix("GET /v1/tasks/task_1?language=en "))
    #expect(heads[4].hasPrefix("GET /f/1.png "))
    #expect(heads[3].contains("canary") && !heads[4].contains("canary"))
    #expect(try folder.read("out.jpg") == picture())
    #expect(result.tasks == ["task_1"])
    #expect(result.image.source == .task)
    #expect(result.cost.amount == 3 && result.cost.currency == "credits")
    #expect(try ledger.keptReplies == [])
    let entry = try await History(ledger: .file(ledger.file("ledger.sqlite"))).edit(result.id)
    #expect(entry.state == "done" && entry.outputs == [folder.file("out.jpg")])
  }

  @Test func `a task that exceeds the timeout can be recovered, and is never sent again`() async throws {
    let (folder, ledger) = (try TemporaryFolder(), try TemporaryFolder())
    var options = EditOptions()
    options.output = .file(folder.file("out.jpg"))
    let (outcome, heads) = try await edit([Self.accepted, Self.running], ledger: ledger, options)
    guard case .failure(let error) = outcome else {
      Issue.record("expected an error")
      return
    }
    #expect(error.exitStatus == 76)
    #expect(error.billed == .yes)
    let id = try #require(error.editID)
    #expect(error.hint?.contains("plantain recover \(id)") == true)
    #expect(heads.filter { $0.hasPrefix("POST") }.count == 1)
    #expect(folder.names == [])

    try await ScriptedGateway.run([Self.done, .file(try picture())]) { server in
      let result = try await withTestEditor(
        gateway: .gccai, key: key, baseURL: server.baseURL, ledger: ledger
      ) { editor in
        try await editor.recover(String(id.prefix(8)))
      }
      #expect(result.image.output == folder.file("out.jpg"))
      #expect(server.requests.allSatisfy { $0.head.hasPrefix("GET") })
      await #expect(throws: PlantainError.self) {
        try await withTestEditor(gateway: .gccai, key: key, baseURL: server.baseURL, ledger: ledger) {
          editor in
          try await editor.recover(id)
        }
      }
    }
    #expect(try folder.read("out.jpg") == picture())
  }

  @Test func `a failed task gives its reason and is not sent again`() async throws {
    let failed = ScriptedGateway.Answer.reply(
      status: 200, body: #"{"data":{"status":"failed","error":{"code":500,"message":"no GPU left"}}}"#)
    let (outcome, heads) = try await edit([Self.accepted, failed], ledger: TemporaryFolder(), EditOptions())
    guard case .failure(let error) = outcome else {
      Issue.record("expected an error")
      return
    }
    #expect(error.exitStatus == 80)
    #expect(error.message.contains("no GPU left"))
    #expect(error.billed == .unknown)
    #expect(heads.count == 2)
  }

  @Test func `a result at a private address is refused and stays recoverable`() async throws {
    let elsewhere = ScriptedGateway.Answer.reply(
      status: 200, body: #"{"data":{"status":"completed","result":{"images":[{"url":"http://10.0.0.1/x"}]}}}"#
    )
    let (outcome, _) = try await edit([Self.accepted, elsewhere], ledger: TemporaryFolder(), EditOptions())
    guard case .failure(let error) = outcome else {
      Issue.record("expected an error")
      return
    }
    #expect(error.exitStatus == 76 && error.billed == .yes)
    #expect(error.message.contains("10.0.0.1"))
  }
}

@Suite(.endsInTime) struct `The next route is tried` {
  private func edit(
    _ first: ScriptedGateway.Answer, _ second: ScriptedGateway.Answer
  ) async throws -> (exit: Int32, requests: [Int], tried: [String]) {
    let source = PictureBytes(try Synthetic.jpeg(PixelSize(width: 60, height: 40)))
    return try await ScriptedGateway.run(first) { one in
      try await ScriptedGateway.run(second) { other in
        let routes = [
          try Route(.apiyi, key: key, baseURL: one.baseURL),
          try Route(.crazyrouter, key: key, baseURL: other.baseURL),
        ]
        var exit: Int32 = 0
        var tried: [String] = []
        do {
          let result = try await withTestEditor(routes: routes) { editor in
            try await editor.edit("warm", references: [.bytes(source, name: "p")])
          }
          tried = result.attempts.map { "\($0.gateway) \($0.state) \($0.status ?? 0)" }
        } catch let error as PlantainError {
          exit = error.exitStatus
        }
        return (exit, [one.requests.count, other.requests.count], tried)
      }
    }
  }

  @Test func `the next route is tried only after an unbilled failure of this route alone`() async throws {
    let good = ScriptedGateway.Answer.picture(try Synthetic.jpeg(PixelSize(width: 64, height: 64)))
    for status in [429, 503, 401, 402, 404] {
      let (exit, requests, tried) = try await edit(.reply(status: status, body: "{}"), good)
      #expect(exit == 0, "\(status)")
      #expect(requests == [1, 1], "\(status)")
      #expect(tried == ["apiyi unbilled \(status)", "crazyrouter done 200"])
    }
    let refusal = #"{"promptFeedback":{"blockReason":"SAFETY"}}"#
    for (answer, status) in [
      (ScriptedGateway.Answer.reply(status: 500, body: "{}"), Int32(76)), (.hangUp, 76),
      (.reply(status: 200, body: refusal), 79), (.reply(status: 400, body: "{}"), 82),
      (.reply(status: 400, body: #"{"error":{"code":"content_filter"}}"#), 79),
    ] {
      let (exit, requests, _) = try await edit(answer, good)
      #expect(exit == status)
      #expect(requests == [1, 0])
    }
  }
}
