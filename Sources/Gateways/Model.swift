public import Vocabulary

/// The output sizes that the models name, by their usual spelling.
public enum Tier: String, Sendable, CaseIterable {
  case half = "0.5K"
  case one = "1K"
  case two = "2K"
  case four = "4K"
}

/// What one model takes and gives, as a row of data.
public struct Model: Sendable {
  /// A free string: gateways rename models at will.
  public let id: String
  public let tiers: [Tier]
  public let ratios: [AspectRatio]
  /// The price of one picture, by tier.
  public let prices: [Tier: Price]

  func renamed(_ id: String) -> Model {
    Model(id: id, tiers: tiers, ratios: ratios, prices: [:])
  }

  /// The ratio that is nearest to a picture's shape, by the logarithm of the quotient.
  package func nearestRatio(to size: PixelSize) -> AspectRatio {
    ratios.nearest(to: size) ?? AspectRatio(1, 1)
  }

  package func nearestRatio(to ratio: AspectRatio) -> AspectRatio {
    ratios.min { $0.distance(to: ratio) < $1.distance(to: ratio) } ?? ratio
  }
}

/// A price per picture, with the day it was read.
public struct Price: Sendable {
  /// In millionths of the currency, so that sums stay exact.
  public let millionths: Int
  /// ISO 4217, such as `USD`.
  public let currency: String
  public let checked: String

  public var amount: Double { Double(millionths) / 1_000_000 }
}

extension Price: CustomStringConvertible {
  /// As in `0.055 USD` or `0 USD`.
  public var description: String {
    (millionths % 1_000_000 == 0 ? "\(millionths / 1_000_000)" : "\(amount)") + " \(currency)"
  }
}
