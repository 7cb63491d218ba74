import Options
import ArgumentParser
import Editing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what was sent, its outcome, and its cost.",
    discussion: Examples.of("history"),
    subcommands: [HistoryListCommand.self, HistoryPruneCommand.self],
    defaultSubcommand: HistoryListCommand.self)
}

struct HistoryListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the newest edits, or show one in full.")

  @Argument(
    help: ArgumentHelp("An edit's id or its beginning (default: the newest edits).", valueName: "id"),
    completion: .edits)
  var id: String?

  @Option(name: .customLong("most"), help: .row("most")) var limit: Int?

  @Flag(help: .row("runs")) var runs = false

  @Flag(help: .row("totals")) var totals = false

  @OptionGroup(title: "Filters") var filter: HistoryFilterFlags
  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  /// The number of edits or runs that are listed by default.
  private static let usual = 20

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--most must be at least 1.") }
    guard [id != nil, runs, filter.run != nil].count(where: { $0 }) < 2 else {
      throw ValidationError("Use only one of an id, --runs, and --run RUN.")
    }
    guard id == nil && !runs || !filter.isGiven && !totals else {
      throw ValidationError(
        "--search, --since, --gateway, --failed, and --totals select edits. Omit the id and --runs."
      )
    }
    guard !totals || limit == nil else { throw ValidationError("--totals sums up all edits. Omit --most.") }
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
      // A filter finds all of its edits.
      let usual = filter.isGiven ? nil : Self.usual
      let entries = try await history.edits(limit: limit ?? usual.map { $0 + 1 }, matching: filter.value)
      show(Array(entries.prefix(limit ?? usual ?? entries.count)), isLong: false)
      if limit == nil, let usual, entries.count > usual {
        common.note("These are the newest \(usual). For more: plantain history list --most N")
      }
      if entries.isEmpty { noteNone(history, "no edits") }
    }
  }

  private func show(_ entries: [HistoryEntry], isLong: Bool) {
    let entries = entries.map(\.namingFlags)
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
    let runs = try await history.runs(maximum: limit ?? Self.usual)
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
    guard let path = history.path else { return common.note("none yet: there is no ledger") }
    common.note("\(what)\(filter.isGiven ? " with this filter" : "") in \(path)")
  }
}

/// Filters for the listed edits.
struct HistoryFilterFlags: ParsableArguments {
  @Option(help: .row("run", of: .list), completion: .row("run")) var run: String?

  @Option(help: .row("search")) var search: String?

  @Option(help: .row("since")) var since: Timestamp?

  @Option(help: .row("gateway", of: .list), completion: .row("gateway")) var gateway: String?

  @Flag(help: .row("failed")) var failed = false

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
    abstract: "Remove settled edits from the ledger.",
    discussion: """
      Edits whose result may still be fetched, or whose outcome is unknown, are kept. So are done jobs of \
      batches: without its record, a job is sent and paid for again by the next run of its batch.
      """)

  @Option(help: .row("older-than")) var olderThan: AgeArgument

  @Flag(help: .row("done-jobs")) var doneJobs = false

  @Flag(help: .row("dry-run", of: .prune)) var dryRun = false

  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let history = try History(ledger: ledger.existing(common.configuration()))
    let age = olderThan.value
    let plan = try await history.prune(olderThan: age, deletingDoneJobs: doneJobs, isDry: true)
    if plan.doneJobs > 0 { common.note(warning(plan.doneJobs)) }
    let result =
      dryRun ? plan : try await history.prune(olderThan: age, deletingDoneJobs: doneJobs)
    if common.json {
      Console.printJSON(result)
    } else {
      Console.print("\(result.pruned) edits \(dryRun ? "would be removed" : "removed")")
      if result.kept > 0 { common.note("\(result.kept) kept: see plantain history") }
    }
  }

  private func warning(_ count: Int) -> String {
    let jobs = count == 1 ? "1 done batch job" : "\(count) done batch jobs"
    guard doneJobs else {
      return "\(jobs) kept, so that no later run pays for them again; to remove them, too, add --done-jobs"
    }
    return "warning: \(jobs) \(dryRun ? "would lose their" : "lose their") records, and the next run of "
      + "their batches pays for them again"
  }
}
