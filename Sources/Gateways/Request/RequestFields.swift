/// Where a gateway's requests say things: dotted paths of JSON members. One word can mean two things (`size` is a tier
/// at one gateway and a ratio at another), so names are never mapped by their spelling. `nil`: the gateway has no such
/// option.
public struct RequestFields: Sendable {
  /// `nil`: the model's id stands in the path.
  public var model: String?
  public var prompt: String
  /// The role of the one message; `nil`: left out. Native dialect only.
  public var role: String?
  /// Where references go that are sent as bytes.
  public var references: String
  /// Where references go that are sent as addresses; `nil`: they are fetched and sent as bytes.
  public var addresses: String?
  /// The schemes of such addresses.
  public var addressSchemes: [String] = ["https", "http"]
  public var ratio: String?
  /// How the choice of a shape is left to the gateway.
  public var automaticRatio: AutomaticRatio?
  public var tier: String?
  /// Tiers that are spelled otherwise than `1K`.
  public var tierSpellings: [Tier: String] = [:]
  /// Whether ratio and tier are sent although nobody asked for them. What a gateway does without them differs: it
  /// follows the first picture, or the last, or makes a square.
  public var sendsShapeUnasked = true
  public var count: String?
  public var outputFormat: String?
  public var webSearch: String?
  public var imageSearch: String?
  public var officialFallback: String?
  public var thinking: String?

  public enum AutomaticRatio: Sendable, Equatable {
    /// A word that means it.
    case word(String)
    /// Leaving the field out.
    case omitted
  }

  /// How this gateway writes a tier.
  package func spelling(of tier: Tier) -> String { tierSpellings[tier] ?? tier.rawValue }
}

extension RequestFields {
  /// Google's own names (https://ai.google.dev/gemini-api/docs/image-generation). `imageConfig` takes these two members
  /// and no other: further ones exist on Vertex only and are refused elsewhere.
  package static let nativeGemini = RequestFields(
    prompt: "contents.parts.text", references: "contents.parts.inlineData",
    ratio: "generationConfig.imageConfig.aspectRatio", tier: "generationConfig.imageConfig.imageSize",
    // The guide's prose says 0.5K, the value is 512.
    tierSpellings: [.half: "512"])
}
