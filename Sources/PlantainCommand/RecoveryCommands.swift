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

struct SettleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Say what became of edits whose outcome nobody knows.",
    discussion: """
      What the gateway or a kept reply can say is asked first. Then "billed" counts an edit as spent: no picture will come, and no \
      later run sends it. "unbilled" does not count it, and "resend" does: the next run of its batch sends it once more. Nothing is \
      sent by this command itself.
      """)

  @Argument(
    help: ArgumentHelp("Edits, or runs with all their ambiguous edits, by their ids.", valueName: "id|run"))
  var ids: [String]

  @Option(
    name: .customLong("as"), help: ArgumentHelp("What became of them.", valueName: "billed|unbilled|resend"))
  var settlement: Settlement

  @Option(help: ArgumentHelp("Another host that speaks the gateway's dialect.", valueName: "url"))
  var baseURL: String?

  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var workers: WorkerFlags
  @OptionGroup var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let configuration = try common.configuration()
    let location = try ledger.existing(configuration)
    let history = try History(ledger: location)
    // All are looked at before one is changed.
    var edits: [(id: String, route: Route)] = []
    for id in ids {
      for edit in try await history.unsettled(id) where !edits.contains(where: { $0.id == edit }) {
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
    if let failure { throw CommandFailure(status: failure.exitStatus) }
  }

  private func settle(_ id: String, by route: Route, _ location: LedgerLocation) async throws {
    try await workers.run { workers in
      try await withEditor(routes: [route], ledger: location, workers: workers) { editor in
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
        Console.printJSON(entry)
      } else {
        Console.print(Console.printable("settled   \(entry.id): \(settlement.rawValue)"))
      }
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
    let location = try result.ledger.existing(configuration)
    let entry = try await History(ledger: location).edit(id)
    let gateway = try configuration.gateways(named: entry.gateway)[0]
    var options = EditOptions()
    result.apply(to: &options)
    options.finish.maximumDrift = maxDrift?.value
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
