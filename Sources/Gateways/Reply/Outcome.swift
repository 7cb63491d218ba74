package import Vocabulary

/// What a gateway's reply means.
package enum Outcome: Sendable {
  case pictures([ReturnedPicture], ReplyFacts)
  /// The provider's policy refuses the prompt or the picture; asking again does not help.
  case refused(reason: String, ReplyFacts)
  /// An answer without a picture: a text, or a reason that may be gone next time.
  case noPicture(reason: String, ReplyFacts)
  case failed(GatewayFailure)
}

/// A picture as it came: its label is only a claim.
package struct ReturnedPicture: Sendable {
  package let bytes: PictureBytes
  package let label: MediaType?
}

/// What a reply says beside the picture.
public struct ReplyFacts: Sendable {
  /// The model's words, without its thoughts.
  public var text: String?
  /// Tokens, as reported.
  public var usage: Usage?
  public var finishReason: String?

  public struct Usage: Sendable, Codable {
    public var promptTokens: Int?
    public var outputTokens: Int?
    public var thoughtTokens: Int?
    public var totalTokens: Int?
  }
}

/// A gateway that answered, but not with an edit.
package struct GatewayFailure: Error, Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// 429: too many requests.
    case rateLimited
    /// 503: no capacity.
    case overloaded
    case keyRejected
    case outOfCredit
    /// 400, 413, 422 and the like.
    case malformedRequest
    case unknownModel
    /// The host answered with a redirection, which is never followed with a key and a picture.
    case redirected
    /// 500, 502, 504, 524: it may have been done and billed.
    case outcomeUnknown
    /// 2xx, but not in the dialect: not JSON, or not an object.
    case unreadableReply
  }

  package let kind: Kind
  package let status: Int
  /// The gateway's own words, shortened.
  package let message: String
  /// How long it asks to wait.
  package let retryAfter: Duration?

  package init(kind: Kind, status: Int, message: String, retryAfter: Duration? = nil) {
    self.kind = kind
    self.status = status
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The same of a request that was at least begun.
  var ofUnknownOutcome: GatewayFailure {
    GatewayFailure(kind: .outcomeUnknown, status: status, message: message, retryAfter: retryAfter)
  }
}
