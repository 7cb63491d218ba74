public import Core
public import Gateways

extension EditResult {
  /// The cost of an edit, and its basis.
  public struct Cost: Encodable, Sendable {
    /// The sum; `nil` if unknown. Its currency is an ISO 4217 code, or `credits` for a gateway's own unit.
    public let money: Money?
    /// How the sum is known.
    public let basis: Basis
    /// The price of one picture by the table; `nil` if unknown or not from the table.
    public let price: Price?

    /// How a sum is known: reported by the gateway, computed from the price table, or unknown.
    public enum Basis: String, Encodable, Sendable { case reported, table, unknown }

    private enum CodingKeys: CodingKey { case amount, currency, basis }

    /// The amount in units of the currency; `nil` if unknown, 0 without a currency if nothing was paid for.
    public var amount: Double? { money?.amount ?? (isNothing ? 0 : nil) }
    /// The currency; `nil` if unknown.
    public var currency: String? { money?.currency }

    private var isNothing = false

    package init(_ money: Money?, basis: Basis) {
      (self.money, self.basis, price) = (money, basis, nil)
    }

    /// The cost of nothing.
    package static let nothing: Cost = {
      var cost = Cost(nil, basis: .table)
      cost.isNothing = true
      return cost
    }()

    package init(price: Price?, count: Int) {
      self.price = price
      money = price?.of(count)
      basis = price == nil ? .unknown : .table
    }

    /// Sums reported costs. Returns `nil` unless every reply reports one, all in the same currency.
    package init?(reported: [Money?]) {
      let known = reported.compactMap(\.self)
      guard known.count == reported.count, let sum = Money.sum(known) else { return nil }
      self.init(sum, basis: .reported)
    }

    /// Encodes `amount`, `currency`, and `basis`; what is unknown is left out.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(amount, forKey: .amount)
      try container.encodeIfPresent(currency, forKey: .currency)
      try container.encode(basis, forKey: .basis)
    }
  }
}
