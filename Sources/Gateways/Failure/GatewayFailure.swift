/// What a gateway means by not answering with an edit. The raw value is its name in records.
public enum FailureKind: String, Sendable, CaseIterable {
  /// 429: too many requests.
  case rateLimited = "rate-limited"
  /// 429: what a day allows is used up.
  case dayQuotaUsed = "day-quota-used"
  /// 429 by a quota of nothing at all: the account's plan does not have this model.
  case needsBilling = "needs-billing"
  /// The provider does not serve the place that the request comes from.
  case placeNotServed = "place-not-served"
  /// 503: no capacity, or no channel to the model.
  case overloaded
  case keyRejected = "key-rejected"
  case outOfCredit = "out-of-credit"
  /// 400, 413, 422 and the like.
  case malformedRequest = "malformed-request"
  case unknownModel = "unknown-model"
  /// The provider's policy refuses the prompt or a picture.
  case refusedByPolicy = "refused"
  /// The host answered with a redirection, which is never followed with a key and a picture.
  case redirected
  /// 500, 502, 504, 524: it may have been done and billed.
  case outcomeUnknown = "outcome-unknown"
  /// 2xx, but not in the dialect: not JSON, or not an object.
  case unreadableReply = "unreadable-reply"
  /// A task that ended without a picture.
  case taskFailed = "task-failed"
  /// The gateway does not know the task.
  case unknownTask = "unknown-task"
}

/// A gateway that answered, but not with an edit.
package struct GatewayFailure: Error, Sendable, Equatable {
  package let kind: FailureKind
  package let status: Int
  /// The gateway's own words, shortened, without the key.
  package let message: String
  /// How long it asks to wait.
  package let retryAfter: Duration?

  package init(kind: FailureKind, status: Int, message: String, retryAfter: Duration? = nil) {
    self.kind = kind
    self.status = status
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The same, to be tried again after another time.
  func waiting(_ wait: Duration?) -> GatewayFailure {
    GatewayFailure(kind: kind, status: status, message: message, retryAfter: wait ?? retryAfter)
  }

  /// The same under another heading.
  func meaning(_ kind: FailureKind) -> GatewayFailure {
    GatewayFailure(kind: kind, status: status, message: message, retryAfter: retryAfter)
  }
}
