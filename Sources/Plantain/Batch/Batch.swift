public import Gateways
import Synchronization

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

  let editor: Editor
  private let spending: Money?
  private let most: Int
  private let isAgain: Bool
  let skipsExisting: Bool

  /// - Parameters:
  ///   - spending: the most that a run may spend in all. `nil`: no limit.
  ///   - most: how many edits may be under way at once; how many are, the route decides by how it answers. Default: 64.
  ///   - again: whether jobs that are done are done once more, and paid for. Default: their results are there already, or are
  ///     copied to where they are wanted.
  ///   - skippingExisting: whether jobs whose outputs lie there, whatever has made them, are left out. Default: `false`.
  public init(
    _ editor: Editor, spending: Money? = nil, most: Int = 64, again: Bool = false,
    skippingExisting: Bool = false
  ) {
    self.editor = editor
    isAgain = again
    skipsExisting = skippingExisting
    self.spending = spending
    self.most = max(1, most)
  }

  /// - Parameters:
  ///   - drain: ends the run when what is under way is done.
  ///   - watch: called for each item when it ends, and with how far the run is, one at a time.
  /// - Throws: 65 when the manifest has problems: then nothing is sent; 73 when the ledger cannot be used.
  public func run(
    _ manifest: Manifest, until drain: Drain = Drain(), watch: (Event) -> Void = { _ in }
  ) async throws(PlantainError) -> BatchSummary {
    if let problem = manifest.problems.first { throw problem }
    var manifest = manifest
    manifest.nameResults(as: try await editor.book.writers(of: manifest))
    let run = try await BatchRun(editor, manifest, spending: spending, most: most, isAgain: isAgain)
    let jobs = try await editor.jobs(of: manifest).all
    let existing = skipsExisting ? jobs.flatMap(\.existing) : []
    let lines = Set(existing.map(\.item.line))
    var rest = jobs.compactMap { $0.without(lines) }[...]
    var elsewhere: [Manifest.Item] = []
    var progress = BatchProgress(jobs: manifest.items.count, BatchSummary(run: run.id), at: .now)
    watch(.progress(progress))
    for (item, outputs) in existing {
      let outcome = Outcome.skipped(id: nil, outputs: outputs)
      progress.count(outcome, at: .now)
      watch(.ended(item, outcome))
    }
    await withTaskGroup(of: Step.self) { group in
      var underWay = 0
      group.addTask { await Self.second() }
      while true {
        while underWay < most, !drain.isAsked, !Task.isCancelled, let job = rest.popFirst() {
          underWay += 1
          group.addTask { .ended(await run.perform(job)) }
        }
        guard underWay > 0, let step = await group.next() else { break }
        switch step {
        case .ended(let outcomes):
          underWay -= 1
          for (item, outcome) in outcomes {
            if case .elsewhere = outcome { elsewhere.append(item) }
            progress.count(outcome, at: .now)
            watch(.ended(item, outcome))
          }
        case .second:
          progress.tick(at: .now)
          // A cancelled one would be over at once, again and again.
          if !Task.isCancelled { group.addTask { await Self.second() } }
        }
        progress.inFlight = await run.inFlight
        watch(.progress(progress))
      }
      group.cancelAll()
    }
    progress.summary.left = rest.reduce(0) { $0 + $1.items.count }
    progress.summary.elsewhere = elsewhere.filter { !$0.hasOutput }.count
    await run.end(progress.summary)
    return progress.summary
  }

  /// What happens in a run.
  public enum Event: Sendable {
    case ended(Manifest.Item, Outcome)
    /// At the beginning, whenever an item has ended, and every second.
    case progress(BatchProgress)
  }

  private enum Step: Sendable {
    case ended([(Manifest.Item, Outcome)])
    case second
  }

  private static func second() async -> Step {
    try? await Task.sleep(for: .seconds(1))
    return .second
  }

  /// Asks a run to begin nothing more.
  public final class Drain: Sendable {
    private let asked = Mutex(false)

    public init() {}

    public func ask() { asked.withLock { $0 = true } }
    public var isAsked: Bool { asked.withLock { $0 } }
  }
}
