import Core
public import Editing
import Finishing
import Gateways
import Ledger
import Submission

/// What the edits of a manifest would send and cost.
public struct BatchPlan: Encodable, Sendable {
  /// The number of jobs that would be sent if the limits allowed it, and of those that cannot be prepared.
  public private(set) var jobs = 0
  /// The line numbers of each group of variants: lines that request the same content with different outputs,
  /// each paid for.
  public private(set) var variants: [[Int]] = []
  /// The positions, from 1, of the pictures with the same bytes, in groups: each group is paid for once.
  public private(set) var same: [[Int]] = []
  /// The number of jobs that cannot be prepared. They would fail without costing anything.
  public private(set) var failed = 0
  /// The number of jobs that are not sent because they are done, in progress, or paid for and waiting to be
  /// fetched.
  public private(set) var skipped = 0
  /// The number of jobs that are not sent because their outcome is unknown.
  public private(set) var ambiguous = 0
  /// The number of jobs that would be left for a later run, because of a limit of jobs or of spending.
  public private(set) var left = 0
  /// The number of jobs that would be left because of the spending limit.
  package private(set) var leftForLimit = 0
  /// The number of jobs that the spending limit allows, whichever route makes them; `nil`: all.
  public private(set) var affordable: Int?
  /// The reason why the spending limit does not allow more jobs.
  public private(set) var overLimit: PlantainError?
  /// The total size of all request bodies, in bytes.
  public private(set) var bytes = 0
  /// The total number of tokens; `nil` when that of a job is unknown.
  public private(set) var tokens: Tokens? = Tokens(input: 0, output: 0)
  /// The total price; without an amount when that of a job is unknown, or in several currencies.
  public var cost: EditResult.Cost { costs.total }
  private var costs = Costs()
  /// The total price if the route with the highest price makes every picture; `nil` if that is `cost`.
  public var upTo: EditResult.Cost? {
    let highest = highestCosts.total
    return highest.amount == cost.amount && highest.currency == cost.currency ? nil : highest
  }
  private var highestCosts = Costs()
  /// Whether a single job exceeds a limit.
  private var isRefused = false

  private enum CodingKeys: CodingKey {
    case variants, same, jobs, failed, skipped, ambiguous, left, affordable, bytes, tokens, cost, upTo
  }

  /// Encodes the plan; counts of zero are left out, except `failed`.
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
    try container.encodeIfPresent(upTo, forKey: .upTo)
  }

  package init(_ jobs: BatchJobs) {
    same = jobs.all.filter { !$0.same.isEmpty }.map { $0.items.map(\.line) }
    variants = jobs.variants
  }

  /// Counts a job that would not be sent.
  ///
  /// - Returns: whether it would be sent.
  mutating func admits(_ outlook: Editor.Outlook) -> Bool {
    switch outlook {
    case .toDo(_, _, let errors):
      if errors.contains(where: \.isOfOpenOutcome) { ambiguous += 1 }
      if errors.contains(where: { !$0.isOfOpenOutcome }) { failed += 1 }
      return true
    case .done, .underWay, .paid: skipped += 1
    case .ambiguous: ambiguous += 1
    case .gone, .lost: failed += 1
    }
    return false
  }

  package mutating func leave(_ count: Int) { left += count }

  /// Counts a job that would be sent, unless a limit keeps it from that.
  ///
  /// - Parameter limiter: reserves its price.
  package mutating func count(_ outcome: Result<EditPlan, PlantainError>, _ limiter: SpendingLimiter) {
    switch outcome {
    // An equal request, written in another way, was sent before.
    case .failure(let error) where error.code == .outcomeUnknown: ambiguous += 1
    case .success(let plan) where plan.paidFor != nil: skipped += 1
    case .failure:
      jobs += 1
      failed += 1
      unprepared += 1
    case .success(let plan):
      jobs += 1
      count(plan)
      do throws(PlantainError) {
        let (price, gateway) = plan.dearest ?? (plan.cost.price, plan.gateway)
        if overLimit == nil { _ = try limiter.take(price, count: plan.request.count, gateway) }
      } catch {
        exceeds(error)
      }
      guard overLimit != nil else { return }
      left += 1
      leftForLimit += 1
    }
  }

  /// Explains the limit by the cost of all jobs, where that is known.
  mutating func explainLimit(_ limiter: SpendingLimiter, of gateway: String) {
    let cost = highestCosts.total
    guard overLimit != nil, !isRefused, let sum = cost.money else { return }
    overLimit = limiter.error(ofPlanCosting: sum, gateway) ?? overLimit
  }

  /// A single job exceeds a limit, so that the run would send nothing.
  mutating func refuses(_ error: PlantainError) {
    isRefused = true
    exceeds(error)
  }

  /// The run ends before the next job, which exceeds a limit.
  private mutating func exceeds(_ error: PlantainError) {
    affordable = max(0, sendable - 1)
    overLimit = error
  }

  /// The number of jobs that would be sent if the limits allowed it.
  package var sendable: Int { jobs - unprepared }
  /// The number of those that cannot be prepared.
  package private(set) var unprepared = 0

  private mutating func count(_ plan: EditPlan) {
    bytes += plan.request.bytes.bytes
    costs.add(plan.cost)
    highestCosts.add(plan.highestCost)
    guard let more = plan.tokens, let sum = tokens else {
      tokens = nil
      return
    }
    tokens = Tokens(input: sum.input + more.input, output: sum.output + more.output)
  }
}

extension PlantainError {
  /// The error with the number of edits that the limit allows.
  package func allowing(_ count: Int, of jobs: Int) -> PlantainError {
    PlantainError(
      stage, code, "the limit covers \(count) of \(jobs) edits: \(message)", hint: hint,
      subject: subject)
  }
}

extension Batch {
  /// Does the local work of every edit that would be sent, for the first route: what it would send, and what
  /// it costs. Opens no socket and writes no file. Leaves out jobs that are done or whose outcome is unknown.
  ///
  /// - Parameters:
  ///   - manifest: the edits.
  ///   - watch: called for each item that would be sent or cannot be prepared, or that equals a request of an
  ///     earlier edit whose result would be fetched or whose outcome is unknown, in the manifest's order.
  ///     Default: does nothing.
  /// - Returns: the totals, and the number of jobs that the spending limit allows, if there is one.
  /// - Throws: the first of the manifest's problems; otherwise `PlantainError` with the code `missing` when
  ///   there is no run to resume, `ledgerUnusable` when the ledger cannot be used, `outputExists` when an
  ///   output is one of the pictures that the manifest reads.
  public func plan(
    _ manifest: Manifest, watch: (Manifest.Item, Result<EditPlan, PlantainError>) -> Void = { _, _ in }
  ) async throws(PlantainError) -> BatchPlan {
    if let problem = manifest.problems.first { throw problem }
    var manifest = manifest
    manifest.nameResults(as: try await editor.store.writers(of: manifest))
    let jobs = try await editor.jobs(of: manifest)
    try await requireApart(jobs.all, of: manifest)
    var sum = BatchPlan(jobs)
    let existing = Set(skipsExisting ? jobs.all.flatMap(\.existing).map(\.item.line) : [])
    let again = try await editor.resolved(again)
    var left = limit
    if let limit { left = try await editor.remaining(of: limit, for: jobs.all.map(\.item), again) }
    let items = try await toDo(jobs.all.compactMap { $0.without(existing)?.item }, left, again, &sum, watch)
    let limiter = SpendingLimiter(
      spending, day: try await editor.store.daySpending(items.first?.options.spending.perDay))
    do throws(PlantainError) {
      try await editor.requireAffordable(items, again, of: manifest)
    } catch {
      sum.refuses(error)
    }
    await orderedConcurrentMap(items, width: Self.plannedAtATime) { [editor] item in
      do throws(PlantainError) {
        let plan = try await editor.plan(item, again)
        return (item, Result<EditPlan, PlantainError>.success(plan))
      } catch {
        return (item, .failure(error))
      }
    } consume: { item, outcome in
      sum.count(outcome, limiter)
      watch(item, outcome)
    }
    sum.explainLimit(limiter, of: editor.routes[0].gateway.id)
    return sum
  }

  /// The items that would be sent: at most `limit`.
  private func toDo(
    _ items: [Manifest.Item], _ limit: Int?, _ again: ResendPolicy, _ sum: inout BatchPlan,
    _ watch: (Manifest.Item, Result<EditPlan, PlantainError>) -> Void
  ) async throws(PlantainError) -> [Manifest.Item] {
    var found: [Manifest.Item] = []
    for (position, item) in items.enumerated() {
      let outlook = try await editor.presumedOutlook(of: item, again)
      if case .toDo = outlook, found.count == limit {
        sum.leave(items.count - position)
        break
      }
      var item = item
      switch outlook {
      case .gone(let entry): watch(item, .failure(.resultGone(entry)))
      case .lost(let entry): watch(item, .failure(.settledAsLost(entry.id)))
      case .toDo(let numbers, _, let errors):
        item.options.numbers = numbers
        for error in errors where !error.isOfOpenOutcome { watch(item, .failure(error)) }
      case .done, .underWay, .paid, .ambiguous: break
      }
      if sum.admits(outlook) { found.append(item) }
    }
    return found
  }

  /// The number of plans in progress: each holds its prepared pictures until it is counted.
  private static let plannedAtATime = 16
}

extension Editor {
  /// Plans a job that is to be sent, as its run would send it.
  fileprivate func plan(
    _ item: Manifest.Item, _ again: ResendPolicy
  ) async throws(PlantainError) -> EditPlan {
    var options = item.options
    // An existing output may mean that the job is done.
    options.overwrites = true
    let keys = try await keys(of: item.prompt, item.references, options)
    let number = try await number(of: item, keys)
    // The run that would be made does not exist yet.
    options.run = ""
    options.knownJobs = item.knownJobs(keys, keys.map { $0.text(ofVariant: number) })
    options.sendsAgain = again != .no
    // The limits hold for all jobs together.
    options.spending = SpendingLimits()
    return try await plan(EditJob(item.prompt, item.references, options, .none) { _ in })
  }
}
