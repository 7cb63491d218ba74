public import Gateways

extension EditResult {
  /// The cost of an edit, and its basis.
  public struct Cost: Encodable, Sendable {
    /// The amount in `currency`; `nil` if unknown.
    public let amount: Double?
    /// An ISO 4217 code, or `credits` for a gateway's own unit; `nil` if unknown.
    public let currency: String?
    /// How the amount is known.
    public let basis: Basis
    /// The price of one picture by the table; `nil` if unknown or not from the table.
    public let price: Price?

    /// How an amount is known: reported by the gateway, computed from the price table, or unknown.
    public enum Basis: String, Encodable, Sendable { case reported, table, unknown }

    private enum CodingKeys: CodingKey { case amount, currency, basis }

    package init(amount: Double?, currency: String?, basis: Basis) {
      (self.amount, self.currency, self.basis, price) = (amount, currency, basis, nil)
    }

    package init(price: Price?, count: Int) {
      self.price = price
      amount = price.map { Double($0.millionths * count) / 1_000_000 }
      currency = price?.currency
      basis = price == nil ? .unknown : .table
    }

    /// Sums reported costs. Returns `nil` unless every reply reports one, all in the same currency.
    package init?(reported: [ReplyFacts.ReportedCost?]) {
      let known = reported.compactMap(\.self)
      guard let first = known.first, known.count == reported.count,
        known.allSatisfy({ $0.currency == first.currency })
      else { return nil }
      amount = known.reduce(0) { $0 + $1.amount }
      currency = first.currency
      basis = .reported
      price = nil
    }
  }
}
