import Core

/// What the edits of one day at one gateway cost in one currency; its encoding is a line of `history --totals --json`.
public struct HistoryTotal: Encodable, Sendable {
  /// As `2026-11-29`, in local time.
  public let day: String
  public let gateway: String
  /// `nil` for edits whose price is not known.
  public let currency: String?
  /// All that were billed, or may have been.
  public package(set) var edits = 0
  /// Those that were certainly billed.
  public package(set) var billed = 0
  /// What those cost; `nil` where it is not known.
  public package(set) var amount: Double?
  /// What the others cost if they were billed; `nil` where there are none, or it is not known.
  public package(set) var uncertain: Double?

  fileprivate mutating func count(_ entry: HistoryEntry) {
    edits += 1
    let isCertain = entry.billed == PlantainError.Billing.yes.rawValue
    if isCertain { billed += 1 }
    guard let more = entry.cost.amount else { return }
    if isCertain {
      amount = ((amount ?? 0) + more).rounded(to: 6)
    } else {
      uncertain = ((uncertain ?? 0) + more).rounded(to: 6)
    }
  }
}

extension History {
  /// Sums of what was billed, the newest day first, by gateway and currency. What certainly cost nothing is left out.
  ///
  /// - Throws: as `edits`.
  public func totals(matching filter: HistoryFilter = HistoryFilter()) async throws(PlantainError)
    -> [HistoryTotal]
  {
    var totals: [HistoryTotal] = []
    var places: [[String]: Int] = [:]
    try await forEach(matching: filter) { entry in
      guard entry.billed != PlantainError.Billing.no.rawValue else { return true }
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
