/// Whose vocabulary a gateway's errors use. Words of all of them are understood everywhere, because gateways pass on what
/// their own suppliers say; what differs is the meaning of a bare status.
public enum ErrorDialect: String, Sendable, CaseIterable {
  /// `{"error": {"code", "status", "message", "details"}}`.
  case google
  /// `{"error": {"message", "type", "code"}}` with codes as words.
  case openAI = "openai"
  /// `{"error": {"code", "message", "type"}}` with codes as numbers.
  case apimart
  /// `{"message", "statusCode", "requestId"}`, the status as text.
  case aimlapi
  /// `{"code", "reason", "message"}` in capitals.
  case novita

  /// What a status means when no word says more.
  func kind(ofStatus status: Int) -> FailureKind {
    if self == .aimlapi, status == 403 { return .outOfCredit }
    switch status {
    case 300..<400: return .redirected
    case 401, 403: return .keyRejected
    case 402: return .outOfCredit
    case 404: return .unknownModel
    case 429: return .rateLimited
    case 503: return .overloaded
    case 400, 405...407, 411, 413...417, 422, 431: return .malformedRequest
    // 408, 409, 499, 500, 502, 504, 524 and whatever else: somebody between here and there gave up, which proves nothing.
    default: return .outcomeUnknown
    }
  }

  /// What a code, type or reason means, in lower case. What a failure of unknown outcome says of itself is not believed,
  /// but for one code that is given before anything is passed on.
  static func kind(ofCode code: String, status: Int) -> FailureKind? {
    if code == "get_channel_failed" { return .overloaded }
    guard (400..<500).contains(status) else { return nil }
    return codes[code]
  }

  private static let codes: [String: FailureKind] = [
    // Google: reasons in details, and its status names where the number says less.
    "api_key_invalid": .keyRejected, "unauthenticated": .keyRejected, "permission_denied": .keyRejected,
    // The region or the account's billing.
    "failed_precondition": .keyRejected, "model_capacity_exhausted": .overloaded,
    // OpenAI and the relays built like it.
    "invalid_api_key": .keyRejected, "insufficient_quota": .outOfCredit,
    "insufficient_user_quota": .outOfCredit,
    "rate_limit_exceeded": .rateLimited, "model_not_found": .unknownModel,
    "content_filter": .refusedByPolicy, "content_policy_violation": .refusedByPolicy,
    "moderation_blocked": .refusedByPolicy,
    // APIMart.
    "authentication_error": .keyRejected, "payment_required": .outOfCredit, "permission_error": .keyRejected,
    "rate_limit_error": .rateLimited,
    // Novita and its look-alikes.
    "missing_api_key": .keyRejected, "billing_balance_not_enough": .outOfCredit,
    "billing_auth_failed": .outOfCredit,
    "api_not_allowed": .keyRejected, "need_real_name_verify": .keyRejected, "api_not_found": .unknownModel,
    "task_not_found": .unknownTask, "illegal_prompt": .refusedByPolicy,
    "illegal_image_content": .refusedByPolicy,
  ]

  /// What a refusal's words mean where there is no code: accounts run dry under 400 and 403, too.
  static func kind(ofWords words: String) -> FailureKind? {
    let words = words.lowercased()
    return phrases.first { words.contains($0.phrase) }?.kind
  }

  private static let phrases: [(phrase: String, kind: FailureKind)] = [
    ("api key not valid", .keyRejected), ("invalid api key", .keyRejected),
    ("incorrect api key", .keyRejected),
    ("无效的令牌", .keyRejected), ("insufficient balance", .outOfCredit), ("insufficient credit", .outOfCredit),
    ("not enough balance", .outOfCredit), ("balance is not enough", .outOfCredit),
    ("out of credits", .outOfCredit), ("insufficient funds", .outOfCredit), ("余额不足", .outOfCredit),
    ("额度不足", .outOfCredit),
  ]
}
