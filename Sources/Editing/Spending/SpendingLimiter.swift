package import Core
package import Gateways
import Ledger
import Synchronization

/// Reserves each request's price, by the price table, against the limits of a run and of the day, and refunds
/// what was not billed.
package final class SpendingLimiter: Sendable {
  fileprivate let limit: Money?
  /// The day's limit. The ledger enforces it, too, with the spending of other processes.
  private let day: DaySpending?
  /// What this process has reserved, and what the run had spent before. In millionths.
  private let spent = Mutex((own: 0, before: 0))

  package init(_ limit: Money?, day: DaySpending? = nil) {
    self.limit = limit
    self.day = day
  }

  /// Whether there is a limit.
  package var isLimited: Bool { limit != nil || day != nil }

  fileprivate var currency: String? { (limit ?? day?.limit)?.currency }

  /// Reserves the price of `count` pictures.
  ///
  /// - Parameter amount: an amount that is already reserved, and is replaced; in millionths. Default: 0.
  /// - Returns: the reserved amount, in millionths; 0 without a limit.
  /// - Throws: `overSpending` when the reservation would exceed the limit.
  package func take(
    _ price: Price?, count: Int, _ gateway: String, insteadOf amount: Int = 0
  ) throws(PlantainError) -> Int {
    guard isLimited else { return 0 }
    try SpendingLimits(perRun: limit, perDay: day?.limit).check(price, count: count, "the model", gateway)
    let more = price?.of(count).millionths ?? 0
    let error = spent.withLock { spent -> PlantainError? in
      let own = spent.own - amount
      if let limit, own + spent.before + more > limit.millionths {
        return .passingRun(limit, spent: own + spent.before, more: more, gateway)
      }
      if let day, day.isToday, own + day.spent + more > day.limit.millionths {
        return .passingDay(day.limit, spent: own + day.spent, more: more, gateway)
      }
      spent.own = own + more
      return nil
    }
    if let error { throw error }
    return more
  }

  /// The error of a plan that costs more than the limits allow; `nil` if it does not.
  package func error(ofPlanCosting cost: Money, _ gateway: String) -> PlantainError? {
    let left = day.map { $0.limit.millionths - $0.spent }
    if let limit, limit.millionths <= left ?? limit.millionths {
      guard cost.millionths > limit.millionths else { return nil }
      return .passingLimit(
        "they would cost \(cost), over the limit of \(limit)", hint: "Raise `max-cost`.", gateway)
    }
    guard let day, cost.millionths > left ?? 0 else { return nil }
    return .passingDay(day.limit, spent: day.spent, more: cost.millionths, gateway)
  }

  /// Counts what the run had spent before it was interrupted.
  package func resume(_ store: LedgerStore, run: String) async throws(PlantainError) {
    guard let limit else { return }
    try await store.releaseAbandonedReservations(ofRun: run)
    let before = try await store.with { ledger throws(LedgerError) in
      try await ledger.spent(byRun: run, currency: limit.currency)
    }
    spent.withLock { $0.before += before }
  }

  /// Refunds a reserved amount that was not billed.
  package func giveBack(_ amount: Int) { spent.withLock { $0.own -= amount } }
}

/// What was spent of a day's limit when a run began.
package struct DaySpending: Sendable {
  let limit: Money
  /// In millionths.
  let spent: Int
  /// The end of the day, in milliseconds since 1970.
  let end: Int

  /// Whether the day has not ended, so that what was spent before still counts.
  var isToday: Bool { .now < end }
}

extension PlantainError {
  fileprivate static func passingRun(
    _ limit: Money, spent: Int, more: Int, _ gateway: String
  ) -> PlantainError {
    let money = { Money(millionths: $0, currency: limit.currency) }
    return passingLimit(
      "\(money(spent)) are spent or in flight; \(money(more)) more would exceed the limit of \(limit)",
      hint: "Raise `max-cost`.", gateway)
  }
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
    guard limiter.isLimited else { return }
    let costs = [spending.certain, spending.uncertain].compactMap(\.self)
    // A cost in a unit that cannot be compared leaves the reservation as it is.
    guard costs.allSatisfy({ $0.money != nil && $0.currency == limiter.currency }) else { return }
    let spent = costs.reduce(0) { $0 + ($1.money?.millionths ?? 0) }
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
