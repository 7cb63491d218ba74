import Foundation
import Plantain
import Synchronization
import TestSupport
import Testing

/// One gateway of each dialect.
private let ids = ["google", "myrouter", "aimlapi", "gccai"]

@Suite(.endsInTime) struct `Invalid replies in every dialect` {
  private func edit(
    _ gateway: Gateway, _ answers: [ScriptedGateway.Answer], output: String = "out.jpg"
  ) async throws -> (
    result: EditResult?, error: PlantainError?, requests: [String], kept: [[UInt8]], states: [String]
  ) {
    let scenario = try Scenario(PixelSize(width: 60, height: 40))
    let picture = try scenario.pictureBytes()
    let options = editOptions { $0.output = scenario.output(output) }
    let (result, error, requests): (EditResult?, PlantainError?, [String]) = try await scenario.scripted(
      answers, by: gateway
    ) { editor, scripted in
      do throws(PlantainError) {
        let result = try await editor.edit("x", references: [picture], options: options)
        return (result, nil, scripted.requests.map(\.head))
      } catch {
        return (nil, error, scripted.requests.map(\.head))
      }
    }
    let kept = try scenario.folder.keptReplies.map {
      try scenario.folder.read("ledger.sqlite.replies/\($0)")
    }
    let states = try await scenario.history.edits().first?.attempts.map(\.state)
    return (result, error, requests, kept, states ?? [])
  }

  @Test(
    arguments: ids,
    [
      "<html>portal</html>", "{", "[]", "null", "\"a word\"", #"{"candidates":"#, "{\"a\":\u{0}}",
      String(repeating: "[", count: 200_000), #"{"data":[{"url":5}],"image_urls":{},"images":[[]]}x"#,
    ])
  func `an invalid reply is kept unchanged and never requested again`(id: String, body: String) async throws {
    let gateway = try #require(Gateway.named(id))
    let (_, error, requests, kept, _) = try await edit(gateway, [.reply(status: 200, body: body)])
    let code = try #require(error?.code)
    #expect([.noPicture, .outcomeUnknown].contains(code), "\(String(describing: error))")
    #expect(error?.billed != .no)
    #expect(kept == [Array(body.utf8)])
    #expect(requests.count == 1)
  }

  /// A few hundred bytes that declare 3.6 billion pixels.
  @Test(arguments: ids)
  func `a decompression bomb is an error, and its reply is kept`(id: String) async throws {
    let gateway = try #require(Gateway.named(id))
    var png = try Synthetic.png(PixelSize(width: 8, height: 8))
    for place in [18, 22] { png.replaceSubrange(place..<place + 2, with: [0xEA, 0x60]) }
    let bytes = HandmadePNG.repairingChecksums(png)
    let bomb = Data(bytes).base64EncodedString()
    let uri = "data:image/png;base64,\(bomb)"
    let bodies = [
      "google": [ScriptedGateway.geminiReply(bytes, label: "image/png")],
      "myrouter": [#"{"image_urls":["\#(uri)"]}"#],
      "aimlapi": [#"{"data":[{"url":null,"b64_json":"\#(bomb)"}]}"#],
      "gccai": [
        #"{"code":200,"data":[{"status":"submitted","task_id":"t"}]}"#,
        #"{"code":200,"data":{"id":"t","status":"completed","result":{"images":[{"url":["\#(uri)"]}]}}}"#,
      ],
    ]
    let answers = try #require(bodies[id]).map { ScriptedGateway.Answer.reply(status: 200, body: $0) }
    // An output format other than the reply's requires decoding.
    let (_, error, requests, kept, _) = try await edit(gateway, answers, output: "out.webp")
    #expect(error?.billed == .yes, "\(String(describing: error))")
    #expect(kept.count == 1)
    #expect(requests.filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test func `a lost request is retried under its idempotency key if the gateway honors it`() async throws {
    var gateway = Gateway.myrouter
    gateway.idempotency = Gateway.Idempotency(header: "Idempotency-Key", isHonored: true)
    let jpeg = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 64))).base64EncodedString()
    let good = ScriptedGateway.Answer.reply(
      status: 200, body: #"{"image_urls":["data:image/jpeg;base64,\#(jpeg)"]}"#)
    let (result, error, requests, _, states) = try await edit(
      gateway, [.hangUp, .reply(status: 502, body: ""), good])
    #expect(result != nil, "\(String(describing: error))")
    let names = requests.map { head in
      head.split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key: ") }.map(String.init)
    }
    #expect(names.count == 3)
    #expect(names[0] != nil)
    #expect(Set(names).count == 1)
    #expect(states == ["unbilled", "unbilled", "done"])
    #expect(result?.attempts.map(\.state).prefix(2) == ["unbilled", "unbilled"])
    gateway.idempotency?.isHonored = false
    let alone = try await edit(gateway, [.hangUp, good])
    #expect(alone.error?.code == .outcomeUnknown)
    #expect(alone.requests.count == 1)
  }

  @Test(arguments: ["-5", "1e300", "1e999", "\"free\""])
  func `a cost that cannot be one is not counted, and costs no picture`(cost: String) async throws {
    let jpeg = Data(try Synthetic.jpeg(PixelSize(width: 64, height: 64))).base64EncodedString()
    let body = #"{"data":[{"b64_json":"\#(jpeg)"}],"meta":{"usage":{"usd_spent":\#(cost)}}}"#
    let (result, error, _, _, states) = try await edit(.aimlapi, [.reply(status: 200, body: body)])
    #expect(result?.cost.basis == .unknown, "\(String(describing: error))")
    #expect(states == ["done"])
  }

  @Test(arguments: [401, 400, 429])
  func `a refused retry does not tell that the lost request was free`(status: Int) async throws {
    var gateway = Gateway.myrouter
    gateway.idempotency = Gateway.Idempotency(header: "Idempotency-Key", isHonored: true)
    let lost = [ScriptedGateway.Answer.hangUp]
    let refused = [ScriptedGateway.Answer](repeating: .reply(status: status, body: "{}"), count: 9)
    let (_, error, requests, _, states) = try await edit(gateway, lost + refused)
    #expect(error?.billed == .unknown, "\(String(describing: error))")
    #expect(requests.count >= 2 && states.first == "ambiguous")
    // So no other gateway is paid for the same picture either.
    let scenario = try Scenario(PixelSize(width: 60, height: 40))
    let next = ScriptedGateway.Answer.picture(try Synthetic.jpeg(PixelSize(width: 64, height: 64)))
    try await ScriptedGateway.run(lost + refused) { first in
      try await ScriptedGateway.run(next) { second in
        let routes = try [
          Route(gateway, key: key, baseURL: first.baseURL), Route(.google, key: key, baseURL: second.baseURL),
        ]
        try await withTestEditor(routes: routes, ledger: scenario.folder) { editor in
          let picture = try scenario.pictureBytes()
          let waits = Mutex<[Billing]>([])
          let options = editOptions {
            $0.output = scenario.output("out.jpg")
            $0.count = 2
          }
          let error = await #expect(throws: PlantainError.self) {
            try await editor.edit("x", references: [picture], options: options) { event in
              if case .waiting(_, _, let billed) = event { waits.withLock { $0.append(billed) } }
            }
          }
          #expect(error?.billed == .unknown)
          #expect(second.requests.isEmpty)
          #expect(waits.withLock { $0 }.contains(.unknown) || status != 429)
        }
      }
    }
  }
}
