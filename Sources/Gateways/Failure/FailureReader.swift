import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tells apart what a gateway means by an error, from status, codes and words together: one number stands for several
/// things (400 for a bad key, 402 and 403 for an empty account), and the real cause can lie inside a message.
struct FailureReader {
  let dialect: ErrorDialect
  /// What must not be quoted back.
  let key: APIKey?

  /// - Parameter json: the error's document, or the object that holds the error.
  func read(_ reply: IncomingReply, _ json: JSONValue?) -> GatewayFailure {
    let status = Self.status(reply, json)
    let levels = Self.levels(json)
    let message = levels.last?.message ?? Self.plainText(reply.text)
    let advice =
      reply.retryAfter.flatMap { RetryAfter.parse($0, now: reply.date) }
      ?? levels.lazy.flatMap(\.details).compactMap(Self.retryDelay).first
    let failure = GatewayFailure(
      kind: kind(status, levels, reply.status < 300 ? levels.last?.message ?? "" : message),
      status: reply.status, message: shortened(message), retryAfter: advice)
    if (200..<300).contains(reply.status) { return failure.underGoodStatus }
    return failure.kind == .rateLimited ? byQuota(failure, levels, message, reply.date) : failure
  }

  /// What waiting does for it: nothing, until the day ends, or until the minute does.
  private func byQuota(
    _ failure: GatewayFailure, _ levels: [Level], _ message: String, _ date: String?
  ) -> GatewayFailure {
    let all = levels.compactMap(\.message).joined(separator: "\n") + message
    switch QuotaViolation.period(levels.flatMap(\.details), all) {
    case .never: return failure.meaning(.needsBilling)
    case .day:
      let now = date.flatMap(RetryAfter.date) ?? time(nil)
      return failure.meaning(.dayQuotaUsed).waiting(QuotaViolation.untilEndOfDay(now))
    case .minute: return failure.waiting(failure.retryAfter ?? .seconds(60))
    case nil: return failure
    }
  }

  /// A reply under 2xx that is not in the dialect.
  func unreadable(_ reply: IncomingReply, _ why: String) -> GatewayFailure {
    let message = shortened(Self.plainText(reply.text))
    return GatewayFailure(
      kind: .unreadableReply, status: reply.status, message: message.isEmpty ? why : "\(why): \(message)")
  }

  private func kind(_ status: Int, _ levels: [Level], _ message: String) -> FailureKind {
    let codes = levels.flatMap(\.codes).map { $0.lowercased() }
    if let kind = codes.lazy.compactMap({ ErrorDialect.kind(ofCode: $0, status: status) }).first {
      return kind
    }
    let byStatus = dialect.kind(ofStatus: status)
    let byWords = ErrorDialect.kind(ofWords: message)
    switch byStatus {
    case .malformedRequest, .keyRejected, .unknownModel: return byWords ?? byStatus
    // That there is no channel to a model means as a rule that it is not sold any more.
    case .overloaded: return byWords == .unknownModel ? .unknownModel : byStatus
    default: return (200..<300).contains(status) ? byWords ?? byStatus : byStatus
    }
  }

  /// An error can travel under status 200 as well, with its own number inside.
  private static func status(_ reply: IncomingReply, _ json: JSONValue?) -> Int {
    guard reply.status < 300 else { return reply.status }
    let inner = [json?["error"]?["code"], json?["statusCode"], json?["code"], json?["errcode"]]
    return inner.compactMap { $0?.int }.first { (300..<600).contains($0) } ?? reply.status
  }

  /// What one document says: the gateway's own, or the one that it quotes in a message.
  private struct Level {
    var codes: [String] = []
    var message: String?
    var details: [JSONValue] = []
  }

  private static func levels(_ json: JSONValue?, depth: Int = 0) -> [Level] {
    guard let json, depth < 4 else { return [] }
    let error = json["error"]
    let source = (error?.isObject ?? false) ? error : json
    var level = Level()
    level.details = source?["details"]?.elements ?? []
    level.codes = ["code", "type", "reason", "status", "error_code", "errorCode"].compactMap {
      source?[$0]?.string
    }
    level.codes += level.details.compactMap { $0["reason"]?.string }
    level.message =
      source?["message"]?.string ?? error?.string ?? json["detail"]?.string
      ?? ["msg", "errmsg", "errorMessage", "err_msg", "description"].lazy.compactMap { source?[$0]?.string }
      .first
    let inner = level.message.flatMap(quotedDocument)
    return [level] + levels(inner, depth: depth + 1).filter { $0.message != nil }
  }

  /// `{"error":{"message":"{\"error\":{…}}"}}`: relays put their supplier's whole answer into a message.
  private static func quotedDocument(_ message: String) -> JSONValue? {
    guard let brace = message.firstIndex(of: "{"), let end = message.lastIndex(of: "}"), brace < end else {
      return nil
    }
    return JSONValue(parsing: Array(message[brace...end].utf8))
  }

  /// `google.rpc.RetryInfo`: a decimal number of seconds with an `s`, as in `"1.17s"`.
  private static func retryDelay(_ detail: JSONValue) -> Duration? {
    guard let text = detail["retryDelay"]?.string, text.hasSuffix("s") else { return nil }
    return RetryAfter.seconds(String(text.dropLast()))
  }

  /// A proxy's page without its markup.
  private static func plainText(_ text: String) -> String {
    guard text.prefix(200).contains("<"), !text.hasPrefix("{") else { return text }
    var message = ""
    var isInTag = false
    for character in text.prefix(20_000) {
      switch character {
      case "<": isInTag = true
      case ">":
        isInTag = false
        message += " "
      default: if !isInTag { message.append(character) }
      }
    }
    return message.allSatisfy(\.isWhitespace) ? text : message
  }

  /// One line of printable text, at most 300 characters, without the key.
  func shortened(_ text: String) -> String {
    let message = (key?.redacted(from: text) ?? text).split { $0.isWhitespace || $0.isNewline }.joined(
      separator: " ")
    let printable = message.filter {
      !$0.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    return printable.count > 300 ? printable.prefix(299) + "…" : printable
  }
}

extension GatewayFailure {
  /// An error inside a reply under 2xx is believed when it says that nothing was done. Whatever else it says, such as that it is busy
  /// or late, the edit may have been made and billed.
  fileprivate var underGoodStatus: GatewayFailure {
    switch kind {
    case .outOfCredit, .keyRejected, .unknownModel, .refusedByPolicy, .needsBilling, .placeNotServed,
      .unknownTask:
      self
    default: meaning(.outcomeUnknown)
    }
  }
}
