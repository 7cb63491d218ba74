/// Refusals by policy that only the message tells. They have the statuses of malformed requests (400, 422),
/// of missing permissions (403), and of legal reasons (451). Another gateway would be paid for the same
/// refusal.
extension ErrorDialect {
  /// Whether the message of an error says that policy refuses the prompt or a picture. `false` for a message
  /// about the key, the account, the credit, or the place.
  static func isRefusal(_ message: String, status: Int) -> Bool {
    guard [400, 403, 422, 451].contains(status) else { return false }
    let other = kind(ofWords: message)
    guard other == nil || other == .refusedByPolicy else { return false }
    guard !isAboutAccount(message) else { return false }
    let message = message.lowercased()
    if other == .refusedByPolicy || refusalPhrases.contains(where: message.contains) { return true }
    // Under 400, the same words may be about an option of these names.
    return status != 400 && status != 422 && refusalVerbs.contains(where: message.contains)
      && refusalSubjects.contains(where: message.contains)
  }

  /// Whether a message is about an account or a key, which was perhaps blocked for earlier refusals.
  static func isAboutAccount(_ message: String) -> Bool {
    let message = message.lowercased()
    return accountPhrases.contains(where: message.contains)
  }

  private static let accountPhrases = [
    "account has been", "account is", "account was", "organization has been", "organization's policy",
    "organization policy", "organizational policy", "access has been", "has been suspended",
    "has been banned", "has been disabled", "has been deactivated", "api key", "apikey", "api-key",
    "permission", "iam policy", "network policy", "cors policy", "账号", "账户", "封禁", "令牌", "密钥",
  ]

  private static let refusalPhrases = [
    "prohibited_content", "prohibited use policy", "content policies", "content management policy",
    "content guidelines", "community guidelines", "usage policy", "usage policies", "safety policy",
    "safety policies", "safety guidelines", "safety filter", "blocked by safety", "blocked for safety",
    "blocked due to safety", "for safety reasons", "due to safety", "image_safety", "policy violation",
    "policy_violation", "policyviolation", "violates our polic", "violate our polic", "violates the polic",
    "responsible ai", "third-party content provider", "blocked by content filter",
    "triggered content filter", "triggered the content filter", "content filter triggered",
    "rejected by content filter", "moderation_blocked", "blocked by moderation",
    "blocked by content moderation",
    "rejected by moderation", "rejected by content moderation", "failed content moderation",
    "did not pass moderation", "flagged by moderation", "flagged by our moderation", "was flagged as",
    "been flagged as", "sensitive content", "sensitive words", "sensitive information",
    "inappropriate content", "nsfw content", "explicit content", "harmful content", "unsafe content",
    "disallowed content", "illegal content", "敏感词", "敏感信息", "违规内容", "内容不合规", "违反内容政策", "违反政策",
    "涉嫌违规", "内容安全", "安全审核", "违禁内容", "违禁词", "不当内容",
  ]

  private static let refusalVerbs = [
    "blocked", "rejected", "refused", "denied", "filtered", "flagged", "violat",
  ]

  private static let refusalSubjects = ["safety", "moderation"]
}
