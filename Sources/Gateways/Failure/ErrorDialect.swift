/// The vocabulary of a gateway's errors. Codes and phrases of all vocabularies are recognized at every
/// gateway, because gateways pass on the errors of their own suppliers. Only the meaning of a bare status
/// depends on the vocabulary.
public enum ErrorDialect: String, Sendable, CaseIterable {
  /// `{"error": {"code", "status", "message", "details"}}`.
  case google
  /// `{"error": {"message", "type", "code"}}` with textual codes.
  case openAI = "openai"
  /// `{"error": {"code", "message", "type"}}` with numeric codes.
  case apimart
  /// `{"message", "statusCode", "requestId"}`, with the status as text.
  case aimlapi
  /// `{"code", "reason", "message"}`, with reasons in capitals.
  case novita

  /// The meaning of a status without a more specific code or message.
  func kind(ofStatus status: Int) -> FailureKind {
    if let kind = vocabulary.statuses[status] { return kind }
    switch status {
    case 300..<400: return .redirected
    case 401, 403: return .keyRejected
    case 402: return .outOfCredit
    case 404: return .unknownModel
    case 429: return .rateLimited
    case 503: return .overloaded
    case 400, 405...407, 411, 413...417, 422, 431: return .malformedRequest
    // 408, 409, 499, 500, 502, 504, 524, and all others: an intermediary may have given up while the gateway
    // went on, so the outcome is unknown.
    default: return .outcomeUnknown
    }
  }

  /// The meaning of a code, type, or reason.
  ///
  /// A status of unknown outcome makes its codes unreliable, except for those that a relay sends before it
  /// passes the request on.
  ///
  /// - Parameter code: In lower case.
  static func kind(ofCode code: String, status: Int) -> FailureKind? {
    if code == "get_channel_failed" { return .overloaded }
    if modelCodes.contains(code) { return .unknownModel }
    guard (200..<300).contains(status) || (400..<500).contains(status) else { return nil }
    return ErrorVocabulary.allCodes[code]
  }

  /// Codes for an unknown model. Relays based on one-api and new-api send the first one with status 503, and
  /// the others that they have with 400 and 404.
  private static let modelCodes: Set<String> = [
    "model_not_found", "model_not_exist", "model_not_exists", "model_not_available", "model_not_supported",
    "unsupported_model", "invalid_model",
  ]

  /// Whether a code only repeats its status, 403. A more specific code, or the message, tells more.
  static func isGeneral(_ code: String) -> Bool { code == "permission_denied" || code == "permission_error" }

  /// The meaning of an error's message, for errors without a code. An account out of credit can also be
  /// reported with status 400 or 403.
  static func kind(ofWords message: String) -> FailureKind? {
    let message = message.lowercased()
    return phrases.first { message.contains($0.phrase) }?.kind
  }

  /// Phrases in messages and their meaning, in order of priority. They are whole phrases, because single
  /// words also occur in messages of other failures and in quoted prompts. The order matters: a message about
  /// a country that is not served may also mention the key, and a message about billing may also mention the
  /// country.
  private static let phrases: [(phrase: String, kind: FailureKind)] = [
    ("enable billing", .needsBilling), ("billing account", .needsBilling),
    ("location is not supported", .placeNotServed), ("region is not supported", .placeNotServed),
    ("country is not supported", .placeNotServed), ("region, or territory not supported", .placeNotServed),
    ("not available in your country", .placeNotServed), ("not available in your region", .placeNotServed),
    ("not available in your location", .placeNotServed), ("地区不支持", .placeNotServed),
    ("不支持您所在的", .placeNotServed),
    ("api key not valid", .keyRejected), ("invalid api key", .keyRejected), ("invalid apikey", .keyRejected),
    ("incorrect api key", .keyRejected), ("无效的令牌", .keyRejected), ("令牌无效", .keyRejected),
    ("令牌已过期", .keyRejected), ("无效的密钥", .keyRejected), ("密钥无效", .keyRejected),
    ("insufficient balance", .outOfCredit), ("insufficient credit", .outOfCredit),
    ("insufficient quota", .outOfCredit), ("not enough balance", .outOfCredit),
    ("not enough credit", .outOfCredit), ("balance is not enough", .outOfCredit),
    ("quota is not enough", .outOfCredit), ("out of credits", .outOfCredit),
    ("insufficient funds", .outOfCredit), ("余额不足", .outOfCredit), ("额度不足", .outOfCredit),
    ("额度已用尽", .outOfCredit), ("账户欠费", .outOfCredit), ("积分不足", .outOfCredit),
    ("no available channel", .unknownModel), ("无可用渠道", .unknownModel), ("model not found", .unknownModel),
    ("no such model", .unknownModel), ("unknown model", .unknownModel), ("模型不存在", .unknownModel),
    ("不支持的模型", .unknownModel),
    ("content policy", .refusedByPolicy), ("content_policy", .refusedByPolicy),
    ("safety system", .refusedByPolicy), ("prohibited content", .refusedByPolicy),
    ("包含敏感词", .refusedByPolicy), ("敏感内容", .refusedByPolicy), ("内容违规", .refusedByPolicy),
    ("审核不通过", .refusedByPolicy), ("审核未通过", .refusedByPolicy),
  ]
}
