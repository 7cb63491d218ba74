import Synchronization
package import Core
package import PictureWork

/// A pool of child processes that decode untrusted pictures. A decoder that aborts, hangs, or exhausts memory
/// then costs only one picture.
///
/// Workers are started on demand, reused for further jobs, and replaced when they die. The caller determines
/// how many there are at a time: each job in progress has its own worker.
package final class WorkerFleet: Sendable {
  private let program: String
  private let longestStandstill: Duration
  private struct Workers {
    var idle: [WorkerProcess] = []
    var busy: [WorkerProcess] = []
  }

  private let workers = Mutex(Workers())
  /// Whether a worker has ever answered, so that the program is known to work.
  private let hasAnswered = Atomic(false)

  /// Creates a pool without any processes. A worker that uses no CPU time for 8 seconds during a job is
  /// ended.
  ///
  /// - Parameter program: the path of `plantain-worker`. Default: `nil`, beside the running program, then in
  ///   `../libexec/plantain`, then on `PATH`.
  /// - Throws: `workerMissing` if it is not found.
  package convenience init(program: String? = nil) throws(IsolationError) {
    try self.init(program: program, longestStandstill: .seconds(8))
  }

  /// - Parameter longestStandstill: a worker that has a job and uses no CPU time for this long is ended.
  package init(program: String? = nil, longestStandstill: Duration) throws(IsolationError) {
    self.program = try WorkerProgram.find(program)
    self.longestStandstill = longestStandstill
  }

  /// Runs one job in a worker.
  ///
  /// - Parameters:
  ///   - files: the picture of the job, followed by the other pictures that the job needs.
  ///   - largestResult: the maximum size of a result file; a larger one counts as a defect of the worker.
  /// - Throws: `IsolationError` when the worker gives no reply. A reply that reports a failure is returned.
  package func perform(
    _ job: WorkerJob, files: [PictureContent], largestResult: ByteCount
  ) async throws(IsolationError) -> WorkerChannel.Reply {
    do throws(IsolationError) {
      let reply = try await reply(to: job, files, largestResult)
      hasAnswered.store(true, ordering: .relaxed)
      return reply
    } catch {
      guard error.mayBeOfProgram, !hasAnswered.load(ordering: .relaxed) else { throw error }
      try await requireAnswer(insteadOf: error)
      throw error
    }
  }

  /// Tells a program that does not work from a picture that ends it, by a job without a picture.
  ///
  /// - Throws: `workerUnusable` if that job is not answered either.
  private func requireAnswer(insteadOf error: IsolationError) async throws(IsolationError) {
    do {
      _ = try await reply(
        to: WorkerJob(
          kind: .decoders, limits: WorkerJob.Limits(.ofPixels(0)), options: MessageText.encode(NoOptions())),
        [], ByteCount(0))
      hasAnswered.store(true, ordering: .relaxed)
    } catch {
      throw .workerUnusable("\(program) does not answer, whatever it is asked")
    }
  }

  private func reply(
    to job: WorkerJob, _ files: [PictureContent], _ largestResult: ByteCount
  ) async throws(IsolationError) -> WorkerChannel.Reply {
    guard let text = try? MessageText.encode(job) else { throw .workerUnusable("the job cannot be encoded") }
    // A worker that dies before it has started the job has not seen the picture: try the next one.
    while let idle = livingIdleWorker() {
      if let answer = try await perform(job, text, files, by: idle, largestResult) { return answer }
    }
    let fresh = try await WorkerProcess.start(program, longestStandstill: longestStandstill)
    if let answer = try await perform(job, text, files, by: fresh, largestResult) { return answer }
    throw await fresh.whyItEnded(job.limits)
  }

  private func perform(
    _ job: WorkerJob, _ text: [UInt8], _ files: [PictureContent], by worker: WorkerProcess,
    _ largestResult: ByteCount
  ) async throws(IsolationError) -> WorkerChannel.Reply? {
    workers.withLock { $0.busy.append(worker) }
    defer { workers.withLock { $0.busy.removeAll { $0 === worker } } }
    let answer = try await worker.perform(job, text, files, largestResult: largestResult)
    if answer != nil {
      workers.withLock { $0.idle.append(worker) }
    } else {
      await worker.end()
    }
    return answer
  }

  /// Ends the idle workers and waits until they have exited. The pool remains usable: it starts new workers.
  package func close() async {
    let idle = workers.withLock { workers in
      defer { workers.idle = [] }
      return workers.idle
    }
    for worker in idle { await worker.end() }
  }

  /// Takes an idle worker that is still alive. One that died while idle has cost nothing and is skipped.
  private func livingIdleWorker() -> WorkerProcess? {
    workers.withLock { workers in
      while let last = workers.idle.popLast() {
        if last.isAlive { return last }
      }
      return nil
    }
  }

  /// The process identifiers of the idle workers.
  package var idleProcesses: [Int32] { workers.withLock { $0.idle.map(\.identifier) } }
  /// The process identifiers of the workers that have a job.
  package var busyProcesses: [Int32] { workers.withLock { $0.busy.map(\.identifier) } }
}

extension IsolationError {
  /// Whether a worker program that does not work would cause this error, too.
  fileprivate var mayBeOfProgram: Bool {
    switch self {
    case .vanished, .crashed: true
    default: false
    }
  }
}
