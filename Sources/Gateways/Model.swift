public import Core

/// A resolution tier of the output, named as the models spell it.
public enum Tier: String, Sendable, CaseIterable {
  /// 0.5K, 512 pixels on the side of a square.
  case half = "0.5K"
  /// 1K, 1,024 pixels on the side of a square.
  case one = "1K"
  /// 2K, 2,048 pixels on the side of a square.
  case two = "2K"
  /// 4K, 4,096 pixels on the side of a square.
  case four = "4K"
}

/// The thinking level: how much the model reasons before it draws.
public enum ThinkingLevel: String, Sendable, CaseIterable {
  /// The levels, from the least to the most reasoning.
  case minimal, medium, high
}

/// The capabilities and prices of one model at a gateway, as a row of data.
public struct Model: Sendable {
  /// The model's id. It is a free string, because gateways rename models at will.
  public var id: String
  /// The resolution tiers that it supports.
  public var tiers: [Tier]
  /// The aspect ratios that it supports.
  public var ratios: [AspectRatio]
  /// The thinking levels that it supports. They apply only if the gateway's requests have a field for them.
  /// Default: none.
  public var thinking: [ThinkingLevel] = []
  /// The price of one picture, by tier. Default: empty, unknown.
  public var prices: [Tier: Price] = [:]
  /// The token counts of the model's vendor. Default: `nil`, unknown.
  public var tokens: TokenCounts?
  /// The pixel sizes of its pictures, by tier and aspect ratio. They are forecasts: real pictures differ by a
  /// few pixels. Default: empty, unknown.
  public var sizes: [Tier: [AspectRatio: PixelSize]] = [:]
  /// Whether the gateway recommends the model for production. Default: `stable`.
  public var stability = Stability.stable
  /// Whether this is the gateway's direct channel to the vendor, which has no fallback to another channel.
  /// Default: `false`.
  public var isOfficialChannel = false

  /// Creates the description of a model. Every parameter is the property of its name.
  ///
  /// - Parameters:
  ///   - id: the model's id, sent unchanged.
  ///   - tiers: the resolution tiers that it supports, at least one.
  ///   - ratios: the aspect ratios that it supports, at least one.
  ///   - thinking: the thinking levels that it supports. Default: none.
  ///   - prices: the price of one picture, by tier. Default: empty, unknown.
  ///   - tokens: the token counts of its vendor. Default: `nil`, unknown.
  ///   - sizes: the pixel sizes of its pictures, by tier and aspect ratio. Default: empty, unknown.
  ///   - stability: whether the gateway recommends it for production. Default: `stable`.
  ///   - isOfficialChannel: whether it is the direct channel to the vendor. Default: `false`.
  public init(
    id: String, tiers: [Tier], ratios: [AspectRatio], thinking: [ThinkingLevel] = [],
    prices: [Tier: Price] = [:], tokens: TokenCounts? = nil, sizes: [Tier: [AspectRatio: PixelSize]] = [:],
    stability: Stability = .stable, isOfficialChannel: Bool = false
  ) {
    (self.id, self.tiers, self.ratios, self.thinking) = (id, tiers, ratios, thinking)
    (self.prices, self.tokens, self.sizes) = (prices, tokens, sizes)
    (self.stability, self.isOfficialChannel) = (stability, isOfficialChannel)
  }

  /// Whether a gateway recommends a model for production.
  public enum Stability: String, Sendable {
    /// The model is recommended.
    case stable
    /// The model is not recommended for production. The raw value is the gateway's own term.
    case controlledTesting = "controlled testing"
  }

  func renamed(_ id: String) -> Model {
    var model = self
    model.id = id
    model.prices = [:]
    model.tokens = nil
    model.stability = .stable
    model.isOfficialChannel = id.hasSuffix("-official")
    return model
  }

  /// The pixel size of its pictures for an aspect ratio and a tier; `nil` if unknown.
  package func size(_ ratio: AspectRatio, _ tier: Tier) -> PixelSize? { sizes[tier]?[ratio] }

  /// The supported aspect ratio nearest to that of a picture, by the logarithm of the quotient.
  package func nearestRatio(to size: PixelSize) -> AspectRatio {
    ratios.nearest(to: size) ?? AspectRatio(1, 1)
  }

  /// The supported aspect ratio nearest to another one.
  package func nearestRatio(to ratio: AspectRatio) -> AspectRatio {
    ratios.min { $0.distance(to: ratio) < $1.distance(to: ratio) } ?? ratio
  }

  /// The supported tier nearest to another one. Of two equally near tiers, the smaller one.
  package func nearestTier(to tier: Tier) -> Tier {
    let order = Tier.allCases
    let place = { order.firstIndex(of: $0) ?? 0 }
    return tiers.min { abs(place($0) - place(tier)) < abs(place($1) - place(tier)) } ?? tier
  }
}

/// The number of tokens that a model counts. These are forecasts: the usage that a reply reports may differ.
public struct TokenCounts: Sendable {
  /// The tokens of one reference, independent of its size.
  public let perReference: Int
  /// The tokens of one generated picture, by tier.
  public let perPicture: [Tier: Int]
  /// The tokens of a prompt of `bytes` bytes: one for every four bytes, which is what vendors state for
  /// English.
  package static func prompt(_ bytes: Int) -> Int { (bytes + 3) / 4 }

  /// Creates token counts of one reference and of one generated picture by tier.
  public init(perReference: Int, perPicture: [Tier: Int]) {
    self.perReference = perReference
    self.perPicture = perPicture
  }
}

/// The price of one picture, and where it comes from.
public struct Price: Hashable, Sendable {
  /// The price.
  public let money: Money
  /// Where it comes from.
  public let source: Source

  /// Where a price comes from.
  public enum Source: Hashable, Sendable {
    /// The gateway's documentation, as read on a day (ISO 8601).
    case documentation(readOn: String)
    /// The user's configuration.
    case configuration
    /// The caller, for one edit.
    case caller
    /// The ledger, where an earlier edit recorded it.
    case ledger
  }

  /// Creates a price.
  public init(_ money: Money, _ source: Source) {
    (self.money, self.source) = (money, source)
  }

  /// Creates a price that was read from a gateway's documentation.
  ///
  /// - Parameters:
  ///   - millionths: The amount in millionths of the currency.
  ///   - currency: The currency's ISO 4217 code.
  ///   - day: The day of reading (ISO 8601).
  public init(millionths: Int, currency: String, readOn day: String) {
    self.init(Money(millionths: millionths, currency: currency), .documentation(readOn: day))
  }

  /// The price of several pictures.
  package func of(_ count: Int) -> Money {
    Money(millionths: money.millionths * count, currency: money.currency)
  }
}

extension Price {
  /// A price table with the same price for every tier.
  static func everyTier(_ price: Price) -> [Tier: Price] {
    Dictionary(uniqueKeysWithValues: Tier.allCases.map { ($0, price) })
  }
}

extension Price: CustomStringConvertible {
  /// The amount and the currency, such as `0.055 USD` or `0 USD`.
  public var description: String { money.description }
}
