extension NativeGeminiFormat {
  /// The errors of Google: `{"error": {"code", "status", "message", "details"}}`. The codes are reasons in
  /// `details`, and names of statuses that are more specific than the number.
  static let errors = ErrorVocabulary(
    codes: [
      "api_key_invalid": .keyRejected, "unauthenticated": .keyRejected, "permission_denied": .keyRejected,
      "model_capacity_exhausted": .overloaded,
      "safety": .refusedByPolicy, "image_safety": .refusedByPolicy, "prohibited_content": .refusedByPolicy,
      "image_prohibited_content": .refusedByPolicy,
    ]
  ) { status, message, _ in
    let error: [String: JSONValue] = [
      "code": .number(Double(status)), "message": .string(message),
      "status": .string(names[status] ?? "UNKNOWN"),
    ]
    return .object(["error": .object(error)])
  }

  private static let names = [
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "RESOURCE_EXHAUSTED", 403: "PERMISSION_DENIED",
    404: "NOT_FOUND", 413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL",
    503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
  ]
}
