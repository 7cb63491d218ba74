/// What the errors of one kind of gateway mean, and how such a gateway writes them.
struct ErrorVocabulary: Sendable {
  /// The JSON body of an error, for the HTTP status, the message, and the path of the request.
  typealias Body = @Sendable (_ status: Int, _ message: String, _ path: String) -> JSONValue

  /// The meaning of its codes, types, and reasons, in lower case.
  let codes: [String: FailureKind]
  /// The statuses that mean something else than at other gateways.
  let statuses: [Int: FailureKind]
  let body: Body

  init(codes: [String: FailureKind] = [:], statuses: [Int: FailureKind] = [:], body: @escaping Body) {
    self.codes = codes
    self.statuses = statuses
    self.body = body
  }

  /// The errors of OpenAI, which relays of every dialect are modeled on: `{"error": {"message", "type",
  /// "code"}}` with textual codes.
  static let openAI = ErrorVocabulary(
    codes: [
      "invalid_api_key": .keyRejected, "insufficient_quota": .outOfCredit,
      "insufficient_user_quota": .outOfCredit, "pre_consume_token_quota_failed": .outOfCredit,
      "rate_limit_exceeded": .rateLimited, "unsupported_country_region_territory": .placeNotServed,
      "content_filter": .refusedByPolicy, "content_policy_violation": .refusedByPolicy,
      "moderation_blocked": .refusedByPolicy,
    ]
  ) { status, message, _ in
    let error: [String: JSONValue] = [
      "message": .string(message), "type": .string("api_error"),
      "code": .string(openAICodes[status] ?? "upstream_error"),
    ]
    return .object(["error": .object(error)])
  }

  private static let openAICodes = [
    400: "invalid_request", 401: "invalid_api_key", 403: "insufficient_quota", 404: "model_not_found",
    429: "rate_limit_exceeded",
  ]

  /// The codes of all vocabularies, and of other providers whose models relays also offer.
  static let allCodes: [String: FailureKind] =
    (Gateway.Dialect.allCases.map { $0.format.errors } + [openAI]).reduce(into: otherProviders) { all, next in
      all.merge(next.codes) { known, _ in known }
    }

  private static let otherProviders: [String: FailureKind] = [
    "policy_violation": .refusedByPolicy, "content_blocked": .refusedByPolicy,
    "data_inspection_failed": .refusedByPolicy, "datainspectionfailed": .refusedByPolicy,
    "inputtextsensitivecontentdetected": .refusedByPolicy,
    "inputimagesensitivecontentdetected": .refusedByPolicy,
    "outputimagesensitivecontentdetected": .refusedByPolicy,
    "responsibleaipolicyviolation": .refusedByPolicy,
  ]
}
