import Core

/// The total cost of one day's edits at one gateway in one currency.
public struct HistoryTotal: Encodable, Sendable {
  /// The day in local time, such as `2026-11-29`.
  public let day: String
  /// The id of the gateway.
  public let gateway: String
  /// The currency; `nil` for edits without a known price.
  public let currency: String?
  /// The number of edits that were or may have been billed.
  public package(set) var edits = 0
  /// The number of edits that were certainly billed.
  public package(set) var billed = 0
  /// The number of edits whose price is unknown, at least in part.
  public package(set) var unpriced = 0
  /// The cost of what was certainly billed; `nil` if unknown.
  public package(set) var amount: Double?
  /// The cost of what may have been billed, if it was; `nil` if there is none, or if unknown.
  public package(set) var uncertain: Double?

  fileprivate mutating func count(_ entry: HistoryEntry) {
    edits += 1
    let costs = [entry.spending.certain, entry.spending.uncertain].compactMap(\.self)
    if costs.contains(where: { $0.amount == nil }) { unpriced += 1 }
    if entry.billed == Billing.yes.rawValue { billed += 1 }
    if let more = entry.spending.certain?.amount { amount = ((amount ?? 0) + more).rounded(to: 6) }
    if let more = entry.spending.uncertain?.amount { uncertain = ((uncertain ?? 0) + more).rounded(to: 6) }
  }
}

extension History {
  /// Returns the totals of billed edits by day, gateway and currency, newest day first. Edits that certainly
  /// cost nothing are excluded.
  ///
  /// - Parameter filter: the edits to include. Default: all.
  /// - Throws: the same errors as `edits`.
  public func totals(matching filter: HistoryFilter = HistoryFilter()) async throws(PlantainError)
    -> [HistoryTotal]
  {
    var totals: [HistoryTotal] = []
    var places: [[String]: Int] = [:]
    try await forEach(matching: filter) { entry in
      guard entry.billed != Billing.no.rawValue else { return true }
      let day = entry.began.localDay
      let key = [day, entry.gateway, entry.cost.currency ?? ""]
      if places[key] == nil {
        places[key] = totals.count
        totals.append(HistoryTotal(day: day, gateway: entry.gateway, currency: entry.cost.currency))
      }
      if let place = places[key] { totals[place].count(entry) }
      return true
    }
    return totals.sorted {
      $0.day != $1.day
        ? $0.day > $1.day : ($0.gateway, $0.currency ?? "~") < ($1.gateway, $1.currency ?? "~")
    }
  }
}
