import Foundation
import Gateways
import TestSupport
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

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
      let request = try SimulatedDialect.read(dialect.fixture("request-\(gateway.id).json"), gateway)
      #expect(request.prompt == "make it \"evening\"")
      #expect(request.pictures.count == 2)
    }
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `the simulator reads what is written`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let written = fullRequest(to: gateway)
    let read = try SimulatedDialect(gateway).request
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
    let read = try SimulatedDialect.read(body, gateway)
    #expect(read.pictures.compactMap(mediaType) == [.png])
    #expect(read.tier == .one && read.ratio == nil && read.count == 1 && !read.isSearching)
  }

  @Test(arguments: Gateway.Dialect.allCases)
  func `each answer of the simulator is a fixture, and is read as what it is`(
    dialect: Gateway.Dialect
  ) throws {
    let simulated = try SimulatedDialect(try #require(dialect.gateways.first))
    for kind in AnswerKind.allCases where kind.exists(with: simulated.gateway.simulatedTraits) {
      let reply = simulated.reply(kind)
      let fixture = try dialect.fixture("\(kind.rawValue).json")
      #expect(reply.body == fixture, "\(kind)")
      let outcome = simulated.outcome(kind, (reply.status, fixture))
      #expect(simulated.isUnderstood(kind, outcome), "\(kind): \(outcome)")
    }
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `every gateway's own answers are read as what they are`(id: String) throws {
    let simulated = try SimulatedDialect(try #require(Gateway.named(id)))
    for kind in AnswerKind.allCases where kind.exists(with: simulated.gateway.simulatedTraits) {
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
    let request = try SimulatedDialect.read(body, .aimlapi)
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
      #expect(throws: SimulatedRefusal.self, "\(body)") { try SimulatedDialect.read(body, gateway) }
    }
  }
}
