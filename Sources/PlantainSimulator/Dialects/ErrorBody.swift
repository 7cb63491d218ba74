import Gateways

/// The JSON error body of a gateway, in the gateway's own shape.
enum ErrorBody {
  static func document(_ status: Int, _ message: String, _ gateway: Gateway) -> JSONValue {
    let number = JSONValue.number(Double(status))
    let message = JSONValue.string(message)
    switch gateway.errorDialect {
    case .google:
      let name = JSONValue.string(googleNames[status] ?? "UNKNOWN")
      return .object(["error": .object(["code": number, "message": message, "status": name])])
    case .openAI:
      let code = JSONValue.string(openAICodes[status] ?? "upstream_error")
      let error: [String: JSONValue] = ["message": message, "type": .string("api_error"), "code": code]
      return .object(["error": .object(error)])
    case .apimart:
      let type = JSONValue.string(apimartTypes[status] ?? "server_error")
      return .object(["error": .object(["code": number, "message": message, "type": type])])
    case .aimlapi:
      return .object([
        "message": message, "statusCode": .string("\(status)"), "requestId": .string("simulated"),
        "path": .string(gateway.path),
      ])
    case .novita:
      let reason = JSONValue.string(novitaReasons[status] ?? "TASK_FAILED")
      return .object(["code": number, "reason": reason, "message": message, "metadata": .object([:])])
    }
  }

  private static let googleNames = [
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "RESOURCE_EXHAUSTED", 403: "PERMISSION_DENIED",
    404: "NOT_FOUND", 413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL",
    503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
  ]
  private static let openAICodes = [
    400: "invalid_request", 401: "invalid_api_key", 403: "insufficient_quota", 404: "model_not_found",
    429: "rate_limit_exceeded",
  ]
  private static let apimartTypes = [
    400: "invalid_request_error", 401: "authentication_error", 402: "payment_required",
    403: "permission_error", 429: "rate_limit_error", 502: "bad_gateway",
  ]
  private static let novitaReasons = [
    400: "INVALID_REQUEST_BODY", 401: "INVALID_API_KEY", 403: "INVALID_API_KEY", 404: "API_NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
  ]
}
