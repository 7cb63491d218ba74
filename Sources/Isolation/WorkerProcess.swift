import Dispatch
import Subprocess
import Synchronization
import SystemPackage
import Core
import PictureWork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A child process that runs jobs one after another, until it is ended or dies.
final class WorkerProcess: Sendable {
  /// Connected to the process's standard input. When the channel is closed, the worker sees the end of its
  /// input and exits.
  private let channel: WorkerChannel
  /// Runs as long as the process; canceling it kills the process.
  private let life: Task<TerminationStatus?, Never>
  /// Communication with the worker blocks, so it has its own thread.
  private let queue = DispatchQueue(label: "plantain.worker")
  let identifier: Int32
  /// The longest time that it may have a job and use no CPU time.
  private let longestStandstill: Duration
  private let hasStoodStill = Atomic(false)
  /// Whether the current job has finished decoding and works on its own pixels.
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

  /// Starts a worker.
  static func start(
    _ program: String, longestStandstill: Duration
  ) async throws(IsolationError) -> WorkerProcess {
    let (own, theirs): (WorkerChannel, Int32)
    do throws(ChannelError) {
      (own, theirs) = try WorkerChannel.pair()
    } catch {
      throw .workerUnusable("cannot create a socket: \(error)")
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

  /// The worker gets its own session, so that the terminal's interrupts reach only the parent. Of the
  /// environment it gets only the variables that locate libraries and TMPDIR, so no secrets. Crash reports
  /// are off: they would take a second, and no one would read them. Subprocess closes all other descriptors.
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

  /// Whether the process runs. An idle worker sends nothing, so readable input means the end of the
  /// connection.
  var isAlive: Bool { !channel.hasInput }

  /// The wall-clock limit for decoding in seconds: four times the CPU time, because a busy machine or a
  /// container's quota may leave the worker a quarter of a core.
  private static func wallClock(_ limits: WorkerJob.Limits) -> Int { 4 * limits.cpuSeconds }

  /// Runs one job. After any error the process has exited or is about to exit.
  ///
  /// - Returns: `nil` when the process exited or made no progress before it had started the job.
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
              guard try channel.send(text, file: files.first) else { return nil }
              for file in files.dropFirst() {
                guard try channel.send([], file: file) else { return nil }
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
      // Close the channel first: killing the process needs a task to run, and the reply might arrive before
      // that.
      channel.shut()
      life.cancel()
    }
    do throws(ChannelError) {
      return try outcome.get()
    } catch {
      throw await explain(error, job.limits)
    }
  }

  /// Ends the process and waits until it has exited.
  func end() async {
    life.cancel()
    _ = await life.value
  }

  private func kill(after time: Duration) async {
    try? await Task.sleep(for: time)
    life.cancel()
  }

  /// The reason why a process ended before a job reached it.
  func whyItEnded(_ limits: WorkerJob.Limits) async -> IsolationError { await explain(.closed, limits) }

  /// Ends the process if it is still running, and determines what happened.
  private func explain(_ error: ChannelError, _ limits: WorkerJob.Limits) async -> IsolationError {
    // A process that has closed its socket exits by itself within a second; if not, and in all other cases,
    // kill it.
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
    case .malformed: return .workerUnusable("its reply cannot be read")
    case .failed(let why): return .workerUnusable(why)
    case .closed, .stalled: break
    }
    if case .exited(WorkerJob.refusal) = status {
      return .workerUnusable("it is from another version than this program; both must be of the same build")
    }
    // The status of a program whose libraries the system's loader cannot find.
    if case .exited(127) = status { return .libraryMissing }
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
