public import Editing
import Gateways
public import Core

/// Runs the edits of a manifest concurrently. Each job is identified by its content: a second run does only
/// what is not done yet, fetches what was paid for, and does not resend jobs whose outcome is unknown.
/// Several processes can share the work through one ledger.
public struct Batch: Sendable {
  /// The outcome of one item.
  public enum Outcome: Sendable {
    /// The edit was done in this run, with all of its pictures.
    case done(EditResult)
    /// Some of its pictures are missing, for these reasons. `nil`: none arrived in this run.
    case incomplete(EditResult?, [PlantainError])
    /// The item was done before, by the edit with that id. `nil`: its outputs exist, and their origin was not
    /// checked.
    case skipped(id: String?, outputs: [String])
    /// Another process is working on it.
    case elsewhere
    /// The outcome is unknown: the edit may be done and billed, and is not sent again.
    case ambiguous(PlantainError)
    /// The edit failed.
    case failed(PlantainError)
  }

  package let editor: Editor
  package let spending: Money?
  private let maximum: Int
  package let limit: Int?
  package let again: ResendPolicy
  package let skipsExisting: Bool

  /// Creates a batch.
  ///
  /// - Parameters:
  ///   - editor: runs the edits; its first route decides concurrency and prices.
  ///   - spending: the maximum that a run may spend. Default: no limit.
  ///   - maximum: the maximum number of concurrent edits, at least 1; the actual number adapts to the route's
  ///     responses. Default: 64.
  ///   - limit: the maximum number of jobs to do, counted from the first one that is not done yet. In a run
  ///     that is resumed, what it has done counts. Default: no limit.
  ///   - again: whether jobs that are done or whose outcome is unknown are sent again, and paid for again.
  ///     Default: `.no`. The results of done jobs are kept or copied to where they are wanted, and jobs whose
  ///     outcome is unknown are not sent.
  ///   - skippingExisting: whether jobs whose outputs exist are left out, whatever created those. Default:
  ///     `false`.
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

  /// Runs the edits of a manifest.
  ///
  /// - Parameters:
  ///   - manifest: the edits.
  ///   - stop: when signaled, no further request is sent, and the run ends after those in flight. Default: a
  ///     signal that never fires.
  ///   - watch: called when an item ends, and with the progress of the run; calls do not overlap. Default:
  ///     does nothing.
  /// - Returns: the totals of the run.
  /// - Throws: the first of the manifest's problems; otherwise `PlantainError` with the code `ledgerUnusable`
  ///   when the ledger cannot be used, `outputExists` when an output is one of the pictures that the manifest
  ///   reads, `missing` when there is no run to resume, `overSpending` when the price of a job that is not
  ///   done yet exceeds the limits or is unknown, unless results of earlier runs were fetched first. In these
  ///   cases, nothing has been sent.
  public func run(
    _ manifest: Manifest, until stop: StopSignal = StopSignal(), watch: (Event) -> Void = { _ in }
  ) async throws(PlantainError) -> BatchSummary {
    if let problem = manifest.problems.first { throw problem }
    var manifest = manifest
    manifest.nameResults(as: try await editor.store.writers(of: manifest))
    let all = try await editor.jobs(of: manifest).all
    try await requireApart(all, of: manifest)
    let day = try await editor.store.daySpending(all.first?.item.options.spending.perDay)
    let run = try await BatchRun(
      editor, manifest, SpendingLimiter(spending, day: day), maximum: maximum, again, under: stop)
    var loop = BatchLoop(run, BatchProgress(jobs: manifest.items.count, BatchSummary(run: run.id), at: .now))
    let existing = skipsExisting ? all.flatMap(\.existing) : []
    loop.skip(existing, watch)
    let jobs = all.compactMap { $0.without(Set(existing.map(\.item.line))) }
    var wanted = jobs[...]
    if let limit {
      let left = try await editor.remaining(of: limit, for: all.map(\.item), run.again)
      wanted = try await run.firstToDo(left, of: jobs)
    }
    let later = jobs[wanted.endIndex...]
    loop.leaveOut(later)
    if spending != nil || wanted.contains(where: { !$0.item.options.spending.all.isEmpty }) {
      wanted = try await fetchBeforeLimit(wanted, of: manifest, run, &loop, watch)
    } else {
      try await editor.requireAffordable(wanted.map(\.item), run.again, of: manifest)
    }
    await loop.work(on: wanted, maximum: maximum, watch)
    var summary = loop.progress.summary
    summary.wasStopped = stop.isAsked
    (summary.fetchable, summary.unsettled) = await run.unsettled(loop.ambiguous)
    await run.end(summary)
    return summary
  }

  /// Fetches what is paid for before the limit is looked at.
  ///
  /// - Returns: the jobs to send.
  /// - Throws: `overSpending` when the price of a job exceeds the limits or is unknown, and there was nothing
  ///   to fetch.
  private func fetchBeforeLimit(
    _ jobs: ArraySlice<BatchJob>, of manifest: Manifest, _ run: BatchRun, _ loop: inout BatchLoop,
    _ watch: (Event) -> Void
  ) async throws(PlantainError) -> ArraySlice<BatchJob> {
    let (known, new) = try await run.sorted(jobs)
    let deferred = await loop.work(on: known[...], maximum: maximum, isFetching: true, watch)
    let rest = (new + deferred).sorted { $0.item.line < $1.item.line }
    do throws(PlantainError) {
      try await editor.requireAffordable(rest.map(\.item), run.again, of: manifest)
    } catch {
      let summary = loop.progress.summary
      guard loop.progress.ended > summary.skipped else { throw error }
      loop.halt(error, watch)
    }
    return rest[...]
  }

  /// An event of a run.
  public enum Event: Sendable {
    /// An item has ended.
    case ended(Manifest.Item, Outcome)
    /// A stop was requested: `inFlight` jobs will finish, and `left` jobs are not sent.
    case stopping(inFlight: Int, left: Int)
    /// The run ends for a reason that applies to all jobs, such as a missing key; nothing more is sent.
    case halted(PlantainError)
    /// The progress of the run: at its start, when an item has ended, and every second.
    case progress(BatchProgress)
  }
}
