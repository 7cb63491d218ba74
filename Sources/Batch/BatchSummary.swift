import Core
public import Editing

/// The outcomes of all items of a run.
public struct BatchSummary: Encodable, Sendable {
  /// The id of the run in the ledger.
  public let run: String
  /// The number of items that were done.
  public private(set) var done = 0
  /// The number of items that were done before, or are in progress in another process.
  public private(set) var skipped = 0
  /// The number of items that failed.
  public private(set) var failed = 0
  /// The number of items whose outcome is unknown.
  public private(set) var ambiguous = 0
  /// The number of items that another process is working on, and whose outputs did not exist at the end of
  /// the run.
  public package(set) var elsewhere = 0
  /// The number of items that were not tried: the run was stopped, ended for all jobs, or reached its limit
  /// of jobs.
  public package(set) var left = 0
  /// The number of those that the limit of jobs excludes.
  package var beyondLimit = 0
  /// The error that ended the run for all jobs.
  public package(set) var halt: PlantainError?
  /// Whether a stop was requested.
  public package(set) var wasStopped = false
  /// The codes of the items that failed, whose outcome is unknown, or that lack some of their pictures.
  public private(set) var failures: Set<PlantainError.Code> = []
  /// The items whose outcome is unknown, or that of some of their requests, for the user to settle.
  public package(set) var unsettled: [Unsettled] = []
  /// The items that are paid for and whose results can be fetched.
  public package(set) var fetchable: [Unsettled] = []
  /// The number of pictures of this run that were certainly billed.
  public private(set) var billed = 0
  /// The cost of what was certainly billed in this run; without an amount when one is unknown, or in several
  /// currencies.
  public var cost: EditResult.Cost { costs.total }
  private var costs = Costs()
  /// The cost of what may have been billed in this run, if it was; `nil` if there is none.
  public var uncertain: EditResult.Cost? { isAnyUncertain ? uncertainCosts.total : nil }
  private var uncertainCosts = Costs()
  private var isAnyUncertain = false
  private var counted: Set<String> = []

  /// A job whose outcome is unknown.
  public struct Unsettled: Sendable, Equatable {
    /// The file name of its first picture, else the name of its line.
    public let name: String
    /// The id to settle or fetch it by: that of the run that sent it, or of the edit.
    public let target: String
  }

  package init(run: String) {
    self.run = run
  }

  private enum CodingKeys: CodingKey {
    case run, done, skipped, failed, ambiguous, elsewhere, left, halted, billed, cost, uncertain
  }

  /// Encodes the counts and the cost; `elsewhere` and `left` are left out when they are zero.
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
    try container.encodeIfPresent(uncertain, forKey: .uncertain)
  }

  /// Counts what edits have cost, by their ids; each once.
  package mutating func count(_ spendings: [String: EditSpending]) {
    for (id, spending) in spendings where counted.insert(id).inserted {
      billed += spending.billed
      if let cost = spending.certain { costs.add(cost) }
      guard let cost = spending.uncertain else { continue }
      isAnyUncertain = true
      uncertainCosts.add(cost)
    }
  }

  package mutating func count(_ outcome: Batch.Outcome) {
    switch outcome {
    case .done: done += 1
    case .skipped, .elsewhere: skipped += 1
    case .incomplete, .ambiguous, .failed:
      if outcome.openErrors.isEmpty { failed += 1 } else { ambiguous += 1 }
      failures.formUnion(outcome.openErrors.isEmpty ? outcome.errors.failures : [.outcomeUnknown])
    }
  }
}
