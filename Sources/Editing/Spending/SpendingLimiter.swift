package import Gateways
import Ledger
import Synchronization

/// What a run may spend in all: set aside before each request by the table's price, and given back where nothing was billed.
package final class SpendingLimiter: Sendable {
  private let limit: Money?
  private let spent = Mutex(0)

  package init(_ limit: Money?) {
    self.limit = limit
  }

  /// - Returns: what was set aside, in millionths.
  /// - Throws: 81 when it would be more than there is.
  package func take(_ price: Price?, count: Int, _ gateway: String) throws(PlantainError) -> Int {
    guard let limit else { return 0 }
    try SpendingLimits(perRun: limit).check(price, count: count, "the model", gateway)
    let amount = (price?.millionths ?? 0) * count
    let before = spent.withLock { spent -> Int? in
      guard spent + amount <= limit.millionths else { return spent }
      spent += amount
      return nil
    }
    guard let before else { return amount }
    let money = { Money(millionths: $0, currency: limit.currency) }
    throw PlantainError(
      .request, .overSpending,
      "\(money(before)) are spent or under way, and with \(money(amount)) more it would be over \(limit)",
      hint: "Allow more with --max-cost. Nothing was sent.", subject: gateway)
  }

  /// What the run had spent before it was interrupted.
  package func resume(_ store: LedgerStore, run: String) async throws(PlantainError) {
    guard let limit else { return }
    let before = try await store.with { ledger throws(LedgerError) in
      try await ledger.spent(byRun: run, currency: limit.currency)
    }
    spent.withLock { $0 += before }
  }

  package func giveBack(_ amount: Int) { spent.withLock { $0 -= amount } }
}
