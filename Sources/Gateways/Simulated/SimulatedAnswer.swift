package import Core

/// What a dialect's gateway has besides its JSON, as far as the simulator must know.
package struct SimulatedTraits: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Replies have the pictures as URLs.
  package static let addresses = SimulatedTraits(rawValue: 1)
  /// Replies name a task, whose state is polled.
  package static let tasks = SimulatedTraits(rawValue: 2)
  /// Replies have a model's parts: texts, thoughts, and reasons to block or finish.
  package static let modelParts = SimulatedTraits(rawValue: 4)
  /// Google's own clients send requests, too: to the path version v1, and with the key in `x-goog-api-key`
  /// or in the query.
  package static let googleClients = SimulatedTraits(rawValue: 8)
}

/// A picture in a simulated reply.
package struct SimulatedPicture: Sendable {
  package var bytes: PictureBytes
  /// The stated media type.
  package var label: MediaType
  /// The URL of the picture; empty if the reply contains the bytes.
  package var address: String
  /// Whether the picture is marked as a draft; only with the trait `modelParts`.
  package var isThought: Bool

  package init(_ bytes: PictureBytes, label: MediaType, address: String = "", isThought: Bool = false) {
    self.bytes = bytes
    self.label = label
    self.address = address
    self.isThought = isThought
  }
}

/// What a simulated reply says, in any dialect.
package struct SimulatedAnswer: Sendable {
  /// The pictures, drafts first. Empty for a reply without a picture.
  package var pictures: [SimulatedPicture] = []
  /// The id of the task that makes the pictures; only with the trait `tasks`.
  package var task = ""

  // The rest is only for the trait `modelParts`.

  /// The model's text, instead of the pictures.
  package var text: String?
  /// The reason to block the prompt.
  package var blockReason: String?
  /// The finish reason, with no picture.
  package var finishReason: String?
  /// How the reply has the pictures.
  package var form = PictureForm.inline

  package enum PictureForm: Sendable {
    /// In a part of its own.
    case inline
    /// As Markdown in the model's text: a data URI, or a URL.
    case textWithDataURI, textWithAddress
  }

  package init(_ pictures: [SimulatedPicture] = []) { self.pictures = pictures }
}
