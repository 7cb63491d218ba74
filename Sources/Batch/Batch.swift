public import Editing
public import Gateways
public import Core

/// Does the edits of a manifest, many at a time. Each is known by its content: a second run does only what is not done yet, fetches
/// what was paid for, and leaves alone what nobody knows the outcome of. Several processes may share the work by one ledger.
public struct Batch: Sendable {
  /// What became of one item.
  public enum Outcome: Sendable {
    case done(EditResult)
    /// It was done before, by the edit of that id; `nil`: what lies there was not asked for its origin.
    case skipped(id: String?, outputs: [String])
    /// Another process is at it.
    case elsewhere
    /// It may be done and billed, and is not sent again.
    case ambiguous(PlantainError)
    case failed(PlantainError)
  }

  package let editor: Editor
  package let spending: Money?
  private let maximum: Int
  package let limit: Int?
  package let again: ResendPolicy
  package let skipsExisting: Bool

  /// - Parameters:
  ///   - spending: the most that a run may spend in all. `nil`: no limit.
  ///   - maximum: how many edits may be under way at once; how many are, the route decides by how it answers. Default: 64.
  ///   - limit: how many jobs are done at most: the first ones that are to be done. `nil`: all.
  ///   - again: whether jobs that are done, or of which nobody knows, are sent once more, and paid for. Default: results are there
  ///     already, or are copied to where they are wanted, and what nobody knows is left alone.
  ///   - skippingExisting: whether jobs whose outputs lie there, whatever has made them, are left out. Default: `false`.
  public init(
    _ editor: Editor, spending: Money? = nil, maximum: Int = 64, limit: Int? = nil, again: ResendPolicy = .no,
    skippingExisting: Bool = false
  ) {
    self.editor = editor
    skipsExisting = skippingExisting
    self.spending = spending
    self.maximum = max(1, maximum)
    self.limit = limit
    self.again = again
  }

  /// - Parameters:
  ///   - stop: nothing more is sent, and the run ends when what is in flight has ended.
  ///   - watch: called for each item when it ends, and with how far the run is, one at a time.
  /// - Throws: 65 when the manifest has problems: then nothing is sent; 73 when the ledger cannot be used; 66 when there is no run
  ///   to go on with; 81 when a job that is to be done costs more than the limits allow, or nobody knows what: then nothing is sent.
  public func run(
    _ manifest: Manifest, until stop: StopSignal = StopSignal(), watch: (Event) -> Void = { _ in }
  ) async throws(PlantainError) -> BatchSummary {
    if let problem = manifest.problems.first { throw problem }
    var manifest = manifest
    manifest.nameResults(as: try await editor.store.writers(of: manifest))
    let all = try await editor.jobs(of: manifest).all
    let run = try await BatchRun(
      editor, manifest, SpendingLimiter(spending), maximum: maximum, again, under: stop)
    var loop = BatchLoop(run, BatchProgress(jobs: manifest.items.count, BatchSummary(run: run.id), at: .now))
    let existing = skipsExisting ? all.flatMap(\.existing) : []
    loop.skip(existing, watch)
    let jobs = all.compactMap { $0.without(Set(existing.map(\.item.line))) }
    var wanted = jobs[...]
    if let limit { wanted = await run.firstToDo(limit, of: jobs) }
    try await run.requireAffordable(wanted, of: manifest)
    await loop.work(on: wanted, maximum: maximum, watch)
    var summary = loop.progress.summary
    summary.left += jobs[wanted.endIndex...].reduce(0) { $0 + $1.items.count }
    summary.wasStopped = stop.isAsked
    summary.unsettled = await run.unsettled(loop.ambiguous)
    await run.end(summary)
    return summary
  }

  /// What happens in a run.
  public enum Event: Sendable {
    case ended(Manifest.Item, Outcome)
    /// A stop was asked for: so many jobs are in flight and will end, and so many are not sent any more.
    case stopping(inFlight: Int, left: Int)
    /// Nothing more is sent, for a reason that is no single job's, such as a key that is missing.
    case halted(PlantainError)
    /// At the beginning, whenever an item has ended, and every second.
    case progress(BatchProgress)
  }
}
