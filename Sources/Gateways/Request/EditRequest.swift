package import Core

/// One edit request, independent of a gateway's wire format, with only the options that the gateway supports.
package struct EditRequest: Sendable {
  /// The prompt, which is sent unchanged and never trimmed.
  package var prompt: String
  package var model: String
  /// The resolution tier; `nil` omits the field.
  package var tier: Tier?
  /// The aspect ratio; `nil` omits the field.
  package var shape: Shape?
  /// The picture to edit first, then further references.
  package var references: [Reference]
  package var count = 1
  package var outputFormat: MediaType?
  package var webSearch = false
  package var imageSearch = false
  package var officialFallback = false
  package var thinking: ThinkingLevel?
  /// The idempotency key, for gateways that support one.
  package var idempotencyKey: String?

  package enum Shape: Sendable, Equatable {
    case ratio(AspectRatio)
    /// The gateway chooses the aspect ratio.
    case automatic
  }

  package enum Reference: Sendable {
    case picture(MediaType, PictureContent)
    /// A URL that is passed on, and which the gateway fetches.
    case address(String)
  }

  package init(prompt: String, model: String, tier: Tier?, shape: Shape?, references: [Reference]) {
    self.prompt = prompt
    self.model = model
    self.tier = tier
    self.shape = shape
    self.references = references
  }
}

/// An HTTP request that is ready to send. Never print it: its headers contain the key, and its URL can, too.
package struct OutgoingRequest: Sendable {
  package let url: String
  package let headers: [(name: String, value: String)]
  /// The body of a POST; `nil` for a GET.
  package let body: RequestBody?

  /// The URL for logs and messages, without the query, which can contain a key.
  package var loggableURL: String { url.loggableURL }
}
