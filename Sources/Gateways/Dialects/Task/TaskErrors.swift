extension TaskFormat {
  /// The errors of APIMart: `{"error": {"code", "message", "type"}}` with numeric codes.
  static let errors = ErrorVocabulary(
    codes: [
      "authentication_error": .keyRejected, "payment_required": .outOfCredit,
      "permission_error": .keyRejected, "rate_limit_error": .rateLimited,
    ]
  ) { status, message, _ in
    .object(["error": error(status, message, type: types[status] ?? "server_error")])
  }

  /// The `error` of a reply or of a task that failed.
  static func error(_ status: Int, _ message: String, type: String) -> JSONValue {
    .object(["code": .number(Double(status)), "message": .string(message), "type": .string(type)])
  }

  private static let types = [
    400: "invalid_request_error", 401: "authentication_error", 402: "payment_required",
    403: "permission_error", 429: "rate_limit_error", 502: "bad_gateway",
  ]
}
