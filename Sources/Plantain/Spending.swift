public import Gateways
import Ledger

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

  var all: [Money] { [perRun, perDay].compactMap(\.self) }
}

extension SpendingLimits {
  /// Holds a price against the limits, as far as that can be done without looking at what was spent before.
  ///
  /// - Parameters:
  ///   - price: of one picture; `nil`: not known.
  /// - Throws: 81.
  func check(_ price: Price?, count: Int, _ model: String, _ gateway: String) throws(PlantainError) {
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

extension Book {
  /// Writes an edit down before it is sent, unless what was spent on this day, with it, would be too much. One step, so that
  /// several processes cannot pass the limit together.
  ///
  /// - Throws: 81, 73.
  func record(_ entry: EditEntry, within limits: SpendingLimits) async throws(PlantainError) {
    guard let perDay = limits.perDay else {
      try await with { ledger throws(LedgerError) in try await ledger.save(entry) }
      return
    }
    let midnight = entry.created - entry.created % 86_400_000
    let spent = try await with { ledger throws(LedgerError) in
      try await ledger.save(
        entry, since: midnight, currency: perDay.currency, most: perDay.millionths)
    }
    guard let spent else { return }
    throw .passingLimit(
      "\(Money(millionths: spent, currency: perDay.currency)) were spent today, or are under way, and with this it would be more than \(perDay)",
      hint: "Wait until tomorrow (UTC), or allow more in the configuration (max_cost_per_day).", entry.gateway
    )
  }
}

extension PlantainError {
  fileprivate static func passingLimit(_ message: String, hint: String, _ gateway: String) -> PlantainError {
    PlantainError(.request, .overSpending, message, hint: hint + " Nothing was sent.", subject: gateway)
  }
}
