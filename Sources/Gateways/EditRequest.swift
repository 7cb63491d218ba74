package import Vocabulary

/// One edit, independent of any gateway's wire format.
package struct EditRequest: Sendable {
  /// Sent as it is, never trimmed.
  package var prompt: String
  package var model: String
  package var tier: Tier
  package var ratio: AspectRatio
  /// The picture to edit first, then further references.
  package var references: [Reference]

  package struct Reference: Sendable {
    package let mediaType: MediaType
    package let content: PictureContent

    package init(mediaType: MediaType, content: PictureContent) {
      self.mediaType = mediaType
      self.content = content
    }
  }

  package init(prompt: String, model: String, tier: Tier, ratio: AspectRatio, references: [Reference]) {
    self.prompt = prompt
    self.model = model
    self.tier = tier
    self.ratio = ratio
    self.references = references
  }
}

/// An HTTP request before it is sent. Its headers hold the key; it is not to be printed.
package struct OutgoingRequest: Sendable {
  package let url: String
  package let headers: [(name: String, value: String)]
  package let body: RequestBody
}
