import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Classifies a gateway's errors by status, codes, and message together. One status can mean several things
/// (400 for a bad key, 402 and 403 for an account out of credit), and the real cause may be quoted inside the
/// message.
struct FailureReader {
  let dialect: ErrorDialect
  /// The key to redact from quoted messages.
  let key: APIKey?

  /// Classifies an error reply.
  ///
  /// - Parameter json: The JSON document of the error, or the object that contains the error.
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

  /// Refines a rate limit by the exceeded quota: it never recovers, or it recovers at the end of the day or
  /// minute.
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

  /// The failure of a reply with status 2xx that is not in the gateway's format.
  func unreadable(_ reply: IncomingReply, _ why: String) -> GatewayFailure {
    let message = shortened(Self.plainText(reply.text))
    return GatewayFailure(
      kind: .unreadableReply, status: reply.status, message: message.isEmpty ? why : "\(why): \(message)")
  }

  private func kind(_ status: Int, _ levels: [Level], _ message: String) -> FailureKind {
    let codes = levels.flatMap(\.codes).map { $0.lowercased() }
    let byCode = { (isGeneral: Bool) in
      codes.lazy.filter { ErrorDialect.isGeneral($0) == isGeneral }
        .compactMap { ErrorDialect.kind(ofCode: $0, status: status) }.first
    }
    if let kind = byCode(false) { return kind }
    if ErrorDialect.isRefusal(message, status: status) { return .refusedByPolicy }
    if let kind = byCode(true) { return kind }
    let byStatus = dialect.kind(ofStatus: status)
    var byWords = ErrorDialect.kind(ofWords: message)
    if byWords == .refusedByPolicy, status >= 400, ErrorDialect.isAboutAccount(message) { byWords = nil }
    switch byStatus {
    case .malformedRequest, .keyRejected, .unknownModel: return byWords ?? byStatus
    // A model without a channel has usually been withdrawn.
    case .overloaded: return byWords == .unknownModel ? .unknownModel : byStatus
    default: return (200..<300).contains(status) ? byWords ?? byStatus : byStatus
    }
  }

  /// The effective status: an error can also arrive with HTTP status 200 and its own status in the document.
  private static func status(_ reply: IncomingReply, _ json: JSONValue?) -> Int {
    guard reply.status < 300 else { return reply.status }
    let inner = [json?["error"]?["code"], json?["statusCode"], json?["code"], json?["errcode"]]
    return inner.compactMap { $0?.int }.first { (300..<600).contains($0) } ?? reply.status
  }

  /// The error information of one document: the gateway's own, or one that is quoted in its message.
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

  /// Parses the JSON document that a message quotes, as in `{"error":{"message":"{\"error\":{…}}"}}`: relays
  /// put the whole reply of their supplier into a message.
  private static func quotedDocument(_ message: String) -> JSONValue? {
    guard let brace = message.firstIndex(of: "{"), let end = message.lastIndex(of: "}"), brace < end else {
      return nil
    }
    return JSONValue(parsing: Array(message[brace...end].utf8))
  }

  /// The delay of a `google.rpc.RetryInfo`: a decimal number of seconds followed by `s`, as in `"1.17s"`.
  private static func retryDelay(_ detail: JSONValue) -> Duration? {
    guard let text = detail["retryDelay"]?.string, text.hasSuffix("s") else { return nil }
    return RetryAfter.seconds(String(text.dropLast()))
  }

  /// Removes the markup from a proxy's HTML page, in its first 20,000 characters.
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

  /// Returns `text` as one line of printable characters, at most 300 of them, with the key redacted.
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
  /// The meaning of an error inside a reply with status 2xx. It is trusted only if it says that nothing was
  /// done. In all other cases, such as overload or a timeout, the edit may have been made and billed.
  fileprivate var underGoodStatus: GatewayFailure {
    switch kind {
    case .outOfCredit, .keyRejected, .unknownModel, .refusedByPolicy, .needsBilling, .placeNotServed,
      .unknownTask:
      self
    default: meaning(.outcomeUnknown)
    }
  }
}
