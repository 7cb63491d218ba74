import Vocabulary

/// Tells apart what a gateway of Google's dialect means by an error, from status, code and reason together: one number
/// stands for several things (400 for a bad key, 402 and 403 for an empty account).
struct FailureReader {
  /// What must not be quoted back.
  let key: APIKey?

  func read(_ reply: IncomingReply, _ json: JSONValue?) -> GatewayFailure {
    let error = json?["error"]
    let status = reply.status < 300 ? error?["code"]?.int ?? reply.status : reply.status
    let details = error?["details"]?.elements ?? []
    let reasons = Set(details.compactMap { $0["reason"]?.string })
    let code = error?["code"]?.string ?? error?["type"]?.string ?? ""
    let message = error?["message"]?.string ?? json?["message"]?.string ?? reply.words
    return GatewayFailure(
      kind: Self.kind(status, code: code, reasons: reasons), status: reply.status,
      message: shortened(message),
      retryAfter: reply.retryAfter.flatMap(RetryAfter.parse) ?? details.lazy.compactMap(Self.retryDelay).first
    )
  }

  private static func kind(_ status: Int, code: String, reasons: Set<String>) -> GatewayFailure.Kind {
    if reasons.contains("API_KEY_INVALID") { return .keyRejected }
    if ["insufficient_quota", "insufficient_user_quota"].contains(code) { return .outOfCredit }
    switch status {
    case 300..<400: return .redirected
    case 401, 403: return .keyRejected
    case 402: return .outOfCredit
    case 404: return .unknownModel
    case 429: return .rateLimited
    case 503: return .overloaded
    case 400, 405...407, 411, 413...417, 422, 431: return .malformedRequest
    // 408, 409, 499 and whatever else: somebody between here and there gave up, which proves nothing.
    default: return .outcomeUnknown
    }
  }

  /// `google.rpc.RetryInfo`: a decimal number of seconds with an `s`, as in `"1.17s"`.
  private static func retryDelay(_ detail: JSONValue) -> Duration? {
    guard let text = detail["retryDelay"]?.string, text.hasSuffix("s") else { return nil }
    return RetryAfter.seconds(String(text.dropLast()))
  }

  /// A reply under 2xx that is not in the dialect.
  func unreadable(_ reply: IncomingReply, _ why: String) -> GatewayFailure {
    let words = shortened(reply.words)
    return GatewayFailure(
      kind: .unreadableReply, status: reply.status, message: words.isEmpty ? why : "\(why): \(words)")
  }

  /// One line of printable text, at most 300 characters, without the key.
  private func shortened(_ text: String) -> String {
    let words = (key?.redacted(from: text) ?? text).split { $0.isWhitespace || $0.isNewline }.joined(
      separator: " ")
    let printable = words.filter { !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
    return printable.count > 300 ? printable.prefix(299) + "…" : printable
  }
}
