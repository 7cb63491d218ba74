import Gateways
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

/// The kinds of answers that a gateway can give. The raw value is the name of the fixture.
enum AnswerKind: String, CaseIterable {
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
struct SimulatedDialect {
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
  func reply(_ kind: AnswerKind) -> (status: Int, body: String) {
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

  private func answer(_ kind: AnswerKind) -> SimulatedAnswer {
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
  func outcome(_ kind: AnswerKind, _ reply: (status: Int, body: String)) -> Outcome {
    let incoming = IncomingReply(status: reply.status, content: lifted(reply.body))
    let isPoll = gateway.simulatedTraits.contains(.tasks) && kind != .accepted && reply.status == 200
    return isPoll ? gateway.interpretTask(incoming) : gateway.interpret(incoming)
  }

  /// Whether the client understands an answer as what it is.
  func isUnderstood(_ kind: AnswerKind, _ outcome: Outcome) -> Bool {
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
