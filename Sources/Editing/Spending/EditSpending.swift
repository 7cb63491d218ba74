package import Ledger
import Gateways
import Submission
import Core

/// What an edit has cost, by its attempts in the ledger. All totals are sums of these.
package struct EditSpending: Sendable {
  /// The number of pictures that were certainly billed.
  package private(set) var billed = 0
  /// The number of pictures that may have been billed.
  package private(set) var unknown = 0
  /// The cost of the pictures that were certainly billed, without an amount if unknown; `nil` if there are
  /// none.
  package private(set) var certain: EditResult.Cost?
  /// The cost of the pictures that may have been billed, if they were; `nil` if there are none.
  package private(set) var uncertain: EditResult.Cost?

  /// - Parameter isLive: whether a process is working on the edit.
  init(_ entry: EditEntry, _ attempts: [AttemptEntry], isLive: Bool) {
    let parts = Self.parts(of: entry, attempts, isLive: isLive)
    let (yes, open) = (parts.filter { $0.billing == .yes }, parts.filter { $0.billing == .unknown })
    billed = yes.reduce(0) { $0 + $1.pictures }
    unknown = open.reduce(0) { $0 + $1.pictures }
    let isReported = EditResult.Cost(reported: (yes + open).map(\.reported)) != nil
    let cost = { (parts: [Part]) -> EditResult.Cost? in
      if parts.isEmpty { return nil }
      if isReported { return EditResult.Cost(reported: parts.map(\.reported)) }
      return EditResult.Cost(
        price: Price(of: entry), count: parts.reduce(0) { $0 + $1.pictures })
    }
    (certain, uncertain) = (cost(yes), cost(open))
  }

  /// Whether the edit was billed.
  var billing: Billing { billed > 0 ? .yes : unknown > 0 ? .unknown : .no }

  /// One of the requests of an edit.
  private struct Part {
    let billing: Billing
    let pictures: Int
    let reported: Money?
  }

  /// The requests that were sent.
  private static func parts(of entry: EditEntry, _ attempts: [AttemptEntry], isLive: Bool) -> [Part] {
    entry.parts(attempts).map { part in
      let billings = part.attempts.map { $0.billing(isLive: isLive) }
      return Part(
        billing: billings.contains(.yes) ? .yes : billings.contains(.unknown) ? .unknown : .no,
        pictures: part.numbers.count, reported: reported(part.attempts))
    }
  }

  private static func reported(_ attempts: [AttemptEntry]) -> Money? {
    let sent = attempts.filter { $0.state != AttemptState.unbilled.rawValue }
    return Money.sum(sent.compactMap(\.reportedCost))
  }
}

extension AttemptEntry {
  /// Whether the attempt was billed. A successful reply is billed, even if it ended early.
  fileprivate func billing(isLive: Bool) -> Billing {
    let state = settledState(isLive: isLive)
    return state == .ambiguous && (200..<300).contains(status ?? 0) ? .yes : state.billing
  }
}

extension Price {
  /// The price of one picture of an edit in the ledger; `nil` if unknown.
  init?(of entry: EditEntry) {
    guard let all = entry.price else { return nil }
    self.init(Money(millionths: all.millionths / max(1, entry.count), currency: all.currency), .ledger)
  }
}

extension LedgerStore {
  /// What an edit has cost, or may have cost.
  ///
  /// - Returns: the spending, and when and in which run the edit began.
  package func spending(of id: String) async throws(PlantainError) -> (EditSpending, EditEntry) {
    let entry = try await entry(id)
    let attempts = try await attempts(of: entry)
    return (EditSpending(entry, attempts, isLive: attempts.contains(where: isLive)), entry)
  }
}
