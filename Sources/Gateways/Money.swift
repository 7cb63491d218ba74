/// A sum of money.
public struct Money: Hashable, Sendable {
  /// In millionths of the currency, so that sums stay exact.
  public let millionths: Int
  /// ISO 4217, such as `USD`.
  public let currency: String

  public init(millionths: Int, currency: String) {
    self.millionths = millionths
    self.currency = currency
  }

  /// Reads `0.055 USD` or `5USD`: at most a million, the currency as three capital letters. `nil` for anything else.
  public init?(parsing text: String) {
    let currency = String(text.suffix(3))
    let number = text.dropLast(3).drop { $0 == " " }.prefix { $0 != " " }
    guard currency.count == 3, currency.allSatisfy({ $0.isASCII && $0.isUppercase }),
      text.dropLast(3).filter({ $0 != " " }) == number,
      number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let amount = Double(number), amount <= 1_000_000
    else { return nil }
    self.init(millionths: Int((amount * 1_000_000).rounded()), currency: currency)
  }
}

extension Money: CustomStringConvertible {
  /// As in `0.055 USD` or `5 USD`.
  public var description: String {
    let amount = Double(millionths) / 1_000_000
    return (millionths % 1_000_000 == 0 ? "\(millionths / 1_000_000)" : "\(amount)") + " \(currency)"
  }
}
