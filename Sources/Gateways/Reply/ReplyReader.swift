import Base64
import Vocabulary

/// Finds out what a reply means. A picture that came is one, whatever else is said before or behind it; only then errors,
/// refusals and words are looked at.
struct ReplyReader {
  let gateway: Gateway
  /// What must not be quoted back.
  let key: APIKey?

  private var failures: FailureReader { FailureReader(dialect: gateway.errorDialect, key: key) }

  /// A dialect's way through a reply.
  struct Reading {
    var pictures: [ReturnedPicture] = []
    var tasks: [String] = []
    var facts = ReplyFacts()
    /// Refused, by this reason.
    var blockReason: String?
    /// An answer was begun, so an error beside it proves nothing.
    var hasBegun = false
  }

  /// - Parameter isDone: it is a task's own, and the task is done: its id is no promise any more.
  func read(_ reply: IncomingReply, isDone: Bool = false) -> Outcome {
    read(reply, isDone: isDone) { documents throws(Base64.DecodingError) in
      switch gateway.dialect {
      case .nativeGemini:
        try NativeGeminiReply(documents: documents, answersInText: gateway.answersInText).read()
      case .v3, .images, .task: try FlatReply(documents: documents).read()
      }
    }
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

  private func read(
    _ reply: IncomingReply, isDone: Bool, _ dialect: ([JSONValue]) throws(Base64.DecodingError) -> Reading
  ) -> Outcome {
    let (documents, isWhole) = reply.documents
    guard (200..<300).contains(reply.status) else { return .failed(failures.read(reply, documents.first)) }
    var reading: Reading
    do throws(Base64.DecodingError) {
      reading = try dialect(documents)
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
    return .noPicture(reason: reading.facts.finishReason ?? "", reading.facts)
  }

  private static func isError(_ document: JSONValue) -> Bool {
    if document["error"] != nil { return true }
    // A number of its own beside a good status.
    guard let code = document["code"]?.int ?? document["statusCode"]?.int else { return false }
    return (300..<600).contains(code)
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
