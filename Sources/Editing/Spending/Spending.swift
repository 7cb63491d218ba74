import Core
public import Gateways
import Finishing
package import Ledger

/// The most that may be spent. A request that could pass it is not sent: what is under way counts at the table's price until its
/// own is known.
public struct SpendingLimits: Sendable, Equatable {
  /// By one call of `edit`.
  public var perRun: Money?
  /// On one day, in UTC, by all that use the same ledger.
  public var perDay: Money?

  public init(perRun: Money? = nil, perDay: Money? = nil) {
    self.perRun = perRun
    self.perDay = perDay
  }

  package var all: [Money] { [perRun, perDay].compactMap(\.self) }
}

extension SpendingLimits {
  /// Holds a price against the limits, as far as that can be done without looking at what was spent before.
  ///
  /// - Parameters:
  ///   - price: of one picture; `nil`: not known.
  /// - Throws: 81.
  package func check(_ price: Price?, count: Int, _ model: String, _ gateway: String) throws(PlantainError) {
    guard let limit = all.first else { return }
    guard let price else {
      throw .passingLimit(
        "\(gateway) does not say what \(model) costs, and no more than \(limit) may be spent",
        hint: "Say what a picture costs with --price, such as --price 0.05USD.", gateway)
    }
    let cost = Money(millionths: price.millionths * count, currency: price.currency)
    for limit in all where limit.currency != cost.currency {
      throw .passingLimit(
        "\(gateway) is paid in \(cost.currency), and the limit is \(limit)",
        hint: "Give the limit in \(cost.currency), or the price in \(limit.currency) with --price.", gateway)
    }
    if let perRun, cost.millionths > perRun.millionths {
      throw .passingLimit(
        "it would cost \(cost), over the limit of \(perRun)", hint: "Allow more with --max-cost.", gateway)
    }
  }
}

extension LedgerStore {
  /// Writes an edit down before it is sent, unless what was spent on this day, with it, would be too much. One step, so that
  /// several processes cannot pass the limit together.
  ///
  /// - Throws: 81, 73.
  package func record(_ entry: EditEntry, within limits: SpendingLimits) async throws(PlantainError) {
    guard let perDay = limits.perDay else {
      try await with { ledger throws(LedgerError) in try await ledger.save(entry) }
      return
    }
    let spent = try await with { ledger throws(LedgerError) in
      try await ledger.save(
        entry, since: Self.midnight(before: entry.created), currency: perDay.currency,
        maximum: perDay.millionths
      )
    }
    guard let spent else { return }
    throw .passingDay(perDay, spent: spent, entry.gateway)
  }

  /// Of the day in UTC.
  private static func midnight(before moment: Int) -> Int { moment - moment % 86_400_000 }

  /// What was spent today, or is under way, in millionths. Makes no ledger where there is none.
  func spentToday(in currency: String) async throws(PlantainError) -> Int {
    guard OutputFile.exists(path) else { return 0 }
    return try await with { ledger throws(LedgerError) in
      try await ledger.spent(since: Self.midnight(before: .now), currency: currency)
    }
  }

  /// Holds what an edit would cost against the day's limit, without writing it down.
  ///
  /// - Throws: 81.
  package func check(_ plan: EditPlan, within limits: SpendingLimits) async throws(PlantainError) {
    guard let perDay = limits.perDay, let price = plan.cost.price else { return }
    let spent = try await spentToday(in: perDay.currency)
    guard spent + price.millionths * plan.request.count > perDay.millionths else { return }
    throw .passingDay(perDay, spent: spent, plan.gateway)
  }

  /// The smaller of a run's limit and of what is left of the day's.
  package func leftToSpend(_ perRun: Money?, _ perDay: Money?) async throws(PlantainError) -> Money? {
    guard let perDay else { return perRun }
    let left = max(0, perDay.millionths - (try await spentToday(in: perDay.currency)))
    if let perRun, perRun.currency != perDay.currency || perRun.millionths < left { return perRun }
    return Money(millionths: left, currency: perDay.currency)
  }
}

extension PlantainError {
  fileprivate static func passingDay(_ perDay: Money, spent: Int, _ gateway: String) -> PlantainError {
    passingLimit(
      "\(Money(millionths: spent, currency: perDay.currency)) were spent today, or are under way, and with this it would be more than \(perDay)",
      hint: "Wait until tomorrow (UTC), or allow more in the configuration (max_cost_per_day).", gateway)
  }

  fileprivate static func passingLimit(_ message: String, hint: String, _ gateway: String) -> PlantainError {
    PlantainError(.request, .overSpending, message, hint: hint + " Nothing was sent.", subject: gateway)
  }
}
