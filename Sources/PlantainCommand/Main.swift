import ArgumentParser
import Core
import Editing
import Reports
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@main
struct PlantainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plantain",
    abstract: "Edit local pictures by API: prepare, send, and finish.",
    version: "0.1.0",
    subcommands: [
      EditCommand.self, BatchCommand.self, GenerateCommand.self, PrepareCommand.self, FinishCommand.self,
      InspectCommand.self,
      HistoryCommand.self,
      RecoverCommand.self, ReplayCommand.self, SettleCommand.self, GatewaysCommand.self, ProbeCommand.self,
      SimulateCommand.self,
      DoctorCommand.self, CompletionCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard !arguments.isEmpty else { return Console.print(Examples.overview) }
    let json = arguments.contains("--json")
    // With SIGPIPE ignored, a closed pipe is a write error and does not end the process.
    signal(SIGPIPE, SIG_IGN)
    let work = Task {
      try GivenArguments.requireCommand(arguments)
      var command = try await asyncParseAsRoot(GivenArguments.joined(arguments))
      try requireOnlyPicturesAreMangled(command)
      Console.endsWithReader = !outlivesReader(command)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    }
    // A command that sends is first asked to stop. After that it is canceled, like any other command.
    let interrupts = Interrupts {
      let stop = stops.withLock { $0.take() }
      if let stop { stop.ask() } else { work.cancel() }
      return stop == nil
    }
    defer { interrupts.stop() }
    do {
      try await work.value
      if let error = Console.failure { throw error }
    } catch let failure as CommandFailure {
      if let error = Console.failure { Console.report(error, json: json) }
      leave(failure.status)
    } catch let error as PlantainError {
      leave(reporting: error, json: json)
    } catch is CancellationError {
      leave(reporting: .interrupted(), json: json)
    } catch  where exitCode(for: error) == .failure {
      // None of the parser's own errors has this status.
      leave(reporting: .unexpected(error), json: json)
    } catch {
      exit(unparsed: error, json: json)
    }
  }

  /// The stop signal of the running command, if it has one. An interrupt uses it once, before it cancels
  /// everything.
  private static let stops = Mutex<StopSignal?>(nil)

  /// Runs work that an interrupt asks to stop.
  ///
  /// - Throws: `CommandFailure` with status 130 after an interrupt, whatever the result of the work.
  static func stoppable(_ work: (StopSignal) async throws -> Void) async throws {
    let stop = StopSignal()
    stops.withLock { $0 = stop }
    defer { stops.withLock { $0 = nil } }
    try await work(stop)
    if stop.isAsked { throw CommandFailure(status: ExitStatus.of(.interrupted)) }
  }

  /// The arguments that are not UTF-8, in their repaired form. File names are bytes, so a repaired name would
  /// open another file, or none.
  static let mangled: Set<String> = {
    let pointers = (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0] }
    return Set(pointers.filter { String(validatingCString: $0) == nil }.map { String(cString: $0) })
  }()

  /// The arguments after `--`.
  static let plainNames = Set(CommandLine.arguments.drop { $0 != "--" }.dropFirst())

  /// Accepts an argument that is not UTF-8 only as a picture, which then fails alone. Anywhere else the
  /// repaired text would be used as if it had been given.
  private static func requireOnlyPicturesAreMangled(_ command: any ParsableCommand) throws(PlantainError) {
    let pictures =
      switch command {
      case let command as PrepareCommand: command.pictures
      case let command as InspectCommand: command.pictures
      case let command as EditCommand: command.references
      default: [String]()
      }
    if let stray = mangled.subtracting(pictures).sorted().first { throw .notUTF8(stray) }
  }

  private static func outlivesReader(_ command: any ParsableCommand) -> Bool {
    (command as? any OutlivesReader)?.outlivesReader == true
  }

  /// Ends the process. The parser's `exit` hides the system's.
  private static func leave(_ status: Int32) -> Never { systemExit(status) }

  private static func leave(reporting error: PlantainError, json: Bool) -> Never {
    Console.report(error, json: json)
    leave(ExitStatus.of(error))
  }

  /// Prints help, version, or a usage error as the parser does, and ends the process.
  private static func exit(unparsed error: any Error, json: Bool) -> Never {
    let status = exitCode(for: error)
    if json, status != .success {
      let message = message(for: error)
      // The parser's message for a misspelled option.
      let nearest = message.firstMatch(of: /Did you mean '(?:--?)?([^']+)'/).map { String($0.1) }
      Console.printJSON(ErrorReport(.usage(message, nearest: nearest)))
    }
    exit(withError: error)
  }
}

/// A command that continues after the reader of its output has closed the pipe, to keep what it has paid for.
protocol OutlivesReader {
  var outlivesReader: Bool { get }
}

extension EditCommand: OutlivesReader { var outlivesReader: Bool { !sending.dryRun } }
extension GenerateCommand: OutlivesReader { var outlivesReader: Bool { !sending.dryRun } }
extension BatchCommand: OutlivesReader { var outlivesReader: Bool { !dryRun } }
extension ProbeCommand: OutlivesReader { var outlivesReader: Bool { true } }
extension RecoverCommand: OutlivesReader { var outlivesReader: Bool { true } }
extension ReplayCommand: OutlivesReader { var outlivesReader: Bool { true } }
extension SettleCommand: OutlivesReader { var outlivesReader: Bool { true } }
/// Programs that use the simulator read its address and may then close the pipe.
extension SimulateCommand: OutlivesReader { var outlivesReader: Bool { true } }

/// A failure that was already reported. Only the exit status remains.
struct CommandFailure: Error {
  let status: Int32

  /// - Throws: the failure with this status, unless it is that of success.
  static func check(_ status: Int32) throws {
    if status != ExitStatus.success { throw CommandFailure(status: status) }
  }
}

private let systemExit: @Sendable (Int32) -> Never = { exit($0) }
