import Core

/// The sum of the costs of edits.
package struct Costs: Sendable {
  private var sum: Money?
  private var isKnown = true
  private var basis = EditResult.Cost.Basis.table

  package mutating func add(_ cost: EditResult.Cost) {
    guard isKnown, let more = cost.money, let total = sum.map({ $0 + more }) ?? more else {
      isKnown = false
      return
    }
    (sum, basis) = (total, cost.basis)
  }

  package init() {}

  /// The sum; unknown if one of the costs is, or if the currencies differ.
  package var total: EditResult.Cost {
    guard isKnown else { return EditResult.Cost(nil, basis: .unknown) }
    return sum.map { EditResult.Cost($0, basis: basis) } ?? .nothing
  }
}
