import ArgumentParser
import Plantain

struct RecoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Fetch what was paid for and did not arrive. Sends nothing that costs.")

  @OptionGroup var recovery: RecoveryFlags

  func run() async throws {
    try await recovery.resume { editor, id, options, watch in
      try await editor.recover(id, options: options, watch: watch)
    }
  }
}

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Read a reply whose pictures could not be written once more.")

  @OptionGroup var recovery: RecoveryFlags

  func run() async throws {
    try await recovery.resume { editor, id, options, watch in
      try await editor.replay(id, options: options, watch: watch)
    }
  }
}

/// What was paid for, and where it shall go.
struct RecoveryFlags: ParsableArguments {
  @Argument(help: ArgumentHelp("The edit's id, or the beginning of it.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("Another host that speaks the gateway's dialect.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "How much the picture may differ where it should not, or none (default: as the edit was told).",
      valueName: "n|none"))
  var maxDrift: DriftArgument?

  @OptionGroup var result: ResultFlags
  @OptionGroup var workers: WorkerFlags

  /// Lends `work` an editor for the gateway that the edit was sent to.
  func resume(
    _ work: (Editor, String, EditOptions, @escaping @Sendable (EditEvent) -> Void) async throws -> EditResult
  ) async throws {
    result.common.startLogging()
    let configuration = try result.common.configuration()
    let location = result.ledger.location(configuration)
    let entry = try await History(ledger: location).edit(id)
    let gateway = try configuration.gateways(named: entry.gateway)[0]
    var options = EditOptions()
    result.apply(to: &options)
    options.finish.mostDrift = maxDrift?.value
    // Without -o it goes where the edit was told to put it.
    if result.output == nil { options.output = .memory }
    let route = try configuration.route(to: gateway, baseURL: baseURL ?? entry.baseURL)
    try await workers.run { workers in
      try await withEditor(routes: [route], ledger: location, workers: workers) { editor in
        try result.print(await work(editor, id, options, result.watch))
      }
    }
  }
}
