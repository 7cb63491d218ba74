import ArgumentParser
import Plantain

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Say what was sent, what became of it, and what it cost.",
    subcommands: [HistoryListCommand.self, HistoryPruneCommand.self],
    defaultSubcommand: HistoryListCommand.self)
}

struct HistoryListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the newest edits, or tell all of one.")

  @Argument(
    help: ArgumentHelp("An edit's id, or the beginning of it; without one, the newest.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("How many at most.", valueName: "n"))
  var most: Int = 20

  @Flag(help: "List runs of batches instead.")
  var runs = false

  @Option(help: ArgumentHelp("Only the edits of that run of a batch.", valueName: "run"))
  var run: String?

  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard most > 0 else { throw ValidationError("Expected at least 1 for --most.") }
    guard [id != nil, runs, run != nil].count(where: { $0 }) < 2 else {
      throw ValidationError("Give an id, --runs or --run RUN, one of them.")
    }
  }

  func run() async throws {
    let history = try History(ledger: ledger.location(common.configuration()))
    if runs { return try await listRuns(history) }
    let entries = try await id == nil ? history.edits(most: most, ofRun: run) : [history.edit(id ?? "")]
    for entry in entries {
      if common.json {
        Console.printJSON(entry)
      } else {
        for line in Summary.lines(of: entry, isLong: id != nil) { Console.print(line) }
      }
    }
  }

  private func listRuns(_ history: History) async throws {
    for run in try await history.runs(most: most) {
      if common.json {
        Console.printJSON(run)
      } else {
        Console.print(Summary.line(of: run))
      }
    }
  }
}

struct HistoryPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Take settled edits out of the ledger; what may still be fetched, or is not known, stays.")

  @Option(
    help: ArgumentHelp("Only those that began longer ago than this: 30d, 12w; 1d at least.", valueName: "age")
  )
  var olderThan: AgeArgument

  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var common: OutputOptions

  func run() async throws {
    let history = try History(ledger: ledger.location(common.configuration()))
    let result = try await history.prune(olderThan: olderThan.value)
    if common.json {
      Console.printJSON(result)
    } else {
      Console.print("\(result.pruned) edits taken out")
      if result.kept > 0 { common.note("\(result.kept) stay: see plantain history") }
    }
  }
}
