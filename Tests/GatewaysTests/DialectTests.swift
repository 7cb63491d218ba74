import Foundation
import Gateways
import TestSupport
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

/// The kinds of answers that a gateway can give. The raw value is the name of the fixture.
private enum Kind: String, CaseIterable {
  case picture, pictures, refusal, empty, error
  // Only in dialects with tasks.
  case accepted, running, failed
  // Only in dialects with a model's parts.
  case text, thoughts, pictureInText, addressInText

  func exists(with traits: SimulatedTraits) -> Bool {
    switch self {
    case .picture, .pictures, .refusal, .empty, .error: true
    case .accepted, .running, .failed: traits.contains(.tasks)
    case .text, .thoughts, .pictureInText, .addressInText: traits.contains(.modelParts)
    }
  }

  var status: Int { self == .error ? 429 : 200 }
  var pictureCount: Int {
    switch self {
    case .picture, .pictureInText, .addressInText: 1
    case .pictures, .thoughts: 2
    default: 0
    }
  }
}

/// The simulator's side of a gateway.
private struct Simulated {
  let gateway: Gateway
  let request: SimulatedRequest

  /// Reads a request with every option.
  init(_ gateway: Gateway) throws {
    self.gateway = gateway
    let outgoing = gateway.encode(fullRequest(to: gateway), baseURL: "http://127.0.0.1", key: key)
    request = try Self.read(text(outgoing.body), gateway)
  }

  static func read(_ body: String, _ gateway: Gateway) throws -> SimulatedRequest {
    try gateway.simulatedRequest(Array(body.utf8), model: gateway.defaultModel.id, mediaType: mediaType)
  }

  /// What a gateway of this dialect replies.
  func reply(_ kind: Kind) -> (status: Int, body: String) {
    let traits = gateway.simulatedTraits
    if kind == .error { return (429, written(gateway.simulatedError(429, "Too many requests."))) }
    if kind == .refusal, !traits.contains(.modelParts) {
      return (400, written(gateway.simulatedError(400, "Rejected by content moderation.")))
    }
    guard traits.contains(.tasks), kind != .accepted else {
      return (200, written(gateway.simulatedReply(to: request, answer(kind))))
    }
    let state: SimulatedTaskState =
      switch kind {
      case .running: .running(progress: 40)
      case .failed: .failed("The upstream had an error.")
      default: .done(answer(kind).pictures.map(\.address))
      }
    return (200, written(gateway.simulatedReport(on: "task_1", state, expires: 1_780_000_000)))
  }

  private func written(_ json: JSONValue) -> String { json.text ?? "" }

  private func answer(_ kind: Kind) -> SimulatedAnswer {
    let pictures = (0..<kind.pictureCount).map { number in
      SimulatedPicture(
        PictureBytes(Array("picture \(number)".utf8)), label: .png,
        address: "https://a.example/\(number).png", isThought: kind == .thoughts)
    }
    var answer = SimulatedAnswer(pictures)
    answer.task = "task_1"
    switch kind {
    case .refusal: answer.blockReason = "PROHIBITED_CONTENT"
    case .text: answer.text = "I cannot do that."
    case .pictureInText: answer.form = .textWithDataURI
    case .addressInText: answer.form = .textWithAddress
    default: break
    }
    return answer
  }

  /// What the client makes of it.
  func outcome(_ kind: Kind, _ reply: (status: Int, body: String)) -> Outcome {
    let incoming = IncomingReply(status: reply.status, content: lifted(reply.body))
    let isPoll = gateway.simulatedTraits.contains(.tasks) && kind != .accepted && reply.status == 200
    return isPoll ? gateway.interpretTask(incoming) : gateway.interpret(incoming)
  }

  /// Whether the client understands an answer as what it is.
  func isUnderstood(_ kind: Kind, _ outcome: Outcome) -> Bool {
    switch (kind, outcome) {
    case (.picture, .pictures(let found, _)), (.pictures, .pictures(let found, _)),
      (.pictureInText, .pictures(let found, _)):
      found.map(content) == answer(kind).pictures.map(expected)
    case (.thoughts, .pictures(let found, _)):
      found.map(content) == answer(kind).pictures.suffix(1).map(expected)
    case (.refusal, .refused(let reason, _)): reason == "PROHIBITED_CONTENT"
    case (.refusal, .failed(let failure)): failure.kind == .refusedByPolicy
    case (.empty, .noPicture): true
    case (.text, .noPicture(_, let facts, _)): facts.text == "I cannot do that."
    case (.addressInText, .noPicture(_, _, let links)): links.shown == ["https://a.example/0.png"]
    case (.error, .failed(let failure)):
      failure.kind == .rateLimited && failure.message == "Too many requests."
    case (.accepted, .accepted(let tasks)): tasks == ["task_1"]
    case (.running, .running(let progress)): progress == 40
    case (.failed, .failed(let failure)):
      failure.kind == .taskFailed && failure.message == "The upstream had an error."
    default: false
    }
  }

  private func content(_ picture: ReturnedPicture) -> String {
    switch picture.content {
    case .bytes(let bytes): String(decoding: bytes.array, as: UTF8.self)
    case .address(let address, _): address
    }
  }

  private func expected(_ picture: SimulatedPicture) -> String {
    let hasAddress = gateway.simulatedTraits.contains(.addresses)
    return hasAddress ? picture.address : String(decoding: picture.bytes.array, as: UTF8.self)
  }
}

@Suite struct `Every dialect` {
  @Test func `there is a folder of code and one of fixtures for each dialect, and no other`() throws {
    let names = Gateway.Dialect.allCases.map(\.folderName).sorted()
    for parent in ["Sources/Gateways/Dialects", "Tests/Fixtures/Dialects"] {
      let path = Samples.root.appending(path: parent).path(percentEncoded: false)
      let found = try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.contains(".") }
      #expect(found.sorted() == names, "in \(parent)")
    }
  }

  @Test(arguments: Gateway.Dialect.allCases)
  func `a built-in gateway speaks it, and its request is a fixture`(dialect: Gateway.Dialect) throws {
    #expect(!dialect.gateways.isEmpty)
    for gateway in dialect.gateways {
      let request = try Simulated.read(dialect.fixture("request-\(gateway.id).json"), gateway)
      #expect(request.prompt == "make it \"evening\"")
      #expect(request.pictures.count == 2)
    }
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `the simulator reads what is written`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let written = fullRequest(to: gateway)
    let read = try Simulated(gateway).request
    #expect(read.model.id == written.model)
    #expect(read.prompt == written.prompt)
    #expect(read.pictures.compactMap(mediaType) == [.jpeg, .png])
    #expect(read.tier == written.tier)
    #expect(read.ratio == AspectRatio(16, 9))
    #expect(read.count == written.count)
    #expect(read.format == written.outputFormat)
    #expect(read.isSearching)
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `the simulator reads a request without options`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let picture = PictureContent(PictureBytes(referenceTypes[.png] ?? []))
    let plain = EditRequest(
      prompt: "x", model: gateway.defaultModel.id, tier: nil, shape: nil,
      references: [.picture(.png, picture)])
    let body = text(gateway.encode(plain, baseURL: "http://127.0.0.1", key: key).body)
    let read = try Simulated.read(body, gateway)
    #expect(read.pictures.compactMap(mediaType) == [.png])
    #expect(read.tier == .one && read.ratio == nil && read.count == 1 && !read.isSearching)
  }

  @Test(arguments: Gateway.Dialect.allCases)
  func `each answer of the simulator is a fixture, and is read as what it is`(
    dialect: Gateway.Dialect
  ) throws {
    let simulated = try Simulated(try #require(dialect.gateways.first))
    for kind in Kind.allCases where kind.exists(with: simulated.gateway.simulatedTraits) {
      let reply = simulated.reply(kind)
      let fixture = try dialect.fixture("\(kind.rawValue).json")
      #expect(reply.body == fixture, "\(kind)")
      let outcome = simulated.outcome(kind, (reply.status, fixture))
      #expect(simulated.isUnderstood(kind, outcome), "\(kind): \(outcome)")
    }
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `every gateway's own answers are read as what they are`(id: String) throws {
    let simulated = try Simulated(try #require(Gateway.named(id)))
    for kind in Kind.allCases where kind.exists(with: simulated.gateway.simulatedTraits) {
      let outcome = simulated.outcome(kind, simulated.reply(kind))
      #expect(simulated.isUnderstood(kind, outcome), "\(kind): \(outcome)")
    }
  }

  @Test(arguments: ErrorDialect.allCases)
  func `errors of every vocabulary are read by every dialect`(errors: ErrorDialect) throws {
    for dialect in Gateway.Dialect.allCases {
      var gateway = try #require(dialect.gateways.first)
      gateway.errorDialect = errors
      for (status, kind) in [
        (400, FailureKind.malformedRequest), (401, .keyRejected), (402, .outOfCredit), (404, .unknownModel),
        (429, .rateLimited), (500, .outcomeUnknown), (503, .overloaded),
      ] {
        let body = try #require(gateway.simulatedError(status, "A message.").text)
        let outcome = gateway.interpret(IncomingReply(status: status, content: lifted(body)))
        guard case .failed(let failure) = outcome else {
          Issue.record("expected a failure from \(body)")
          continue
        }
        #expect(failure.kind == kind, "\(body)")
        #expect(failure.message == "A message.")
      }
    }
  }

  @Test func `pictures as base64, as OpenAI's own client requests them, are read`() throws {
    let body = #"{"model":"google/nano-banana-2","prompt":"x","response_format":"b64_json"}"#
    let request = try Simulated.read(body, .aimlapi)
    let picture = SimulatedPicture(PictureBytes([1, 2, 3]), label: .png, address: "https://a.example/1.png")
    let reply = Gateway.aimlapi.simulatedReply(to: request, SimulatedAnswer([picture])).text ?? ""
    guard
      case .pictures(let found, _) = Gateway.aimlapi.interpret(
        IncomingReply(status: 200, content: lifted(reply)))
    else {
      Issue.record("expected a picture in \(reply)")
      return
    }
    #expect(found.map { $0.bytes?.array } == [[1, 2, 3]])
    #expect(found.map(\.label) == [.png])
  }

  @Test(arguments: Gateway.Dialect.allCases)
  func `a request that the gateway would not accept is refused`(dialect: Gateway.Dialect) throws {
    let gateway = try #require(dialect.gateways.first)
    for change in [
      { (request: inout EditRequest) in request.prompt = "" },
      { $0.shape = .ratio(AspectRatio(7, 5)) },
      { $0.references = [.picture(.png, PictureContent(PictureBytes([0])))] },
      { request in
        request.references = Array(repeating: request.references[0], count: gateway.limits.references + 1)
      },
    ] {
      var request = fullRequest(to: gateway)
      change(&request)
      let body = text(gateway.encode(request, baseURL: "http://127.0.0.1", key: key).body)
      #expect(throws: SimulatedRefusal.self, "\(body)") { try Simulated.read(body, gateway) }
    }
  }
}
