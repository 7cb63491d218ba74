/// A sum of money in one currency.
public struct Money: Hashable, Sendable {
  /// The amount in millionths of the currency, so that sums stay exact.
  public let millionths: Int
  /// The currency's ISO 4217 code, such as `USD`.
  public let currency: String

  /// Creates a sum from an amount in millionths of the currency.
  public init(millionths: Int, currency: String) {
    self.millionths = millionths
    self.currency = currency
  }

  /// Creates a sum from an amount that somebody else states, rounded to millionths; `nil` if it is negative,
  /// not a number, or more than a billion.
  package init?(amount: Double, currency: String) {
    guard (0...1_000_000_000).contains(amount) else { return nil }
    self.init(millionths: Int((amount * 1_000_000).rounded()), currency: currency)
  }

  /// The amount in units of the currency.
  public var amount: Double { Double(millionths) / 1_000_000 }

  /// The sum of two amounts in one currency; `nil` if the currencies differ.
  package static func + (one: Money, other: Money) -> Money? {
    let (sum, isTooMuch) = one.millionths.addingReportingOverflow(other.millionths)
    guard one.currency == other.currency, !isTooMuch else { return nil }
    return Money(millionths: sum, currency: one.currency)
  }

  /// The sum of amounts in one currency; `nil` if there are none, or the currencies differ.
  package static func sum(_ all: some Sequence<Money>) -> Money? {
    var sum: Money?
    for money in all {
      guard let more = sum.map({ $0 + money }) ?? money else { return nil }
      sum = more
    }
    return sum
  }

  /// Parses an amount of at most a million with a currency before or after it, such as `0.055 USD`, `5usd`,
  /// `$5`, or `5 €`. The currency is a code of three letters, or one of the signs `$`, `US$`, `€`, and `£`.
  /// Returns `nil` for any other text.
  package init?(parsing text: String) {
    guard case .success(let money) = Self.read(text) else { return nil }
    self = money
  }

  /// The reason why a text is not a sum of money: it is empty, has no currency, or is malformed in another
  /// way.
  package enum Mistake: Error, Sendable { case empty, noCurrency, malformed }

  /// Parses a sum of money like `init(parsing:)`, and reports what is wrong with the text.
  package static func read(_ text: String) -> Result<Money, Mistake> {
    let words = text[...].trimmed
    guard !words.isEmpty else { return .failure(.empty) }
    let isOfNumber = { (character: Character) in
      character.isASCII && (character.isNumber || character == ".")
    }
    guard let first = words.firstIndex(where: isOfNumber), let last = words.lastIndex(where: isOfNumber),
      words[first...last].allSatisfy(isOfNumber), let amount = Double(words[first...last]),
      amount <= 1_000_000
    else { return .failure(.malformed) }
    let (before, after) = (words[..<first].trimmed, words[words.index(after: last)...].trimmed)
    guard !before.isEmpty || !after.isEmpty else { return .failure(.noCurrency) }
    guard before.isEmpty || after.isEmpty, let currency = currency(String(before + after)) else {
      return .failure(.malformed)
    }
    return .success(Money(millionths: Int((amount * 1_000_000).rounded()), currency: currency))
  }

  private static func currency(_ name: String) -> String? {
    if let code = ["$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"][name] { return code }
    guard name.count == 3, name.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
    return name.uppercased()
  }
}

extension Money: CustomStringConvertible {
  /// The amount and the currency, such as `0.055 USD` or `5 USD`.
  public var description: String {
    (millionths % 1_000_000 == 0 ? "\(millionths / 1_000_000)" : "\(amount)") + " \(currency)"
  }
}
