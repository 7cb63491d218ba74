/// The kind of a gateway's failure. The raw value is its name in records.
public enum FailureKind: String, Sendable, CaseIterable {
  /// 429: too many requests.
  case rateLimited = "rate-limited"
  /// 429: the quota of this day is used up.
  case dayQuotaUsed = "day-quota-used"
  /// 429 with a quota of zero: the account's plan does not include this model.
  case needsBilling = "needs-billing"
  /// The provider does not serve the country or region that the request comes from.
  case placeNotServed = "place-not-served"
  /// 503: no capacity, or no channel to the model.
  case overloaded
  /// The key or the account is rejected.
  case keyRejected = "key-rejected"
  /// The account has no credit left.
  case outOfCredit = "out-of-credit"
  /// The request is invalid: 400, 413, 422, and similar.
  case malformedRequest = "malformed-request"
  /// The gateway does not know the model or the path, or has no channel to the model.
  case unknownModel = "unknown-model"
  /// The provider's policy refuses the prompt or a picture.
  case refusedByPolicy = "refused"
  /// The host replied with a redirect. Redirects are never followed, because the request contains a key and
  /// pictures.
  case redirected
  /// 500, 502, 504, 524: the edit may have been made and billed.
  case outcomeUnknown = "outcome-unknown"
  /// 2xx, but not in the gateway's format: not JSON, or not an object.
  case unreadableReply = "unreadable-reply"
  /// A task that ended without a picture.
  case taskFailed = "task-failed"
  /// The gateway does not know the task.
  case unknownTask = "unknown-task"
}

/// A reply from a gateway that reports a failure.
package struct GatewayFailure: Error, Sendable, Equatable {
  package let kind: FailureKind
  /// The HTTP status.
  package let status: Int
  /// The gateway's message, shortened, with the key redacted.
  package let message: String
  /// The time to wait before a retry, if the gateway states one.
  package let retryAfter: Duration?

  package init(kind: FailureKind, status: Int, message: String, retryAfter: Duration? = nil) {
    self.kind = kind
    self.status = status
    self.message = message
    self.retryAfter = retryAfter
  }

  /// Returns the same failure with another time to wait; `nil` keeps the present one.
  func waiting(_ wait: Duration?) -> GatewayFailure {
    GatewayFailure(kind: kind, status: status, message: message, retryAfter: wait ?? retryAfter)
  }

  /// Returns the same failure with another kind.
  func meaning(_ kind: FailureKind) -> GatewayFailure {
    GatewayFailure(kind: kind, status: status, message: message, retryAfter: retryAfter)
  }
}
