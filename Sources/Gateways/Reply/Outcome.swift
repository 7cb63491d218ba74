package import Core

/// What a gateway's reply means.
package enum Outcome: Sendable {
  case pictures([ReturnedPicture], ReplyFacts)
  /// Taken, to be asked for under these ids.
  case accepted(tasks: [String])
  /// A task that is not done yet, and how far it says it is, in percent.
  case running(progress: Int?)
  /// The provider's policy refuses the prompt or the picture; asking again does not help.
  case refused(reason: String, ReplyFacts)
  /// An answer without a picture: a text, or a reason that may be gone next time.
  ///
  /// - links: addresses in its text, behind which there may be a picture.
  case noPicture(reason: String, ReplyFacts, links: TextLinks = TextLinks())
  case failed(GatewayFailure)
}

/// Addresses in a text, each once.
package struct TextLinks: Sendable, Equatable {
  /// Those that are shown as pictures.
  package var shown: [String] = []
  /// The others.
  package var plain: [String] = []

  package init(shown: [String] = [], plain: [String] = []) {
    (self.shown, self.plain) = (shown, plain)
  }

  package var isEmpty: Bool { shown.isEmpty && plain.isEmpty }
}

/// A picture as it came: its label is only a claim.
package struct ReturnedPicture: Sendable {
  package enum Content: Sendable {
    case bytes(PictureBytes)
    /// To be fetched from there, possibly below the gateway's own address, before it expires (seconds since 1970).
    case address(String, expires: Int?)
  }

  package let content: Content
  package let label: MediaType?

  package init(_ content: Content, label: MediaType? = nil) {
    self.content = content
    self.label = label
  }

  /// `nil` for one that has to be fetched.
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
  /// Without those that came before in this list: some replies bring the same picture twice.
  var withoutRepeats: [ReturnedPicture] {
    reduce(into: []) { pictures, picture in
      if !pictures.contains(where: picture.isSame) { pictures.append(picture) }
    }
  }
}

/// What a reply says beside the picture.
public struct ReplyFacts: Sendable {
  /// The model's words, without its thoughts.
  public var text: String?
  /// Tokens, as reported.
  public var usage: Usage?
  public var finishReason: String?
  /// What the gateway says that it took.
  public var cost: ReportedCost?
  /// What searches found, as JSON text, as it came.
  public var grounding: String?

  public init() {}

  public struct Usage: Sendable, Codable {
    public var promptTokens: Int?
    public var outputTokens: Int?
    public var thoughtTokens: Int?
    public var totalTokens: Int?

    /// Of several requests together; what one of them does not say is not counted.
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

  public struct ReportedCost: Sendable, Equatable {
    public var amount: Double
    /// `USD`, or `credits` of the gateway's own.
    public var currency: String

    public init(amount: Double, currency: String) {
      self.amount = amount
      self.currency = currency
    }
  }
}
