/// What all edits of a manifest would send and cost; its encoding is the last line of `batch --dry-run --json`.
public struct BatchPlan: Encodable, Sendable {
  public private(set) var jobs = 0
  /// The lines that ask for the same with different outputs: each a picture of its own, paid for.
  public private(set) var variants: [[Int]] = []
  /// The pictures with the same bytes, by their places among all: paid for once.
  public private(set) var same: [[Int]] = []
  /// Those that cannot be prepared, and would fail without costing anything.
  public private(set) var failed = 0
  /// Of all requests' bodies together.
  public private(set) var bytes = 0
  /// Without a value where one job's are not known.
  public private(set) var tokens: Tokens? = Tokens(input: 0, output: 0)
  public var cost: EditReport.Cost { EditReport.Cost(costs) }
  private var costs = Costs()

  private enum CodingKeys: CodingKey { case variants, same, jobs, failed, bytes, tokens, cost }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(jobs, forKey: .jobs)
    if !variants.isEmpty { try container.encode(variants, forKey: .variants) }
    if !same.isEmpty { try container.encode(same, forKey: .same) }
    try container.encode(failed, forKey: .failed)
    try container.encode(bytes, forKey: .bytes)
    try container.encodeIfPresent(tokens, forKey: .tokens)
    try container.encode(cost, forKey: .cost)
  }

  init(_ jobs: BatchJobs) {
    same = jobs.all.filter { !$0.same.isEmpty }.map { $0.items.map(\.line) }
    variants = jobs.variants
  }

  mutating func count(_ outcome: Result<EditPlan, PlantainError>) {
    jobs += 1
    guard case .success(let plan) = outcome else {
      failed += 1
      return
    }
    bytes += plan.request.bytes.bytes
    costs.add(plan.cost)
    guard let more = plan.tokens, let sum = tokens else {
      tokens = nil
      return
    }
    tokens = Tokens(input: sum.input + more.input, output: sum.output + more.output)
  }
}

extension Batch {
  /// Does all local work of every edit by the first route, opens no socket and writes no file: what would be sent, and what it costs.
  /// What was done before is counted like the rest.
  ///
  /// - Parameter watch: called for each item, in the manifest's order.
  /// - Throws: 65 when the manifest has problems.
  public func plan(
    _ manifest: Manifest, watch: (Manifest.Item, Result<EditPlan, PlantainError>) -> Void = { _, _ in }
  ) async throws(PlantainError) -> BatchPlan {
    if let problem = manifest.problems.first { throw problem }
    let jobs = try await editor.jobs(of: manifest)
    var sum = BatchPlan(jobs)
    let existing = Set(skipsExisting ? jobs.all.flatMap(\.existing).map(\.item.line) : [])
    await inOrder(jobs.all.compactMap { $0.without(existing)?.item }, width: Self.plannedAtATime) {
      [editor] item in
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
      sum.count(outcome)
      watch(item, outcome)
    }
    return sum
  }

  /// Each holds what it has prepared until its turn.
  private static let plannedAtATime = 16
}
