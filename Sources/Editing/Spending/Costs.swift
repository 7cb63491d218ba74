import Core

/// The sum of the costs of edits.
package struct Costs: Sendable {
  private var amount: Double? = 0
  private var currency: String?
  private var basis = EditResult.Cost.Basis.table

  package mutating func add(_ cost: EditResult.Cost) {
    guard let more = cost.amount, let sum = amount, currency == nil || currency == cost.currency else {
      amount = nil
      return
    }
    amount = sum + more
    currency = cost.currency
    basis = cost.basis
  }

  package init() {}

  package var total: EditResult.Cost {
    guard let amount else { return EditResult.Cost(amount: nil, currency: nil, basis: .unknown) }
    // Millionths are exact; the digits that a sum of thousands adds behind them are not.
    return EditResult.Cost(amount: amount.rounded(to: 6), currency: currency, basis: basis)
  }
}
