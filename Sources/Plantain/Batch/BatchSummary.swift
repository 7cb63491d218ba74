/// What became of all items; its encoding is the last line of `batch --json`.
public struct BatchSummary: Encodable, Sendable {
  /// The run's id in the ledger.
  public let run: String
  public private(set) var done = 0
  /// Done before, or under way in another process.
  public private(set) var skipped = 0
  public private(set) var failed = 0
  public private(set) var ambiguous = 0
  /// Under way in another process, and not there yet at the end.
  public internal(set) var elsewhere = 0
  /// Not begun, because the run was asked to end.
  public internal(set) var left = 0
  /// The pictures of this run that were certainly billed.
  public private(set) var billed = 0
  /// Of this run; without an amount where one is not known, or there are several currencies.
  public var cost: EditReport.Cost { EditReport.Cost(costs) }
  private var costs = Costs()

  init(run: String) {
    self.run = run
  }

  private enum CodingKeys: CodingKey {
    case run, done, skipped, failed, ambiguous, elsewhere, left, billed, cost
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(done, forKey: .done)
    try container.encode(skipped, forKey: .skipped)
    try container.encode(failed, forKey: .failed)
    try container.encode(ambiguous, forKey: .ambiguous)
    if elsewhere > 0 { try container.encode(elsewhere, forKey: .elsewhere) }
    if left > 0 { try container.encode(left, forKey: .left) }
    try container.encode(billed, forKey: .billed)
    try container.encode(cost, forKey: .cost)
  }

  mutating func count(_ outcome: Batch.Outcome) {
    switch outcome {
    case .done(let result):
      done += 1
      guard result.copyOf == nil else { break }
      billed += result.billed
      costs.add(result.cost)
    case .skipped, .elsewhere: skipped += 1
    case .ambiguous: ambiguous += 1
    case .failed(let error):
      failed += 1
      if error.billed == .yes { billed += 1 }
    }
  }

  /// 0 when all is done and there, 1 with failed items, 76 with none but ambiguous ones, 75 when another process is still at some, 130
  /// when it was asked to end before.
  public var exitStatus: Int32 {
    left > 0 ? 130 : failed > 0 ? 1 : ambiguous > 0 ? 76 : elsewhere > 0 ? 75 : 0
  }
}

/// Sums of what edits cost.
struct Costs: Sendable {
  private var amount: Double? = 0
  private var currency: String?
  private var basis = EditResult.Cost.Basis.table

  mutating func add(_ cost: EditResult.Cost) {
    guard let more = cost.amount, let sum = amount, currency == nil || currency == cost.currency else {
      amount = nil
      return
    }
    amount = sum + more
    currency = cost.currency
    basis = cost.basis
  }

  var total: (amount: Double?, currency: String?, basis: EditResult.Cost.Basis) {
    // Millionths are exact; what a sum of thousands adds behind them is not.
    amount.map { ($0.rounded(to: 6), currency, basis) } ?? (nil, nil, .unknown)
  }
}

extension EditReport.Cost {
  init(_ costs: Costs) {
    (amount, currency, basis) = (costs.total.amount, costs.total.currency, costs.total.basis.rawValue)
  }
}
