extension V3Format {
  /// The errors of Novita, and of gateways modeled on it: `{"code", "reason", "message"}`, with reasons in
  /// capitals.
  static let errors = ErrorVocabulary(
    codes: [
      "missing_api_key": .keyRejected, "billing_balance_not_enough": .outOfCredit,
      "billing_auth_failed": .outOfCredit, "api_not_allowed": .keyRejected,
      "need_real_name_verify": .keyRejected, "api_not_found": .unknownModel,
      "task_not_found": .unknownTask, "illegal_prompt": .refusedByPolicy,
      "illegal_image_content": .refusedByPolicy,
    ]
  ) { status, message, _ in
    .object([
      "code": .number(Double(status)), "reason": .string(reasons[status] ?? "TASK_FAILED"),
      "message": .string(message), "metadata": .object([:]),
    ])
  }

  private static let reasons = [
    400: "INVALID_REQUEST_BODY", 401: "INVALID_API_KEY", 403: "INVALID_API_KEY", 404: "API_NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
  ]
}
