public import Core

/// The meaning of a gateway's reply.
package enum Outcome: Sendable {
  /// The result.
  case pictures([ReturnedPicture], ReplyFacts)
  /// The gateway has accepted the request; the tasks with these ids must be polled.
  case accepted(tasks: [String])
  /// A task that is not done yet, with its reported progress in percent.
  case running(progress: Int?)
  /// The provider's policy refuses the prompt or the picture. A retry does not help.
  case refused(reason: String, ReplyFacts)
  /// A reply without a picture: a text, or a reason that may not apply next time. `links` are the URLs in its
  /// text, which may lead to a picture.
  case noPicture(reason: String, ReplyFacts, links: TextLinks = TextLinks())
  case failed(GatewayFailure)
}

/// The URLs in a text, without duplicates.
package struct TextLinks: Sendable, Equatable {
  /// The URLs that are embedded as pictures, in Markdown or HTML.
  package var shown: [String] = []
  /// All other URLs.
  package var plain: [String] = []

  package init(shown: [String] = [], plain: [String] = []) {
    (self.shown, self.plain) = (shown, plain)
  }

  package var isEmpty: Bool { shown.isEmpty && plain.isEmpty }
}

/// A picture in a reply. Its label, the media type, is only a claim.
package struct ReturnedPicture: Sendable {
  package enum Content: Sendable {
    case bytes(PictureBytes)
    /// The URL of the picture, which can be a path relative to the gateway's base URL, and the time when it
    /// expires, in seconds since 1970.
    case address(String, expires: Int?)
  }

  package let content: Content
  package let label: MediaType?

  package init(_ content: Content, label: MediaType? = nil) {
    self.content = content
    self.label = label
  }

  /// The bytes of the picture; `nil` if it must be downloaded.
  package var bytes: PictureBytes? { if case .bytes(let bytes) = content { bytes } else { nil } }

  func isSame(as other: ReturnedPicture) -> Bool {
    switch (content, other.content) {
    case (.bytes(let bytes), .bytes(let others)): bytes.hasSameContent(as: others)
    case (.address(let address, _), .address(let other, _)): address == other
    default: false
    }
  }
}

extension [ReturnedPicture] {
  /// The pictures without duplicates, because some replies contain the same picture twice.
  var withoutRepeats: [ReturnedPicture] {
    reduce(into: []) { pictures, picture in
      if !pictures.contains(where: picture.isSame) { pictures.append(picture) }
    }
  }
}

/// The information in a reply besides the pictures.
public struct ReplyFacts: Sendable {
  /// The model's text, without its thoughts.
  public var text: String?
  /// The reported token usage.
  public var usage: Usage?
  /// The reported reason why the model stopped.
  public var finishReason: String?
  /// The reported cost, in a currency or in `credits`, the gateway's own unit.
  public var cost: Money?
  /// The grounding metadata of searches, as JSON text.
  public var grounding: String?

  /// Creates an empty value.
  package init() {}

  /// The token usage that a reply reports. Counts that are not reported are `nil`.
  public struct Usage: Sendable, Codable {
    /// The tokens of the prompt and the references.
    public var promptTokens: Int?
    /// The tokens of the text and the pictures in the reply.
    public var outputTokens: Int?
    /// The tokens of the model's thoughts.
    public var thoughtTokens: Int?
    /// The total number of tokens.
    public var totalTokens: Int?

    /// Adds the usage of several requests. Counts that a request does not report are skipped.
    package static func sum(_ all: [Usage]) -> Usage? {
      guard var sum = all.first else { return nil }
      for usage in all.dropFirst() {
        for part in [\Usage.promptTokens, \.outputTokens, \.thoughtTokens, \.totalTokens] {
          let numbers = [sum[keyPath: part], usage[keyPath: part]].compactMap(\.self)
          sum[keyPath: part] = numbers.isEmpty ? nil : numbers.reduce(0, +)
        }
      }
      return sum
    }
  }
}
