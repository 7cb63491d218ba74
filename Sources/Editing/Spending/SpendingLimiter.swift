package import Gateways
import Ledger
import Synchronization

/// Reserves each request's price, by the price table, against the limit of a run, and refunds what was not
/// billed.
package final class SpendingLimiter: Sendable {
  private let limit: Money?
  private let spent = Mutex(0)

  package init(_ limit: Money?) {
    self.limit = limit
  }

  /// Reserves the price of `count` pictures.
  ///
  /// - Returns: the reserved amount, in millionths; 0 without a limit.
  /// - Throws: `PlantainError` with exit status 81 when the reservation would exceed the limit.
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
      "\(money(before)) are spent or in flight; \(money(amount)) more would exceed the limit of \(limit)",
      hint: "Raise --max-cost. Nothing was sent.", subject: gateway)
  }

  /// Counts what the run had spent before it was interrupted.
  package func resume(_ store: LedgerStore, run: String) async throws(PlantainError) {
    guard let limit else { return }
    let before = try await store.with { ledger throws(LedgerError) in
      try await ledger.spent(byRun: run, currency: limit.currency)
    }
    spent.withLock { $0 += before }
  }

  /// Refunds a reserved amount that was not billed.
  package func giveBack(_ amount: Int) { spent.withLock { $0 -= amount } }
}
