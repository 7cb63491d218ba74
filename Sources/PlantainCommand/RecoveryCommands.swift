import Options
import UserConfiguration
import ArgumentParser
import Editing
import Reports

struct RecoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Fetch a result that was paid for but did not arrive.",
    discussion: Examples.of("recover", after: "Sends nothing that costs money."))

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
    abstract: "Read a stored reply again and write its pictures.",
    discussion: Examples.of("replay"))

  @OptionGroup var recovery: RecoveryFlags

  func run() async throws {
    try await recovery.resume { editor, id, options, watch in
      try await editor.replay(id, options: options, watch: watch)
    }
  }
}

struct SettleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Record what became of edits with an unknown outcome.",
    discussion: Examples.of(
      "settle",
      after: """
        First, the gateway and a kept reply are checked for the outcome. If it stays unknown, "billed" \
        counts the edit as spent: no picture will come, and no later run sends it. "unbilled" does not \
        count it. "resend" counts it, and the next run of its batch sends it again. This command itself \
        sends no edit. To correct an edit that was settled, run it again with another outcome.
        """))

  @Argument(
    help: ArgumentHelp("Ids of edits, or of runs for all their ambiguous edits.", valueName: "id|run"),
    completion: .edits)
  var ids: [String]

  @Option(name: .customLong("as"), help: .row("as")) var settlement: Settlement

  @Option(help: .row("base-url", of: .settle)) var baseURL: String?

  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let configuration = try common.configuration()
    let location = try ledger.existing(configuration)
    let history = try History(ledger: location)
    // All ids are resolved before any edit is changed.
    var edits: [(id: String, route: Route)] = []
    for id in ids {
      for edit in try await history.unsettled(id, as: settlement)
      where !edits.contains(where: { $0.id == edit }) {
        let entry = try await history.edit(edit)
        let gateway = try configuration.gateways(named: entry.gateway)[0]
        edits.append((edit, try configuration.route(to: gateway, baseURL: baseURL ?? entry.baseURL)))
      }
    }
    var failure: PlantainError?
    for edit in edits {
      try Task.checkCancellation()
      do {
        try await settle(edit.id, by: edit.route, location)
      } catch let error as PlantainError {
        Console.report(error, json: common.json)
        failure = failure ?? error
      }
    }
    if let failure { throw CommandFailure(status: ExitStatus.of(failure)) }
  }

  private func settle(_ id: String, by route: Route, _ location: LedgerLocation) async throws {
    try await workers.run { processor in
      try await withEditor(routes: [route], ledger: location, processor: processor) { editor in
        show(try await editor.settle(id, as: settlement) { Summary.lines(of: $0).forEach(common.note) })
      }
    }
  }

  private func show(_ settled: SettledEdit) {
    switch settled {
    case .fetched(let result):
      if common.json {
        Console.printJSON(EditReport(result))
      } else {
        for path in result.images.compactMap(\.output) { Console.print(path) }
      }
    case .settled(let entry):
      if common.json {
        Console.printJSON(entry.namingFlags)
      } else {
        Console.print(Console.printable("settled   \(entry.id): \(settlement.rawValue)"))
      }
    }
  }
}

/// Which edit is recovered, and where its result is written.
struct RecoveryFlags: ParsableArguments {
  @Argument(help: ArgumentHelp("The edit's id or its beginning.", valueName: "id"), completion: .edits)
  var id: String

  @Option(help: .row("base-url", of: .recover)) var baseURL: String?

  @Option(help: .row("max-drift", of: .recover)) var maxDrift: DriftArgument?

  @OptionGroup var result: ResultFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags

  /// Runs `work` with an editor for the gateway that the edit was sent to.
  func resume(
    _ work: (Editor, String, EditOptions, @escaping @Sendable (EditEvent) -> Void) async throws -> EditResult
  ) async throws {
    result.common.startLogging()
    let configuration = try result.common.configuration()
    let location = try result.ledger.existing(configuration)
    let entry = try await History(ledger: location).edit(id)
    let gateway = try configuration.gateways(named: entry.gateway)[0]
    var options = EditOptions()
    result.apply(to: &options)
    options.finish.maximumDrift = maxDrift?.value
    // Without -o, the result is written to the output that the edit was given.
    if result.output == nil { options.output = .memory }
    let route = try configuration.route(to: gateway, baseURL: baseURL ?? entry.baseURL)
    try await workers.run { processor in
      try await withEditor(routes: [route], ledger: location, processor: processor) { editor in
        try await result.print(work(editor, id, options, result.watch), of: editor)
      }
    }
  }
}
