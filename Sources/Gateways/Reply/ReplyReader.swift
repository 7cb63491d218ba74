import Base64
import Core

/// A format of replies.
protocol ReplyShape {
  /// Whether the reply has fields that only this format has.
  var isOwn: Bool { get }
  func read() throws(Base64.DecodingError) -> ReplyReader.Reading
}

/// Interprets a reply. A picture takes precedence over everything else in the reply; errors, refusals, and
/// texts are considered only if there is none.
struct ReplyReader {
  let gateway: Gateway
  /// The key to redact from quoted text.
  let key: APIKey?

  private var failures: FailureReader { FailureReader(dialect: gateway.errorDialect, key: key) }

  /// The contents of a reply.
  struct Reading {
    /// The pictures in fields of their own.
    var pictures: [ReturnedPicture] = []
    /// The model's texts, which may contain further pictures.
    var spoken: [JSONValue] = []
    /// The ids of accepted tasks.
    var tasks: [String] = []
    var facts = ReplyFacts()
    /// The reason of a refusal.
    var blockReason: String?
    /// Whether the model has begun to reply, so that an error beside it does not prove that nothing was
    /// billed.
    var hasBegun = false
  }

  /// Interprets a reply to an edit request.
  ///
  /// - Parameter isDone: Whether the reply describes a task that is done. Then a task id in it does not mean
  ///   that a result will follow.
  func read(_ reply: IncomingReply, isDone: Bool = false) -> Outcome {
    let (documents, isWhole) = reply.documents
    guard (200..<300).contains(reply.status) else { return .failed(failures.read(reply, documents.first)) }
    var reading: Reading
    do throws(Base64.DecodingError) {
      reading = try self.reading(documents)
    } catch {
      return .failed(
        failures.unreadable(reply, "its picture is not valid base64 from character \(error.offset) on"))
    }
    reading.facts = withoutKey(reading.facts)
    let pictures = reading.pictures.withoutRepeats
    if !pictures.isEmpty { return .pictures(pictures, reading.facts) }
    guard isWhole, documents.allSatisfy(\.isObject) else {
      return .failed(failures.unreadable(reply, "it is not a JSON object"))
    }
    if !reading.tasks.isEmpty, !isDone { return .accepted(tasks: reading.tasks) }
    // An error can also arrive with status 200.
    if let error = documents.first(where: Self.isError) {
      let failure = failures.read(reply, error)
      return .failed(reading.hasBegun ? failure.meaning(.outcomeUnknown) : failure)
    }
    if let reason = reading.blockReason { return .refused(reason: reason, reading.facts) }
    let links = PicturesInText.addresses(in: reading.spoken)
    return .noPicture(reason: reading.facts.finishReason ?? "", reading.facts, links: links)
  }

  /// Reads the documents in the format that they have, because relays may reply in another format than that
  /// of the request. Pictures are taken from fields of that format, or else of another format, or else from
  /// the text.
  private func reading(_ documents: [JSONValue]) throws(Base64.DecodingError) -> Reading {
    let shapes = Self.shapes(documents)
    let own = shapes.first(where: \.isOwn) ?? FlatReply(documents: documents)
    var reading = try own.read()
    if !gateway.dialect.format.repliesWithTasks { reading.tasks = [] }
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

  /// The formats of replies, the most particular ones first.
  private static func shapes(_ documents: [JSONValue]) -> [any ReplyShape] {
    let particular = Gateway.Dialect.allCases.map { $0.format.reply(documents) }.filter { !($0 is FlatReply) }
    return particular + [ChatReply(documents: documents), FlatReply(documents: documents)]
  }

  /// Interprets a reply to a poll of a task (APIMart's page on tasks, and the variants of its white labels).
  func readTask(_ reply: IncomingReply) -> Outcome {
    let (documents, isWhole) = reply.documents
    guard (200..<300).contains(reply.status), isWhole, let document = documents.first, document.isObject
    else {
      return ofTask(read(reply))
    }
    let task = TaskFormat.task(in: document)
    switch TaskFormat.state(of: task) {
    case .running: return .running(progress: task["progress"]?.int)
    case .done: return ofTask(read(reply, isDone: true))
    case .failed:
      let failure = failures.read(reply, task)
      let isRefused = failure.kind == .refusedByPolicy
      return .failed(failure.meaning(isRefused ? .refusedByPolicy : .taskFailed))
    }
  }

  /// Adapts an outcome to a task: an unknown path means an unknown task, and a task cannot start another one.
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
    // Some gateways send HTTP status 200 with an error code, a number or a word, in the document.
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
