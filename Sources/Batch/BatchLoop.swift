import Core
import Editing
import Submission

/// Starts the jobs of a run concurrently, and counts their outcomes.
struct BatchLoop {
  private let run: BatchRun
  private(set) var progress: BatchProgress
  /// The items whose outcome is unknown, or that of some of their requests.
  private(set) var ambiguous: [(item: Manifest.Item, error: PlantainError)] = []
  private var elsewhere: [Manifest.Item] = []
  private var underWay = 0
  /// The causes, already reported, that have ended the run for all jobs.
  private var told: Set<PlantainError.Code> = []

  init(_ run: BatchRun, _ progress: BatchProgress) {
    self.run = run
    self.progress = progress
  }

  private enum Step: Sendable {
    /// The items of a job, and what it has cost; an item that was not sent has no outcome.
    case ended([(Manifest.Item, Batch.Outcome?)], [String: EditSpending])
    /// A job that is not done yet, and was only to be fetched.
    case deferred(BatchJob)
    case second
    case stopping
  }

  /// Counts the items that are left out because their outputs exist.
  package mutating func skip(
    _ existing: [(item: Manifest.Item, outputs: [String])], _ watch: (Batch.Event) -> Void
  ) {
    for (item, outputs) in existing { count(.skipped(id: nil, outputs: outputs), of: item, watch) }
  }

  /// Runs the jobs. Returns when all have ended, or after a stop when those in flight have ended.
  ///
  /// - Parameter isFetching: whether only results of earlier runs are fetched, and nothing is sent.
  /// - Returns: the jobs that are left to send.
  @discardableResult
  package mutating func work(
    on jobs: ArraySlice<BatchJob>, maximum: Int, isFetching: Bool = false, _ watch: (Batch.Event) -> Void
  ) async -> [BatchJob] {
    guard mayBegin, !jobs.isEmpty else {
      leave(jobs)
      return []
    }
    var rest = jobs
    var deferred: [BatchJob] = []
    let run = run
    watch(.progress(progress))
    await withTaskGroup(of: Step.self) { group in
      var isWaiting = false
      group.addTask { await Self.second() }
      group.addTask {
        await run.stop.asked()
        return .stopping
      }
      while true {
        while !isWaiting, underWay < maximum, mayBegin, let job = rest.first {
          guard let reservation = await reserve(job, isFetching: isFetching, watch) else {
            // What is in flight may turn out not to be billed.
            isWaiting = true
            break
          }
          rest.removeFirst()
          underWay += 1
          group.addTask { await Self.step(run, job, reservation, isFetching: isFetching) }
        }
        guard underWay > 0, let step = await group.next() else { break }
        switch step {
        case .ended(let outcomes, let spendings):
          underWay -= 1
          isWaiting = false
          progress.summary.count(spendings)
          for (item, outcome) in outcomes { count(outcome, of: item, watch) }
        case .deferred(let job):
          underWay -= 1
          isWaiting = false
          deferred.append(job)
        case .second:
          progress.tick(at: .now)
          // In a canceled task, the sleep would return at once, again and again.
          if !Task.isCancelled { group.addTask { await Self.second() } }
        case .stopping: await stop(watch)
        }
        progress.inFlight = await run.inFlight
        watch(.progress(progress))
      }
      group.cancelAll()
    }
    leave(rest)
    progress.summary.elsewhere = elsewhere.filter { !$0.hasOutput }.count
    return deferred
  }

  /// Reserves what a job costs. Jobs begin in their order, so that a limit covers those that a plan foresees.
  ///
  /// - Returns: `nil` when a limit does not cover it. If nothing is in flight, that ends the run.
  private mutating func reserve(
    _ job: BatchJob, isFetching: Bool, _ watch: (Batch.Event) -> Void
  ) async -> SpendingReservation? {
    do throws(PlantainError) {
      return try await run.reserve(job, isFetching: isFetching)
    } catch {
      if underWay == 0, told.insert(error.code).inserted { halt(error, watch) }
      return nil
    }
  }

  private static func step(
    _ run: BatchRun, _ job: BatchJob, _ reservation: SpendingReservation, isFetching: Bool
  ) async -> Step {
    guard let outcomes = await run.perform(job, reservation, isFetching: isFetching) else {
      return .deferred(job)
    }
    return .ended(outcomes, await run.spendings(of: outcomes.compactMap(\.1)))
  }

  private mutating func leave(_ jobs: some Collection<BatchJob>) {
    progress.summary.left += jobs.reduce(0) { $0 + $1.items.count }
  }

  /// Leaves jobs to a later run, because of the limit of jobs.
  mutating func leaveOut(_ jobs: some Collection<BatchJob>) {
    let items = jobs.reduce(0) { $0 + $1.items.count }
    progress.jobs -= items
    progress.summary.left += items
    progress.summary.beyondLimit = items
  }

  /// Ends the run before the rest of the jobs.
  mutating func halt(_ error: PlantainError, _ watch: (Batch.Event) -> Void) {
    let error = hasSent ? error.ofRest : error
    progress.summary.halt = error
    watch(.halted(error))
  }

  /// Whether anything was sent in the run, or may be.
  private var hasSent: Bool { run.hasSent || underWay > 0 }

  private var mayBegin: Bool { progress.summary.halt == nil && !run.stop.isAsked && !Task.isCancelled }

  private mutating func count(
    _ outcome: Batch.Outcome?, of item: Manifest.Item, _ watch: (Batch.Event) -> Void
  ) {
    guard let outcome, !halts(outcome, watch) else {
      progress.summary.left += 1
      return
    }
    let told = progress.jobs > 1 ? outcome.ofOneJob : outcome
    switch told {
    case .elsewhere: elsewhere.append(item)
    case .done, .incomplete, .ambiguous, .skipped, .failed:
      ambiguous += outcome.openErrors.map { (item, $0) }
    }
    progress.count(told, at: .now)
    watch(.ended(item, told))
  }

  /// Ends the run where no other job would fare better.
  ///
  /// - Returns: whether the job counts as not tried: nothing was sent for it, or the cause was reported
  ///   before.
  private mutating func halts(_ outcome: Batch.Outcome, _ watch: (Batch.Event) -> Void) -> Bool {
    if case .incomplete(_, let errors) = outcome { return halts(errors) }
    guard case .failed(var error) = outcome,
      let cause = error.commonCause(hasOneRoute: run.hasOneRoute)
    else { return false }
    if hasSent { error = error.ofRest }
    progress.summary.halt = progress.summary.halt ?? error
    let isNew = told.insert(error.code).inserted
    switch cause {
    case .beforeSending:
      // Jobs that have started may still be sent if the cause does not apply to all, such as a limit that is
      // nearly spent.
      if isNew { watch(.halted(error)) }
      return true
    case .answered:
      run.stop.ask()
      return !isNew
    }
  }

  /// The same for a job that lacks pictures. It was tried.
  private mutating func halts(_ errors: [PlantainError]) -> Bool {
    let common = errors.first { $0.commonCause(hasOneRoute: run.hasOneRoute) != nil }
    guard let common else { return false }
    told.insert(common.code)
    progress.summary.halt = progress.summary.halt ?? common
    run.stop.ask()
    return false
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

extension Batch.Outcome {
  /// The outcome of one of several jobs, for which nothing may have been sent while others were.
  fileprivate var ofOneJob: Batch.Outcome {
    guard case .failed(var error) = self else { return self }
    error.hint = error.hint?.replacing("Nothing was sent.", with: "Nothing was sent for it.")
      .replacing("Nothing was sent or billed.", with: "Nothing was sent or billed for it.")
    return .failed(error)
  }
}

extension PlantainError {
  /// The error that ends a run in which something was sent.
  fileprivate var ofRest: PlantainError {
    var error = self
    error.hint = hint?.replacing("Nothing was sent.", with: "Nothing more is sent.")
    return error
  }

  fileprivate enum CommonCause { case beforeSending, answered }

  /// Whether all jobs of a run would fail for the same reason, and whether that is known before anything is
  /// sent.
  ///
  /// - Parameter hasOneRoute: whether there is only one route; with several, another may take the next job.
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
