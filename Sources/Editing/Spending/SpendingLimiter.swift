package import Gateways
import Ledger
import Synchronization

/// Reserves each request's price, by the price table, against the limit of a run, and refunds what was not
/// billed.
package final class SpendingLimiter: Sendable {
  fileprivate let limit: Money?
  private let spent = Mutex(0)

  package init(_ limit: Money?) {
    self.limit = limit
  }

  /// Reserves the price of `count` pictures.
  ///
  /// - Parameter amount: an amount that is already reserved, and is replaced; in millionths. Default: 0.
  /// - Returns: the reserved amount, in millionths; 0 without a limit.
  /// - Throws: `overSpending` when the reservation would exceed the limit.
  package func take(
    _ price: Price?, count: Int, _ gateway: String, insteadOf amount: Int = 0
  ) throws(PlantainError) -> Int {
    guard let limit else { return 0 }
    try SpendingLimits(perRun: limit).check(price, count: count, "the model", gateway)
    let more = (price?.millionths ?? 0) * count
    let before = spent.withLock { spent -> Int? in
      guard spent - amount + more <= limit.millionths else { return spent - amount }
      spent += more - amount
      return nil
    }
    guard let before else { return more }
    let money = { Money(millionths: $0, currency: limit.currency) }
    throw PlantainError(
      .request, .overSpending,
      "\(money(before)) are spent or in flight; \(money(more)) more would exceed the limit of \(limit)",
      hint: "Raise `max-cost`. Nothing was sent.", subject: gateway)
  }

  /// Counts what the run had spent before it was interrupted.
  package func resume(_ store: LedgerStore, run: String) async throws(PlantainError) {
    guard let limit else { return }
    try await store.releaseAbandonedReservations(ofRun: run)
    let before = try await store.with { ledger throws(LedgerError) in
      try await ledger.spent(byRun: run, currency: limit.currency)
    }
    spent.withLock { $0 += before }
  }

  /// Refunds a reserved amount that was not billed.
  package func giveBack(_ amount: Int) { spent.withLock { $0 -= amount } }
}

/// What one edit of a run has reserved: the price at the route that is tried, until its cost is known.
package final class SpendingReservation: Sendable {
  private let limiter: SpendingLimiter
  private let amount = Mutex(0)

  package init(_ limiter: SpendingLimiter) {
    self.limiter = limiter
  }

  /// Reserves the price of `count` pictures at a route. It replaces that of the route before, which was not
  /// billed.
  ///
  /// - Throws: `overSpending` when it would exceed the limit.
  package func cover(_ price: Price?, count: Int, _ gateway: String) throws(PlantainError) {
    let before = amount.withLock(\.self)
    let now = try limiter.take(price, count: count, gateway, insteadOf: before)
    amount.withLock { $0 = now }
  }

  /// Refunds what was not billed when the edit has ended.
  ///
  /// - Parameter spending: what the edit has cost, or may have cost.
  package func settle(_ spending: EditSpending) {
    guard let limit = limiter.limit else { return }
    let costs = [spending.certain, spending.uncertain].compactMap(\.self)
    // A cost in a unit that cannot be compared leaves the reservation as it is.
    guard costs.allSatisfy({ $0.amount != nil && $0.currency == limit.currency }) else { return }
    let spent = costs.reduce(0) { $0 + Int((($1.amount ?? 0) * 1_000_000).rounded()) }
    amount.withLock { amount in
      limiter.giveBack(amount - spent)
      amount = spent
    }
  }

  /// Refunds everything: nothing was billed.
  package func end() {
    amount.withLock { amount in
      limiter.giveBack(amount)
      amount = 0
    }
  }
}
