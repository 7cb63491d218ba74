import Core
public import Editing

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
  public package(set) var elsewhere = 0
  /// Not tried: the run was stopped, came to an end for all jobs alike, or was to do so many only.
  public package(set) var left = 0
  /// What has ended the run for all jobs alike.
  public package(set) var halt: PlantainError?
  /// A stop was asked for.
  var wasStopped = false
  /// Those that are ambiguous, to be settled by their user.
  public package(set) var unsettled: [Unsettled] = []
  /// The pictures of this run that were certainly billed.
  public private(set) var billed = 0
  /// Of this run; without an amount where one is not known, or there are several currencies.
  public var cost: EditResult.Cost { costs.total }
  private var costs = Costs()

  /// A job of which nobody knows what became of it.
  public struct Unsettled: Sendable, Equatable {
    /// Of its picture, else of its line.
    public let name: String
    /// The run that has sent it, or where there is none the edit: what `History.unsettled` takes.
    public let target: String
  }

  package init(run: String) {
    self.run = run
  }

  private enum CodingKeys: CodingKey {
    case run, done, skipped, failed, ambiguous, elsewhere, left, halted, billed, cost
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
    try container.encodeIfPresent(halt?.code.rawValue, forKey: .halted)
    try container.encode(billed, forKey: .billed)
    try container.encode(cost, forKey: .cost)
  }

  package mutating func count(_ outcome: Batch.Outcome) {
    switch outcome {
    case .done(let result):
      done += 1
      guard result.copyOf == nil, !result.isOfEarlierRun else { break }
      billed += result.billed
      costs.add(result.cost)
    case .skipped, .elsewhere: skipped += 1
    case .ambiguous:
      ambiguous += 1
      statuses.insert(PlantainError.Code.outcomeUnknown.exitStatus)
    case .failed(let error):
      failed += 1
      statuses.insert(error.exitStatus)
      if error.billed == .yes { billed += 1 }
    }
  }

  /// Of what failed or is ambiguous.
  private var statuses: Set<Int32> = []

  /// 130 when it was stopped; that of the cause which ended it for all jobs alike; otherwise 0 when all is done and there, that of
  /// what failed, is ambiguous (76) or under way elsewhere (75) when it is all of one kind, and 1 when it is not.
  public var exitStatus: Int32 {
    if wasStopped { return PlantainError.Code.interrupted.exitStatus }
    if let halt { return halt.exitStatus }
    let all = elsewhere > 0 ? statuses.union([PlantainError.Code.rateLimited.exitStatus]) : statuses
    return all.count > 1 ? 1 : all.first ?? 0
  }
}

/// Sums of what edits cost.
package struct Costs: Sendable {
  private var amount: Double? = 0
  private var currency: String?
  private var basis = EditResult.Cost.Basis.table

  package mutating func add(_ cost: EditResult.Cost) {
    guard let more = cost.amount, let sum = amount, currency == nil || currency == cost.currency else {
      amount = nil
      return
    }
    amount = sum + more
    currency = cost.currency
    basis = cost.basis
  }

  var total: EditResult.Cost {
    guard let amount else { return EditResult.Cost(amount: nil, currency: nil, basis: .unknown) }
    // Millionths are exact; what a sum of thousands adds behind them is not.
    return EditResult.Cost(amount: amount.rounded(to: 6), currency: currency, basis: basis)
  }
}
