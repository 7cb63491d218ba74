import Options
import UserConfiguration
import ArgumentParser
import Core
import Editing
import Reports

struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Check each route with one minimal edit, at its price.",
    discussion: Examples.of(
      "probe", after: "The exit status is 0 if all routes are healthy, or else that of the first that is not."
    ))

  @Option(help: .row("gateway", of: .probe), completion: .row("gateway")) var gateway: [String] = []

  @Option(help: .row("timeout", of: .probe)) var timeout: DurationArgument?

  @Flag(help: .row("dry-run", of: .probe)) var dryRun = false

  @OptionGroup(title: "Limits") var workers: WorkerFlags
  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let configuration = try common.configuration()
    let gateways = try configuration.gateways(named: gateway.isEmpty ? nil : gateway.joined(separator: ","))
    let location = ledger.location(configuration)
    try await workers.run { processor in
      try await withRoutes(gateways, configuration, baseURL: nil, processor, isDry: dryRun) { routes in
        try await withEditor(routes: routes, ledger: location, processor: processor) { editor in
          if dryRun {
            try await plan(editor)
          } else {
            try await PlantainCommand.stoppable {
              try await probe(editor, within: configuration.spending, until: $0)
            }
          }
        }
      }
    }
  }

  private func plan(_ editor: Editor) async throws {
    for plan in try await editor.probePlans() {
      if common.json {
        Console.printJSON(EditReport(plan))
      } else {
        Console.print(Summary.line(sending: plan, verb: "would send"))
      }
    }
  }

  private func probe(
    _ editor: Editor, within spending: SpendingLimits, until stop: StopSignal
  ) async throws {
    let results = try await editor.probe(timeout: timeout?.value, spending: spending, until: stop) { event in
      switch event {
      case .sending, .stopping: for line in Summary.lines(of: event) { common.note(line) }
      default: break
      }
    }
    for result in results {
      if common.json {
        Console.printJSON(result)
      } else {
        Console.print(Summary.line(of: result))
      }
    }
    if let error = results.lazy.compactMap(\.error).first {
      throw CommandFailure(status: ExitStatus.of(error))
    }
  }
}
