import ArgumentParser
import Plantain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  @Option(
    name: .customLong("most"),
    help: ArgumentHelp("How many at most (default: 20; with --run, all).", valueName: "n"))
  var limit: Int?

  @Flag(help: "List runs of batches instead.")
  var runs = false

  @Flag(help: "Sum up what was billed, by day, gateway and currency.")
  var totals = false

  @OptionGroup var filter: HistoryFilterFlags
  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("Expected at least 1 for --most.") }
    guard [id != nil, runs, filter.run != nil].count(where: { $0 }) < 2 else {
      throw ValidationError("Give an id, --runs or --run RUN, one of them.")
    }
    guard id == nil && !runs || !filter.isGiven && !totals else {
      throw ValidationError(
        "--search, --since, --gateway, --failed and --totals choose among edits; leave out the id and --runs."
      )
    }
    guard !totals || limit == nil else { throw ValidationError("--totals sums up all; leave out --most.") }
  }

  func run() async throws {
    common.startLogging()
    let history = try History(ledger: ledger.existing(common.configuration()))
    if let id { return show([try await history.edit(id)], isLong: true) }
    if runs {
      try await listRuns(history)
    } else if totals {
      try await listTotals(history)
    } else {
      let limit = limit ?? (filter.run == nil ? 20 : nil)
      let entries = try await history.edits(limit: limit, matching: filter.value)
      show(entries, isLong: false)
      if entries.isEmpty { noteNone(history, "no edits") }
    }
  }

  private func show(_ entries: [HistoryEntry], isLong: Bool) {
    if common.json { return entries.forEach(Console.printJSON) }
    if !isLong, !entries.isEmpty, let columns = Terminal.columns(of: STDOUT_FILENO) {
      return HistoryTable(entries).lines(columns: columns).forEach(Console.print)
    }
    for line in entries.flatMap({ Summary.lines(of: $0, isLong: isLong) }) {
      Console.print(Console.printable(line))
    }
  }

  private func listTotals(_ history: History) async throws {
    let totals = try await history.totals(matching: filter.value)
    if common.json { return totals.forEach(Console.printJSON) }
    for line in Summary.lines(of: totals) { Console.print(Console.printable(line)) }
    if totals.isEmpty { noteNone(history, "nothing billed") }
  }

  private func listRuns(_ history: History) async throws {
    let runs = try await history.runs(maximum: limit ?? 20)
    for run in runs {
      if common.json {
        Console.printJSON(run)
      } else {
        Console.print(Summary.line(of: run))
      }
    }
    if runs.isEmpty { noteNone(history, "no runs") }
  }

  private func noteNone(_ history: History, _ what: String) {
    guard let path = history.path else { return common.note("none yet: there is no ledger so far") }
    common.note("\(what)\(filter.isGiven ? " like that" : "") in \(path)")
  }
}

/// Which edits are listed.
struct HistoryFilterFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Only the edits of that run of a batch.", valueName: "run"))
  var run: String?

  @Option(help: ArgumentHelp("Only those with this text in prompt or file names.", valueName: "text"))
  var search: String?

  @Option(
    help: ArgumentHelp(
      "Only those since: 2h, 7d, today, yesterday, 2026-11-01.", valueName: "time"))
  var since: Timestamp?

  @Option(help: ArgumentHelp("Only those sent to this gateway.", valueName: "id"))
  var gateway: String?

  @Flag(help: "Only those that failed or have no known outcome.")
  var failed = false

  var isGiven: Bool { run != nil || search != nil || since != nil || gateway != nil || failed }

  var value: HistoryFilter {
    var filter = HistoryFilter()
    (filter.run, filter.search, filter.since, filter.gateway) = (run, search, since, gateway)
    filter.isFailed = failed
    return filter
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
    common.startLogging()
    let history = try History(ledger: ledger.existing(common.configuration()))
    let result = try await history.prune(olderThan: olderThan.value)
    if common.json {
      Console.printJSON(result)
    } else {
      Console.print("\(result.pruned) edits taken out")
      if result.kept > 0 { common.note("\(result.kept) stay: see plantain history") }
    }
  }
}
