import Base64
import Core

/// One of the shapes that replies have.
protocol ReplyShape {
  /// Whether the reply has what only this shape has.
  var isOwn: Bool { get }
  func read() throws(Base64.DecodingError) -> ReplyReader.Reading
}

/// Finds out what a reply means. A picture that came is one, whatever else is said before or behind it; only then errors,
/// refusals and words are looked at.
struct ReplyReader {
  let gateway: Gateway
  /// What must not be quoted back.
  let key: APIKey?

  private var failures: FailureReader { FailureReader(dialect: gateway.errorDialect, key: key) }

  /// What was found on the way through a reply.
  struct Reading {
    /// Those that stand in a place of their own.
    var pictures: [ReturnedPicture] = []
    /// The model's texts, in which there may be further ones.
    var spoken: [JSONValue] = []
    var tasks: [String] = []
    var facts = ReplyFacts()
    /// Refused, by this reason.
    var blockReason: String?
    /// An answer was begun, so an error beside it proves nothing.
    var hasBegun = false
  }

  /// - Parameter isDone: it is a task's own, and the task is done: its id is no promise any more.
  func read(_ reply: IncomingReply, isDone: Bool = false) -> Outcome {
    let (documents, isWhole) = reply.documents
    guard (200..<300).contains(reply.status) else { return .failed(failures.read(reply, documents.first)) }
    var reading: Reading
    do throws(Base64.DecodingError) {
      reading = try self.reading(documents)
    } catch {
      return .failed(failures.unreadable(reply, "its picture is no base64 from character \(error.offset) on"))
    }
    reading.facts = withoutKey(reading.facts)
    let pictures = reading.pictures.withoutRepeats
    if !pictures.isEmpty { return .pictures(pictures, reading.facts) }
    guard isWhole, documents.allSatisfy(\.isObject) else {
      return .failed(failures.unreadable(reply, "it is no JSON object"))
    }
    if !reading.tasks.isEmpty, !isDone { return .accepted(tasks: reading.tasks) }
    // An error can travel under status 200 as well.
    if let error = documents.first(where: Self.isError) {
      let failure = failures.read(reply, error)
      return .failed(reading.hasBegun ? failure.meaning(.outcomeUnknown) : failure)
    }
    if let reason = reading.blockReason { return .refused(reason: reason, reading.facts) }
    let links = PicturesInText.addresses(in: reading.spoken)
    return .noPicture(reason: reading.facts.finishReason ?? "", reading.facts, links: links)
  }

  /// What the documents say, by the shape that they have: relays answer in one shape what was asked for in another. A picture is
  /// taken from wherever it stands: in a place of its own, else in another shape's, else in the text.
  private func reading(_ documents: [JSONValue]) throws(Base64.DecodingError) -> Reading {
    let flat = FlatReply(documents: documents)
    let shapes: [any ReplyShape] = [
      NativeGeminiReply(documents: documents), ChatReply(documents: documents), flat,
    ]
    let own = shapes.first(where: \.isOwn) ?? flat
    var reading = try own.read()
    if gateway.dialect == .nativeGemini { reading.tasks = [] }
    let others = shapes.lazy.compactMap { try? $0.read().pictures }
    if reading.pictures.isEmpty { reading.pictures = others.first { !$0.isEmpty } ?? [] }
    let texts = reading.spoken.compactMap(\.string)
    var text = texts
    if reading.pictures.isEmpty {
      reading.pictures = PicturesInText.inline(in: reading.spoken)
      if !reading.pictures.isEmpty { text = texts.compactMap(PicturesInText.withoutPictures) }
    }
    if !text.isEmpty { reading.facts.text = text.joined(separator: "\n") }
    return reading
  }

  /// The state of a task (APIMart's page on tasks, and what its white labels make of it).
  func readTask(_ reply: IncomingReply) -> Outcome {
    let (documents, isWhole) = reply.documents
    guard (200..<300).contains(reply.status), isWhole, let document = documents.first, document.isObject
    else {
      return ofTask(read(reply))
    }
    let task = FlatReply.task(in: document)
    switch FlatReply.state(of: task) {
    case .running: return .running(progress: task["progress"]?.int)
    case .done: return ofTask(read(reply, isDone: true))
    case .failed:
      let failure = failures.read(reply, task)
      let isRefused = failure.kind == .refusedByPolicy
      return .failed(failure.meaning(isRefused ? .refusedByPolicy : .taskFailed))
    }
  }

  /// An unknown path is an unknown task here, and a task cannot lead to another.
  private func ofTask(_ outcome: Outcome) -> Outcome {
    switch outcome {
    case .failed(let failure) where failure.kind == .unknownModel: .failed(failure.meaning(.unknownTask))
    case .accepted: .running(progress: nil)
    default: outcome
    }
  }

  private static func isError(_ document: JSONValue) -> Bool {
    if document["error"] != nil || document["success"]?.bool == false { return true }
    if ["error", "fail", "failed"].contains(document["status"]?.string?.lowercased()) { return true }
    // A number or a word of its own beside a good status.
    let text =
      ["message", "msg", "errmsg"].lazy.compactMap { document[$0]?.string?.lowercased() }.first ?? ""
    guard !["ok", "success", "succeeded", "成功"].contains(text) else { return false }
    if let code = ["code", "statusCode", "errcode", "error_code"].lazy.compactMap({ document[$0] }).first {
      if let number = code.int { return number != 0 && !(200..<300).contains(number) }
      return !["ok", "success", ""].contains(code.string?.lowercased() ?? "")
    }
    return false
  }

  private func withoutKey(_ facts: ReplyFacts) -> ReplyFacts {
    guard let key else { return facts }
    var facts = facts
    facts.text = facts.text.map(key.redacted)
    facts.finishReason = facts.finishReason.map(key.redacted)
    facts.grounding = facts.grounding.map(key.redacted)
    return facts
  }
}
