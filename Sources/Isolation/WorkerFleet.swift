import Synchronization
package import Core

/// Child processes that do the dangerous part: a decoder's abort, hang or greed for memory then costs one picture.
///
/// They are started on first need, live on from job to job, and are replaced when they die. How many there are at a
/// time is up to the caller: every job under way has one of its own.
public final class WorkerFleet: Sendable {
  private let program: String
  private let longestStandstill: Duration
  private struct Workers {
    var idle: [WorkerProcess] = []
    var busy: [WorkerProcess] = []
  }

  private let workers = Mutex(Workers())

  /// - Parameter program: the path of `plantain-worker`. `nil`: beside the running program, then on `PATH`.
  /// - Throws: `workerMissing`.
  public convenience init(program: String? = nil) throws(IsolationError) {
    try self.init(program: program, longestStandstill: .seconds(8))
  }

  /// - Parameter longestStandstill: a worker that has a job and uses no CPU time for so long is ended.
  package init(program: String? = nil, longestStandstill: Duration) throws(IsolationError) {
    self.program = try WorkerProgram.find(program)
    self.longestStandstill = longestStandstill
  }

  /// Has one job done.
  ///
  /// - Parameters:
  ///   - files: the picture it is about, and those others that the job says it needs.
  ///   - largestResult: a larger resulting file counts as a defect of the worker.
  /// - Throws: whatever keeps the worker from answering. An answer that says "failed" is an answer.
  package func perform(
    _ job: WorkerJob, files: [PictureContent], largestResult: ByteCount
  ) async throws(IsolationError) -> WorkerChannel.Reply {
    guard let text = try? MessageText.encode(job) else { throw .workerUnusable("the job cannot be written") }
    // One that dies while it is chosen has not seen the picture: another takes its place.
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

  /// Lets the idle workers go and waits until they are gone. The fleet can still be used: it starts others.
  public func close() async {
    let idle = workers.withLock { workers in
      defer { workers.idle = [] }
      return workers.idle
    }
    for worker in idle { await worker.end() }
  }

  /// A worker that died while it waited has cost nothing; it is passed over.
  private func livingIdleWorker() -> WorkerProcess? {
    workers.withLock { workers in
      while let last = workers.idle.popLast() {
        if last.isAlive { return last }
      }
      return nil
    }
  }

  /// The processes that wait for a job now.
  package var idleProcesses: [Int32] { workers.withLock { $0.idle.map(\.identifier) } }
  /// The processes that have a job now.
  package var busyProcesses: [Int32] { workers.withLock { $0.busy.map(\.identifier) } }
}
