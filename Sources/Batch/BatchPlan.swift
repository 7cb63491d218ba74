import Core
public import Editing
import Ledger

/// What all edits of a manifest would send and cost; its encoding is the last line of `batch --dry-run --json`.
public struct BatchPlan: Encodable, Sendable {
  public private(set) var jobs = 0
  /// The lines that ask for the same with different outputs: each a picture of its own, paid for.
  public private(set) var variants: [[Int]] = []
  /// The pictures with the same bytes, by their places among all: paid for once.
  public private(set) var same: [[Int]] = []
  /// Those that cannot be prepared, and would fail without costing anything.
  public private(set) var failed = 0
  /// Those that are not sent: done before, or paid for and to be fetched.
  public private(set) var skipped = 0
  /// Those that are not sent, because nobody knows what became of them.
  public private(set) var ambiguous = 0
  /// Those that would be left for a later run.
  public private(set) var left = 0
  /// How many of the jobs a limit of what may be spent allows; `nil`: all.
  public private(set) var affordable: Int?
  /// Why it does not allow more.
  public private(set) var overLimit: PlantainError?
  /// Of all requests' bodies together.
  public private(set) var bytes = 0
  /// Without a value where one job's are not known.
  public private(set) var tokens: Tokens? = Tokens(input: 0, output: 0)
  public var cost: EditResult.Cost { costs.total }
  private var costs = Costs()

  private enum CodingKeys: CodingKey {
    case variants, same, jobs, failed, skipped, ambiguous, left, affordable, bytes, tokens, cost
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(jobs, forKey: .jobs)
    if !variants.isEmpty { try container.encode(variants, forKey: .variants) }
    if !same.isEmpty { try container.encode(same, forKey: .same) }
    try container.encode(failed, forKey: .failed)
    if skipped > 0 { try container.encode(skipped, forKey: .skipped) }
    if ambiguous > 0 { try container.encode(ambiguous, forKey: .ambiguous) }
    if left > 0 { try container.encode(left, forKey: .left) }
    try container.encodeIfPresent(affordable, forKey: .affordable)
    try container.encode(bytes, forKey: .bytes)
    try container.encodeIfPresent(tokens, forKey: .tokens)
    try container.encode(cost, forKey: .cost)
  }

  package init(_ jobs: BatchJobs) {
    same = jobs.all.filter { !$0.same.isEmpty }.map { $0.items.map(\.line) }
    variants = jobs.variants
  }

  /// Leaves out what would not be sent.
  ///
  /// - Returns: whether it would be.
  mutating func admits(_ outlook: Editor.Outlook) -> Bool {
    switch outlook {
    case .toDo: return true
    case .done, .underWay, .paid: skipped += 1
    case .ambiguous: ambiguous += 1
    case .gone, .lost: failed += 1
    }
    return false
  }

  package mutating func leave(_ count: Int) { left += count }

  /// - Parameter purse: what may be spent.
  package mutating func count(_ outcome: Result<EditPlan, PlantainError>, _ limiter: SpendingLimiter) {
    jobs += 1
    switch outcome {
    case .failure(let error):
      failed += 1
      if error.code == .overSpending { exceeds(error) }
    case .success(let plan):
      count(plan)
      do throws(PlantainError) {
        _ = try limiter.take(plan.cost.price, count: plan.request.count, plan.gateway)
      } catch {
        exceeds(error)
      }
    }
  }

  private mutating func exceeds(_ error: PlantainError) {
    guard overLimit == nil else { return }
    affordable = jobs - 1
    overLimit = error
  }

  private mutating func count(_ plan: EditPlan) {
    bytes += plan.request.bytes.bytes
    costs.add(plan.cost)
    guard let more = plan.tokens, let sum = tokens else {
      tokens = nil
      return
    }
    tokens = Tokens(input: sum.input + more.input, output: sum.output + more.output)
  }
}

extension PlantainError {
  /// With how far the money goes.
  public func allowing(_ count: Int, of jobs: Int) -> PlantainError {
    PlantainError(
      stage, code, "the limit is enough for \(count) of \(jobs) edits: \(message)", hint: hint,
      subject: subject)
  }
}

extension Batch {
  /// Does all local work of every edit that would be sent, by the first route, opens no socket and writes no file: what it would
  /// send, and what it costs. What is done, or nobody knows the outcome of, is left out.
  ///
  /// - Parameter watch: called for each item that would be sent, or cannot be, in the manifest's order.
  /// - Returns: with how far the money goes, where there is a limit.
  /// - Throws: 65 when the manifest has problems; 66 when there is no run to go on with.
  public func plan(
    _ manifest: Manifest, watch: (Manifest.Item, Result<EditPlan, PlantainError>) -> Void = { _, _ in }
  ) async throws(PlantainError) -> BatchPlan {
    if let problem = manifest.problems.first { throw problem }
    var manifest = manifest
    manifest.nameResults(as: try await editor.store.writers(of: manifest))
    let jobs = try await editor.jobs(of: manifest)
    var sum = BatchPlan(jobs)
    let existing = Set(skipsExisting ? jobs.all.flatMap(\.existing).map(\.item.line) : [])
    let items = try await toDo(jobs.all.compactMap { $0.without(existing)?.item }, &sum, watch)
    let limiter = SpendingLimiter(
      try await editor.store.leftToSpend(spending, items.first?.options.spending.perDay))
    await orderedConcurrentMap(items, width: Self.plannedAtATime) { [editor] item in
      do throws(PlantainError) {
        var options = item.options
        // That it is there already may mean that it was done.
        options.overwrites = true
        let plan = try await editor.plan(item.prompt, references: item.references, options: options)
        return (item, Result<EditPlan, PlantainError>.success(plan))
      } catch {
        return (item, .failure(error))
      }
    } consume: { item, outcome in
      sum.count(outcome, limiter)
      watch(item, outcome)
    }
    return sum
  }

  /// The items that would be sent.
  private func toDo(
    _ items: [Manifest.Item], _ sum: inout BatchPlan,
    _ watch: (Manifest.Item, Result<EditPlan, PlantainError>) -> Void
  ) async throws(PlantainError) -> [Manifest.Item] {
    let again = try await editor.resolved(again)
    var found: [Manifest.Item] = []
    for (position, item) in items.enumerated() {
      // What cannot be read is told when its turn comes.
      let outlook = (try? await editor.outlook(of: item, again)) ?? .toDo
      switch outlook {
      case .gone(let entry): watch(item, .failure(.resultGone(entry)))
      case .lost(let entry): watch(item, .failure(.settledAsLost(entry.id)))
      case .toDo, .done, .underWay, .paid, .ambiguous: break
      }
      if sum.admits(outlook) { found.append(item) }
      if found.count == limit {
        sum.leave(items.count - position - 1)
        break
      }
    }
    return found
  }

  /// Each holds what it has prepared until its turn.
  private static let plannedAtATime = 16
}
