import Core
import Editing
import Submission

/// Begins the jobs of a run, many at a time, and counts what becomes of them.
struct BatchLoop {
  private let run: BatchRun
  private(set) var progress: BatchProgress
  /// Those of which nobody knows.
  private(set) var ambiguous: [(item: Manifest.Item, error: PlantainError)] = []
  private var elsewhere: [Manifest.Item] = []
  /// The causes that have ended the run for all jobs.
  private var told: Set<PlantainError.Code> = []

  init(_ run: BatchRun, _ progress: BatchProgress) {
    self.run = run
    self.progress = progress
  }

  private enum Step: Sendable {
    /// Without an outcome where it was not sent.
    case ended([(Manifest.Item, Batch.Outcome?)])
    case second
    case stopping
  }

  /// Counts what is left out because its outputs lie there.
  package mutating func skip(
    _ existing: [(item: Manifest.Item, outputs: [String])], _ watch: (Batch.Event) -> Void
  ) {
    for (item, outputs) in existing { count(.skipped(id: nil, outputs: outputs), of: item, watch) }
  }

  /// Ends when all jobs have ended, or a stop was asked for and those in flight have.
  package mutating func work(on jobs: ArraySlice<BatchJob>, maximum: Int, _ watch: (Batch.Event) -> Void)
    async
  {
    var rest = jobs
    let run = run
    watch(.progress(progress))
    await withTaskGroup(of: Step.self) { group in
      var underWay = 0
      group.addTask { await Self.second() }
      group.addTask {
        await run.stop.asked()
        return .stopping
      }
      while true {
        while underWay < maximum, mayBegin, let job = rest.popFirst() {
          underWay += 1
          group.addTask { .ended(await run.perform(job)) }
        }
        guard underWay > 0, let step = await group.next() else { break }
        switch step {
        case .ended(let outcomes):
          underWay -= 1
          for (item, outcome) in outcomes { count(outcome, of: item, watch) }
        case .second:
          progress.tick(at: .now)
          // A canceled one would be over at once, again and again.
          if !Task.isCancelled { group.addTask { await Self.second() } }
        case .stopping: await stop(watch)
        }
        progress.inFlight = await run.inFlight
        watch(.progress(progress))
      }
      group.cancelAll()
    }
    progress.summary.left += rest.reduce(0) { $0 + $1.items.count }
    progress.summary.elsewhere = elsewhere.filter { !$0.hasOutput }.count
  }

  private var mayBegin: Bool { progress.summary.halt == nil && !run.stop.isAsked && !Task.isCancelled }

  private mutating func count(
    _ outcome: Batch.Outcome?, of item: Manifest.Item, _ watch: (Batch.Event) -> Void
  ) {
    guard let outcome, !halts(outcome, watch) else {
      progress.summary.left += 1
      return
    }
    switch outcome {
    case .elsewhere: elsewhere.append(item)
    case .ambiguous(let error): ambiguous.append((item, error))
    case .done, .skipped, .failed: break
    }
    progress.count(outcome, at: .now)
    watch(.ended(item, outcome))
  }

  /// Ends the run where no other job would fare better.
  ///
  /// - Returns: whether the job is as good as not tried: nothing was sent for it, or the cause was told before.
  private mutating func halts(_ outcome: Batch.Outcome, _ watch: (Batch.Event) -> Void) -> Bool {
    guard case .failed(let error) = outcome,
      let cause = error.commonCause(hasOneRoute: run.hasOneRoute)
    else { return false }
    progress.summary.halt = progress.summary.halt ?? error
    let isNew = told.insert(error.code).inserted
    switch cause {
    case .beforeSending:
      // What was begun may still be sent where the cause is not every job's, as a sum that is nearly spent.
      if isNew { watch(.halted(error)) }
      return true
    case .answered:
      run.stop.ask()
      return !isNew
    }
  }

  private func stop(_ watch: (Batch.Event) -> Void) async {
    await run.letGo()
    guard progress.summary.halt == nil, !Task.isCancelled else { return }
    let inFlight = run.stop.inFlight
    watch(.stopping(inFlight: inFlight, left: max(0, progress.jobs - progress.ended - inFlight)))
  }

  private static func second() async -> Step {
    try? await Task.sleep(for: .seconds(1))
    return .second
  }
}

extension PlantainError {
  fileprivate enum CommonCause { case beforeSending, answered }

  /// Where all jobs of a run would fail for the same reason: whether it is known before anything is sent.
  ///
  /// - Parameter hasOneRoute: of several, another one may take the next job.
  fileprivate func commonCause(hasOneRoute: Bool) -> CommonCause? {
    guard billed == .no else { return nil }
    if [.overSpending, .ledgerUnusable].contains(code) { return .beforeSending }
    guard hasOneRoute else { return nil }
    switch code {
    case .keyMissing, .configuration: return .beforeSending
    case .keyRejected, .outOfCredit, .needsBilling, .placeNotServed: return .answered
    case .rateLimited: return isOfWholeDay ? .answered : nil
    default: return nil
    }
  }
}
