/// The field names of a gateway's requests, as dotted paths of JSON members. `nil` means that the gateway
/// does not have the option. Names are never mapped by their spelling, because one name can mean two things:
/// `size` is a tier at one gateway and an aspect ratio at another.
public struct RequestFields: Sendable {
  /// The field of the model's id; `nil` if the id is part of the path.
  public var model: String?
  /// The field of the prompt.
  public var prompt: String
  /// The value of `role` in the only message; `nil` omits it. Native dialect only.
  public var role: String?
  /// The field of references that are sent as bytes.
  public var references: String
  /// The field of references that are sent as URLs; `nil` if they must be fetched and sent as bytes.
  public var addresses: String?
  /// The supported schemes of such URLs. Default: https and http.
  public var addressSchemes: [String] = ["https", "http"]
  /// The field of the aspect ratio.
  public var ratio: String?
  /// How a request leaves the aspect ratio to the gateway; `nil` if it cannot.
  public var automaticRatio: AutomaticRatio?
  /// The field of the resolution tier.
  public var tier: String?
  /// The values of tiers that are not spelled like `1K`. Default: none.
  public var tierSpellings: [Tier: String] = [:]
  /// Whether aspect ratio and tier are sent even if the caller did not set them. Without them, gateways
  /// differ: the result follows the first picture or the last one, or is a square. Default: `true`.
  public var sendsShapeUnasked = true
  /// The field of the number of pictures.
  public var count: String?
  /// The field of the output format.
  public var outputFormat: String?
  /// The field that enables web search.
  public var webSearch: String?
  /// The field that enables image search.
  public var imageSearch: String?
  /// The field that allows a fallback to the gateway's official channel.
  public var officialFallback: String?
  /// The field of the thinking level.
  public var thinking: String?

  /// Creates the field names of a gateway. Every parameter is the property of its name; `nil`, the default,
  /// means that the gateway does not have the option.
  ///
  /// - Parameters:
  ///   - prompt: the field of the prompt.
  ///   - references: the field of references that are sent as bytes.
  ///   - addressSchemes: the schemes of references sent as URLs. Default: https and http.
  ///   - tierSpellings: the values of tiers that are not spelled like `1K`. Default: none.
  ///   - sendsShapeUnasked: whether aspect ratio and tier are always sent. Default: `true`.
  public init(
    model: String? = nil, prompt: String, role: String? = nil, references: String, addresses: String? = nil,
    addressSchemes: [String] = ["https", "http"], ratio: String? = nil,
    automaticRatio: AutomaticRatio? = nil, tier: String? = nil, tierSpellings: [Tier: String] = [:],
    sendsShapeUnasked: Bool = true, count: String? = nil, outputFormat: String? = nil,
    webSearch: String? = nil, imageSearch: String? = nil, officialFallback: String? = nil,
    thinking: String? = nil
  ) {
    (self.model, self.prompt, self.role) = (model, prompt, role)
    (self.references, self.addresses, self.addressSchemes) = (references, addresses, addressSchemes)
    (self.ratio, self.automaticRatio, self.tier) = (ratio, automaticRatio, tier)
    (self.tierSpellings, self.sendsShapeUnasked) = (tierSpellings, sendsShapeUnasked)
    (self.count, self.outputFormat) = (count, outputFormat)
    (self.webSearch, self.imageSearch) = (webSearch, imageSearch)
    (self.officialFallback, self.thinking) = (officialFallback, thinking)
  }

  /// How a request leaves the aspect ratio to the gateway.
  public enum AutomaticRatio: Sendable, Equatable {
    /// By a special value of the field.
    case word(String)
    /// By omitting the field.
    case omitted
  }

  /// The options that not every gateway has, by their long names, with the field of each; `nil` without one.
  package var options: [(option: String, field: String?)] {
    [
      ("aspect", ratio), ("tier", tier), ("count", count), ("output-format", outputFormat),
      ("web-search", webSearch), ("image-search", imageSearch), ("official-fallback", officialFallback),
      ("thinking", thinking),
    ]
  }

  /// The value that this gateway uses for a tier.
  package func spelling(of tier: Tier) -> String { tierSpellings[tier] ?? tier.rawValue }
}
