public import Core
package import Gateways
import Finishing
package import Ledger

/// The spending limits. A request that could exceed a limit is not sent. Requests in flight count with the
/// table's price until their own cost is known.
public struct SpendingLimits: Sendable, Equatable {
  /// The limit of one call of `edit`; `nil`: none. Default: `nil`.
  public var perRun: Money?
  /// The limit of one day in UTC, for all processes that use the same ledger; `nil`: none. Default: `nil`.
  public var perDay: Money?

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - perRun: the limit of one call of `edit`. Default: `nil`.
  ///   - perDay: the limit of one day in UTC. Default: `nil`.
  public init(perRun: Money? = nil, perDay: Money? = nil) {
    self.perRun = perRun
    self.perDay = perDay
  }

  package var all: [Money] { [perRun, perDay].compactMap(\.self) }
}

extension SpendingLimits {
  /// Checks a price against the limits, without regard to earlier spending.
  ///
  /// - Parameters:
  ///   - price: the price of one picture; `nil` if unknown.
  /// - Throws: `overSpending` when the price is unknown, in another currency than a limit, or over the limit
  ///   of the run.
  package func check(_ price: Price?, count: Int, _ model: String, _ gateway: String) throws(PlantainError) {
    try requireComparable(price, model, gateway)
    guard let price else { return }
    let cost = price.of(count)
    if let perRun, cost.millionths > perRun.millionths {
      throw .passingLimit(
        "the edit would cost \(cost) at \(gateway), over the limit of \(perRun)", hint: "Raise `max-cost`.",
        gateway)
    }
  }

  /// Checks that a price can be compared with the limits.
  ///
  /// - Throws: `overSpending` when there is a limit and the price is unknown or in another currency.
  package func requireComparable(
    _ price: Price?, _ model: String, _ gateway: String
  ) throws(PlantainError) {
    guard let limit = all.first else { return }
    guard let price else {
      throw .passingLimit(
        "the price of \(model) at \(gateway) is unknown, and spending is limited to \(limit)",
        hint: "Set the price of a picture with `price`, such as `price` 0.05USD.", gateway)
    }
    for limit in all where limit.currency != price.money.currency {
      throw .passingLimit(
        "\(gateway) bills in \(price.money.currency), and the limit is \(limit)",
        hint: "Give the limit in \(price.money.currency), or the price in \(limit.currency) with `price`.",
        gateway)
    }
  }
}

extension LedgerStore {
  /// Records an edit before it is sent, unless it would exceed the day's limit. Check and record are one
  /// transaction, so that several processes cannot exceed the limit together.
  ///
  /// - Throws: `overSpending` when the limit would be exceeded, `ledgerUnusable` when the ledger cannot be
  ///   used.
  package func record(_ entry: EditEntry, within limits: SpendingLimits) async throws(PlantainError) {
    guard let perDay = limits.perDay else {
      try await with { ledger throws(LedgerError) in try await ledger.save(entry) }
      return
    }
    try await releaseAbandonedReservations(since: Self.midnight(before: entry.created))
    let spent = try await with { ledger throws(LedgerError) in
      try await ledger.save(
        entry, since: Self.midnight(before: entry.created), currency: perDay.currency,
        maximum: perDay.millionths
      )
    }
    guard let spent else { return }
    throw .passingDay(perDay, spent: spent, more: entry.priceMillionths ?? 0, entry.gateway)
  }

  /// The start of the day in UTC.
  private static func midnight(before moment: Int) -> Int { moment - moment % 86_400_000 }

  /// The amount spent or in flight today, in millionths. Creates no ledger.
  func spentToday(in currency: String) async throws(PlantainError) -> Int {
    guard Path(path).exists else { return 0 }
    try await releaseAbandonedReservations(since: Self.midnight(before: .now))
    return try await with { ledger throws(LedgerError) in
      try await ledger.spent(since: Self.midnight(before: .now), currency: currency)
    }
  }

  /// Checks the cost of an edit against the day's limit, without recording the edit.
  ///
  /// - Throws: `overSpending` when the limit would be exceeded, `ledgerUnusable` when the ledger cannot be
  ///   read.
  package func check(_ plan: EditPlan, within limits: SpendingLimits) async throws(PlantainError) {
    guard let perDay = limits.perDay, let price = plan.dearest?.price ?? plan.cost.price else { return }
    let spent = try await spentToday(in: perDay.currency)
    let more = price.of(plan.request.count).millionths
    guard spent + more > perDay.millionths else { return }
    throw .passingDay(perDay, spent: spent, more: more, plan.gateway)
  }

  /// What was spent of the day's limit; `nil` without one. Creates no ledger.
  package func daySpending(_ perDay: Money?) async throws(PlantainError) -> DaySpending? {
    guard let perDay else { return nil }
    let end = Self.midnight(before: .now) + 86_400_000
    return DaySpending(limit: perDay, spent: try await spentToday(in: perDay.currency), end: end)
  }
}

extension PlantainError {
  /// - Parameters:
  ///   - spent: what was spent today or is in flight, in millionths.
  ///   - more: the price of what would be sent, in millionths.
  static func passingDay(_ perDay: Money, spent: Int, more: Int, _ gateway: String) -> PlantainError {
    let money = { Money(millionths: $0, currency: perDay.currency) }
    return passingLimit(
      """
      \(money(spent)) were spent today or are in flight, and \(money(max(0, perDay.millionths - spent))) are \
      left of the daily limit of \(perDay); \(money(more)) more would exceed it
      """,
      hint: "Wait until tomorrow (UTC), or raise max_cost_per_day in the configuration.", gateway)
  }

  static func passingLimit(_ message: String, hint: String, _ gateway: String) -> PlantainError {
    PlantainError(.request, .overSpending, message, hint: hint + " Nothing was sent.", subject: gateway)
  }
}
