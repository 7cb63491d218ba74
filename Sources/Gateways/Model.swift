public import Core

/// The output sizes that the models name, by their usual spelling.
public enum Tier: String, Sendable, CaseIterable {
  case half = "0.5K"
  case one = "1K"
  case two = "2K"
  case four = "4K"
}

/// How much the model thinks before it draws.
public enum ThinkingLevel: String, Sendable, CaseIterable {
  case minimal, medium, high
}

/// What one model takes and gives, as a row of data.
public struct Model: Sendable {
  /// A free string: gateways rename models at will.
  public var id: String
  public var tiers: [Tier]
  public var ratios: [AspectRatio]
  /// The levels that can be asked for; where the gateway's requests have a place for them.
  public var thinking: [ThinkingLevel] = []
  /// The price of one picture, by tier.
  public var prices: [Tier: Price] = [:]
  /// How the maker counts; `nil`: not known.
  public var tokens: TokenCounts?
  /// The pixel sizes of its pictures, by tier and ratio. Forecasts: answers differ by a few pixels.
  public var sizes: [Tier: [AspectRatio: PixelSize]] = [:]
  public var stability = Stability.stable
  /// The gateway's channel straight to the maker, for which there is no fallback to another.
  public var isOfficialChannel = false

  public enum Stability: String, Sendable {
    case stable
    /// The gateway's own words for what it does not recommend for production.
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

  /// The size of its pictures in that ratio; `nil`: not known.
  package func size(_ ratio: AspectRatio, _ tier: Tier) -> PixelSize? { sizes[tier]?[ratio] }

  /// The ratio that is nearest to a picture's shape, by the logarithm of the quotient.
  package func nearestRatio(to size: PixelSize) -> AspectRatio {
    ratios.nearest(to: size) ?? AspectRatio(1, 1)
  }

  package func nearestRatio(to ratio: AspectRatio) -> AspectRatio {
    ratios.min { $0.distance(to: ratio) < $1.distance(to: ratio) } ?? ratio
  }

  /// The tier whose edge is nearest to another's, the smaller of two.
  package func nearestTier(to tier: Tier) -> Tier {
    let order = Tier.allCases
    let place = { order.firstIndex(of: $0) ?? 0 }
    return tiers.min { abs(place($0) - place(tier)) < abs(place($1) - place(tier)) } ?? tier
  }
}

/// How many tokens a model counts. Forecasts: what an answer reports may differ.
public struct TokenCounts: Sendable {
  /// Of one picture that is sent, whatever its size.
  public let perReference: Int
  /// Of one picture that is made, by tier.
  public let perPicture: [Tier: Int]
  /// Of the prompt: four bytes a token, as makers say of English.
  package static func prompt(_ bytes: Int) -> Int { (bytes + 3) / 4 }

  package init(perReference: Int, perPicture: [Tier: Int]) {
    self.perReference = perReference
    self.perPicture = perPicture
  }
}

/// A price per picture, with the day it was read.
public struct Price: Sendable {
  /// In millionths of the currency, so that sums stay exact.
  public let millionths: Int
  /// ISO 4217, such as `USD`.
  public let currency: String
  public let checked: String

  public init(millionths: Int, currency: String, checked: String) {
    self.millionths = millionths
    self.currency = currency
    self.checked = checked
  }

  /// - Parameter checked: who says so, and when.
  public init(_ money: Money, checked: String) {
    self.init(millionths: money.millionths, currency: money.currency, checked: checked)
  }

  public var amount: Double { Double(millionths) / 1_000_000 }

  /// What the caller says that it is, and no table.
  public static func stated(_ money: Money) -> Price { Price(money, checked: statedMark) }
  public var isStated: Bool { checked == Self.statedMark }

  private static let statedMark = "the user"
}

extension Price {
  /// One price for every tier.
  static func everyTier(_ price: Price) -> [Tier: Price] {
    Dictionary(uniqueKeysWithValues: Tier.allCases.map { ($0, price) })
  }
}

extension Price: CustomStringConvertible {
  /// As in `0.055 USD` or `0 USD`.
  public var description: String {
    Money(millionths: millionths, currency: currency).description
  }
}
