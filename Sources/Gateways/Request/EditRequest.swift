package import Core

/// One request for pictures, independent of any gateway's wire format, within what the gateway can be asked for.
package struct EditRequest: Sendable {
  /// Sent as it is, never trimmed.
  package var prompt: String
  package var model: String
  /// `nil`: left out.
  package var tier: Tier?
  package var shape: Shape?
  /// The picture to edit first, then further references.
  package var references: [Reference]
  package var count = 1
  package var outputFormat: MediaType?
  package var webSearch = false
  package var imageSearch = false
  package var officialFallback = false
  package var thinking: ThinkingLevel?
  /// Names this request where the gateway takes such a name.
  package var idempotencyKey: String?

  package enum Shape: Sendable, Equatable {
    case ratio(AspectRatio)
    /// The gateway's own choice.
    case automatic
  }

  package enum Reference: Sendable {
    case picture(MediaType, PictureContent)
    /// Passed on; the gateway fetches it.
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

/// An HTTP request before it is sent. Its headers hold the key, and its address can; it is not to be printed.
package struct OutgoingRequest: Sendable {
  package let url: String
  package let headers: [(name: String, value: String)]
  /// `nil`: a GET.
  package let body: RequestBody?

  /// The address for a log or a message: what stands behind `?` can be a key.
  package var loggableURL: String {
    url.contains("?") ? url.prefix { $0 != "?" } + "?…" : url
  }
}
