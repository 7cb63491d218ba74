import Dispatch
import Subprocess
import Synchronization
import SystemPackage
import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One child process that does one job after the other, until it is let go or dies.
final class WorkerProcess: Sendable {
  /// Held by the process's input: when it goes, the worker sees the end of its input and leaves.
  private let channel: WorkerChannel
  /// Runs as long as the process does; cancelling it kills the process.
  private let life: Task<TerminationStatus?, Never>
  /// The exchange with the worker blocks, so it has a thread of its own.
  private let queue = DispatchQueue(label: "plantain.worker")
  let identifier: Int32
  /// How long it may have a job and use no CPU time.
  private let longestStandstill: Duration
  private let hasStoodStill = Atomic(false)
  /// Whether the job under way works on its own pixels by now.
  private let hasDecoded = Atomic(false)

  private init(
    channel: WorkerChannel, life: Task<TerminationStatus?, Never>, identifier: Int32,
    longestStandstill: Duration
  ) {
    self.channel = channel
    self.life = life
    self.identifier = identifier
    self.longestStandstill = longestStandstill
  }

  deinit { life.cancel() }

  static func start(
    _ program: String, longestStandstill: Duration
  ) async throws(IsolationError) -> WorkerProcess {
    let (own, theirs): (WorkerChannel, Int32)
    do throws(ChannelError) {
      (own, theirs) = try WorkerChannel.pair()
    } catch {
      throw .workerUnusable("no socket: \(error)")
    }
    let (starts, starting) = AsyncStream.makeStream(of: Result<Int32, IsolationError>.self)
    let configuration = configuration(program)
    let life = Task<TerminationStatus?, Never> {
      do {
        let outcome = try await Subprocess.run(
          configuration,
          input: .fileDescriptor(FileDescriptor(rawValue: theirs), closeAfterSpawningProcess: true),
          output: .discarded, error: .discarded
        ) { execution in
          starting.yield(.success(execution.processIdentifier.value))
        }
        return outcome.terminationStatus
      } catch {
        starting.yield(.failure(.workerUnusable("\(program) cannot be started")))
        return nil
      }
    }
    for await start in starts {
      return WorkerProcess(
        channel: own, life: life, identifier: try start.get(), longestStandstill: longestStandstill)
    }
    throw .canceled
  }

  /// A session of its own, so that the terminal's interrupts reach the parent alone; nothing of the environment but
  /// where libraries are found, so no secret; no crash report, which would take a second and be read by nobody; every
  /// other descriptor is closed by the library.
  private static func configuration(_ program: String) -> Configuration {
    var environment: [Environment.Key: String] = ["SWIFT_BACKTRACE": "enable=no"]
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR"] {
      if let value = getenv(name) { environment[.init(stringLiteral: name)] = String(cString: value) }
    }
    var options = PlatformOptions()
    options.createSession = true
    return Configuration(
      executable: .path(FilePath(program)), arguments: Arguments(["\(getpid())", "\(WorkerJob.version)"]),
      environment: .custom(environment), workingDirectory: "/", platformOptions: options)
  }

  /// Between jobs a worker says nothing: what can be read is the end.
  var isAlive: Bool { !channel.hasInput }

  /// How long decoding may take by the clock, in seconds, for a CPU time that it may use: a busy machine or a container's
  /// quota may leave it a quarter of a core.
  private static func wallClock(_ limits: WorkerJob.Limits) -> Int { 4 * limits.cpuSeconds }

  /// One job. After any error but a canceled wait for the turn the process is gone, or about to go.
  ///
  /// - Returns: `nil` when the process was gone, or stood still, before it had begun with the job.
  func perform(
    _ job: WorkerJob, _ text: [UInt8], _ files: [PictureContent], largestResult: ByteCount
  ) async throws(IsolationError) -> WorkerChannel.Reply? {
    let (channel, identifier, longestStandstill) = (channel, identifier, longestStandstill)
    let time = Duration.seconds(Self.wallClock(job.limits))
    hasDecoded.store(false, ordering: .relaxed)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async {
          continuation.resume(
            returning: Result<WorkerChannel.Reply?, ChannelError> { () throws(ChannelError) in
              let watch = ProcessWatch(identifier, longestStandstill: longestStandstill)
              for (position, file) in files.enumerated() {
                guard try channel.send(position == 0 ? text : [], file: file) else { return nil }
              }
              let receive = { () throws(ChannelError) in
                let next = try channel.receive(
                  timeout: self.hasDecoded.load(ordering: .relaxed) ? job.limits.encoding : time,
                  largestFile: largestResult, while: watch.isAtWork)
                guard next.text == WorkerChannel.decoded else { return next }
                self.hasDecoded.store(true, ordering: .relaxed)
                return try channel.receive(
                  timeout: job.limits.encoding, largestFile: largestResult, while: watch.isAtWork)
              }
              do throws(ChannelError) {
                return try WorkerChannel.Reply(receive(), of: job.results, next: receive)
              } catch {
                guard error == .stalled else { throw error }
                self.hasStoodStill.store(true, ordering: .relaxed)
                guard !watch.hasWorked else { throw error }
                return nil
              }
            })
        }
      }
    } onCancel: {
      // Ending a process takes a task its turn, and the answer might come before.
      channel.shut()
      life.cancel()
    }
    do throws(ChannelError) {
      return try outcome.get()
    } catch {
      throw await explain(error, job.limits)
    }
  }

  /// Ends the process and waits until it is gone.
  func end() async {
    life.cancel()
    _ = await life.value
  }

  private func kill(after time: Duration) async {
    try? await Task.sleep(for: time)
    life.cancel()
  }

  /// For one that was gone before a job reached it.
  func whyItEnded(_ limits: WorkerJob.Limits) async -> IsolationError { await explain(.closed, limits) }

  /// Ends the process if it has not ended yet, and says what happened.
  private func explain(_ error: ChannelError, _ limits: WorkerJob.Limits) async -> IsolationError {
    // One that has closed its socket is about to end by itself; the others, and one that does not, are ended.
    async let _: Void = kill(after: error == .closed ? .seconds(1) : .zero)
    let status = await life.value
    if Task.isCancelled { return .canceled }
    if hasStoodStill.load(ordering: .relaxed) {
      return .stoodStill(seconds: Int(longestStandstill.components.seconds))
    }
    switch error {
    case .timedOut:
      guard hasDecoded.load(ordering: .relaxed) else {
        return .tookTooLong(seconds: Self.wallClock(limits))
      }
      return .encodingTookTooLong(seconds: Int((limits.encoding ?? .zero).components.seconds))
    case .malformed: return .workerUnusable("its answer cannot be read")
    case .failed(let why): return .workerUnusable(why)
    case .closed, .stalled: break
    }
    if case .exited(WorkerJob.refusal) = status {
      return .workerUnusable("it is of another version than this program: they belong together")
    }
    guard case .signaled(let signal) = status else { return .vanished }
    if signal == SIGXCPU { return .tookTooLong(seconds: limits.cpuSeconds) }
    let name = Self.signalNames[signal] ?? "signal \(signal)"
    return hasDecoded.load(ordering: .relaxed) ? .crashedEncoding(signal: name) : .crashed(signal: name)
  }

  private static let signalNames: [Int32: String] = [
    SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGILL: "SIGILL", SIGFPE: "SIGFPE",
    SIGTRAP: "SIGTRAP", SIGKILL: "SIGKILL", SIGTERM: "SIGTERM",
  ]
}
