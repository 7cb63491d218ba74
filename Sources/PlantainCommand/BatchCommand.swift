import Options
import ArgumentParser
import Batch
import Core
import Editing
import Finishing
import Gateways
import PictureFormats
import Reports
import Synchronization
import UserConfiguration

struct BatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Run many edits from a manifest, or with one prompt.",
    discussion: Examples.of(
      "batch",
      after: """
        Each line of a .jsonl manifest is one edit: {"references": ["a.jpg"], "prompt": "…", "output": \
        "a.png", …}. A line takes any option of edit by its long name. A .csv manifest has the same names as \
        columns, and | between references.

        Any other key or column fills in {column} in the prompt; {name} and {stem} are those of the first \
        reference. A gateway in the lines must be the same in all of them; --gateway overrides it. An output \
        that ends in / is a folder.

        Running the command again does only what is not done yet. Ctrl-C stops it when the edits in flight \
        have ended; a second Ctrl-C stops it at once.
        """))

  @Argument(
    help: ArgumentHelp(
      "A manifest (.jsonl, .csv), or folders, pictures, patterns.",
      discussion: "Put a pattern in quotes.",
      valueName: "manifest|folder|picture"), completion: .file())
  var manifest: [String]

  @Option(name: .shortAndLong, help: .row("prompt", of: .batch)) var prompt: String?

  @Option(help: .row("prompt-file", of: .batch), completion: .row("prompt-file")) var promptFile: String?

  @Option(name: .shortAndLong, help: .row("output", of: .batch), completion: .row("output")) var output:
    String?

  @Option(help: .row("base-url", of: .batch)) var baseURL: String?

  @Option(help: .row("timeout", of: .batch)) var timeout: DurationArgument?

  @OptionGroup(title: "Spending") var spending: SpendingFlags

  @Flag(help: .row("overwrite", of: .batch)) var overwrite = false

  @Flag(help: .row("again", of: .batch)) var again = false

  @Option(help: .row("run", of: .batch), completion: .row("run")) var run: String?

  @Option(help: .row("jobs")) var jobs: Int?

  @Option(help: .row("limit")) var limit: Int?

  @Flag(help: .row("dry-run", of: .batch)) var dryRun = false

  @Option(help: .row("progress")) var progress: ProgressStyle?

  @Option(help: .row("report"), completion: .row("report")) var report: String?

  @Option(help: .row("contact-sheet"), completion: .row("contact-sheet")) var contactSheet: String?

  @OptionGroup(title: "Folders") var list: ListFlags
  @OptionGroup(title: "Names") var naming: NamingFlags
  @OptionGroup(title: "Preparing") var preparation: PreparationFlags
  @OptionGroup(title: "Finishing") var finishing: FinishFlags
  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func validate() throws {
    if prompt == nil, promptFile == nil, manifest.count > 1,
      let advice = GivenArguments.promptAdvice(manifest.last)
    {
      throw ValidationError(advice)
    }
    guard prompt == nil || promptFile == nil else {
      throw ValidationError("Use either -p TEXT or --prompt-file FILE, not both.")
    }
    guard !dryRun || report == nil && contactSheet == nil else {
      throw ValidationError("--report and --contact-sheet show results, but --dry-run has none.")
    }
    guard run == nil || again else {
      throw ValidationError("--run continues an interrupted --again. Add it.")
    }
    for (name, number) in [("--jobs", jobs), ("--limit", limit)] {
      guard number ?? 1 >= 1 else { throw ValidationError("\(name) must be at least 1.") }
    }
    try naming.require(apartFrom: overwrite)
    guard output != "-" else {
      throw ValidationError("-o - cannot take many pictures. Name a folder with -o.")
    }
  }

  func run() async throws {
    common.startLogging()
    let configuration = try common.configuration()
    let file = try manifestFile()
    let named = preparation.route.gateway
    let gateways = try configuration.gateways(
      named: mostSpecific(commandLine: named, manifest: named == nil ? try file?.gateway() : nil))
    let manifest = try read(file, configuration, for: gateways[0])
    for problem in manifest.problems { Console.report(problem, json: common.json) }
    if let problem = manifest.problems.first { throw CommandFailure(status: ExitStatus.of(problem)) }
    for warning in manifest.warnings { common.note("warning   \(warning)") }
    // An unwritable file must be reported before anything is paid for.
    try BatchRecord.requireWritable(
      report: report, contactSheet: contactSheet, beside: manifest, overwriting: overwrite)
    let location = ledger.location(configuration)
    try await workers.run { processor in
      try await withRoutes(gateways, configuration, baseURL: baseURL, processor, isDry: dryRun) { routes in
        try await withEditor(routes: routes, ledger: location, processor: processor) { editor in
          let batch = Batch(
            editor, spending: configuration.spendingLimit(named: spending.maxCost), maximum: jobs ?? 64,
            limit: limit,
            again: !again ? .no : run.map { .goingOn(run: $0) } ?? .yes, skippingExisting: naming.skipExisting
          )
          if dryRun { return try await plan(manifest, by: batch) }
          try await PlantainCommand.stoppable { try await run(manifest, batch, by: editor, until: $0) }
        }
      }
    }
  }

  /// The manifest's lines; `nil` for pictures and folders. A manifest whose gateway does not count may state
  /// several.
  private func manifestFile() throws(PlantainError) -> ManifestFile? {
    guard manifest.count == 1, !Manifest.isPicture(manifest[0]), !Path(manifest[0]).asOnDisk.isFolder else {
      return nil
    }
    return try ManifestFile(reading: manifest[0])
  }

  private func read(
    _ file: ManifestFile?, _ configuration: Configuration, for gateway: Gateway
  ) throws(PlantainError) -> Manifest {
    let defaults = try defaults(configuration)
    if let file { return try Manifest(file, defaults, for: gateway, isRecursive: list.recursive) }
    guard manifest.count == 1, !Manifest.isPicture(manifest[0]) else {
      return try Manifest(pictures: manifest, defaults, for: gateway, isRecursive: list.recursive)
    }
    return try Manifest(reading: manifest[0], defaults, for: gateway, isRecursive: list.recursive)
  }

  private func defaults(_ configuration: Configuration) throws(PlantainError) -> Manifest.Defaults {
    var options = preparation.editOptions
    options.finish = finishing.options
    options.timeout = timeout?.value
    options.overwrites = overwrite
    options.outputTemplate = try naming.template()
    spending.apply(to: &options)
    options = options.settled(by: configuration)
    let text = try promptFile.map { path throws(PlantainError) in try TextFile.read(path) }
    return Manifest.Defaults(options: options, prompt: prompt ?? text, folder: output)
  }

  private func run(
    _ manifest: Manifest, _ batch: Batch, by editor: Editor, until stop: StopSignal
  ) async throws {
    var failed: [Manifest.Item] = []
    var billable = 0
    var hints: Set<String> = []
    var record = BatchRecord(in: .commandLine)
    var display = ProgressDisplay(progress ?? (common.quiet ? .none : common.verbose ? .plain : .usual))
    let summary = try await batch.run(manifest, until: stop) { event in
      switch event {
      case .ended(let item, let outcome):
        display.clear()
        show(item, outcome, &hints)
        if outcome.hasFailed {
          failed.append(item)
          if outcome.errors.contains(where: { [.noPicture, .refused].contains($0.code) }) { billable += 1 }
        }
        record.add(item, outcome)
      case .stopping(let inFlight, let left):
        display.clear()
        Console.note(
          "Stopping: \(inFlight) in flight will finish, \(left) were not sent. "
            + "Ctrl-C again abandons them.")
      case .halted(let error):
        display.clear()
        Console.report(error, json: common.json)
      case .progress(let progress): display.show(progress)
      }
    }
    display.end()
    let trouble = keep(failed, of: manifest, summary, for: editor.routes.map(\.gateway.id))
    if common.json {
      Console.printJSON(SummaryLine(summary, manifest))
    } else {
      common.note(Summary.line(of: summary))
    }
    if billable > 0, trouble == nil {
      common.note("          \(billable) of the failed may have been billed, and would be paid for once more")
    }
    if let line = Summary.line(fetching: summary.fetchable) { common.note(line) }
    if let line = Summary.line(of: summary.unsettled) { common.note(line) }
    if again, stop.isAsked || summary.halt != nil, summary.left - summary.beyondLimit + summary.ambiguous > 0
    {
      common.note("to finish it: \(Self.commandLine(goingOnWith: summary.run))")
    }
    try await show(record, summary, by: editor)
    if let trouble { throw CommandFailure(status: ExitStatus.of(trouble)) }
    try CommandFailure.check(ExitStatus.of(summary))
  }

  /// - Parameter hints: the remedies that were shown, without ids; each is shown once.
  private func show(_ item: Manifest.Item, _ outcome: Batch.Outcome, _ hints: inout Set<String>) {
    if common.json { Console.printJSON(BatchLine(item, outcome)) }
    switch outcome {
    case .done(let result), .incomplete(let result?, _):
      if !common.json { for path in result.images.compactMap(\.output) { Console.print(path) } }
      for error in result.missing {
        Console.note(Console.printable("plantain: \(error.namingFlags.message(about: item.name))"))
      }
      for warning in [EditWarning.outputMoved, .ledgerNotUpdated] where result.warnings.contains(warning) {
        common.note("\(item.name): \(result.explanation(of: warning).namingFlags)")
      }
    case .skipped(let id?, let outputs):
      common.note("\(item.name) is already done: \(outputs.joined(separator: ", ")), by edit \(id)")
    case .skipped(nil, let outputs):
      common.note("\(item.name) is skipped: \(outputs.joined(separator: ", ")) already exists")
    case .elsewhere:
      common.note("\(item.name) is in progress in another process; run the batch again when that has ended")
    case .incomplete(nil, _), .ambiguous, .failed:
      guard !common.json else { break }
      for error in outcome.errors.map(\.namingFlags) {
        Console.note(Console.printable("plantain: \(error.message(about: item.name))"))
        // Most remedies of one kind differ by the ids in them.
        guard let hint = error.hint,
          hints.insert(hint.replacing(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "ID")).inserted
        else { continue }
        Console.note(Console.printable("  \(hint)"))
      }
    }
  }

  private func show(_ record: BatchRecord, _ summary: BatchSummary, by editor: Editor) async throws {
    if let report {
      try await editor.writeReport(of: record, summary, to: report)
      common.note("report    \(report)")
    }
    if let contactSheet {
      try await editor.writeContactSheet(of: record, to: contactSheet)
      common.note("sheet     \(contactSheet)")
    }
  }

  /// Writes the failed items as a manifest that can be run as it is, beside the one that was read or in the
  /// output folder.
  ///
  /// - Returns: the error when it cannot be written, already reported.
  private func keep(
    _ failed: [Manifest.Item], of manifest: Manifest, _ summary: BatchSummary, for gateways: [String]
  ) -> PlantainError? {
    // Items that failed before and were not tried in this run stay in the file.
    guard !failed.isEmpty || summary.left == 0 else { return nil }
    do throws(PlantainError) {
      let path = try manifest.writeFailed(failed, outputFolder: output, for: gateways)
      if let path { tell(failed.count, in: path, of: manifest, summary) }
      return nil
    } catch {
      Console.report(error, json: common.json)
      return error
    }
  }

  /// Tells how to run the failed items again.
  private func tell(_ failed: Int, in path: String, of manifest: Manifest, _ summary: BatchSummary) {
    let usual = manifest.pathForFailed(outputFolder: output)
    if path != usual { common.note("          \(usual) is not from this batch, and is left as it is") }
    // Options of the run, which no line holds.
    let options = [
      ("--base-url", baseURL), ("--ledger", ledger.file), ("--config", common.config),
      ("--max-cost", spending.maxCost.map { "\($0)" }),
    ]
    let message =
      [path] + (again ? ["--again", "--run", summary.run] : [])
      + options.flatMap { name, value in value.map { [name, $0] } ?? [] }
    common.note(
      "failed    \(failed): plantain batch \(message.map(\.shellWord).joined(separator: " "))")
  }

  /// This command line, with the run to continue.
  private static func commandLine(goingOnWith run: String) -> String {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if !arguments.contains("--run"), let command = arguments.firstIndex(of: "batch") {
      arguments.insert(contentsOf: ["--run", run], at: command + 1)
    }
    return (["plantain"] + arguments.map(\.shellWord)).joined(separator: " ")
  }

  private func plan(_ manifest: Manifest, by batch: Batch) async throws {
    var status: Int32 = 0
    let plan = try await batch.plan(manifest) { item, outcome in
      if common.json { Console.printJSON(BatchLine(item, outcome)) }
      switch outcome {
      case .success(let plan):
        if !common.json {
          if let id = plan.paidFor {
            Console.print("\(item.name): would fetch edit \(id), which is already paid for")
            break
          }
          let lines = Summary.lines(sending: plan, verb: "would send", known: [.unknownModel])
          Console.print("\(item.name): \(lines[0])")
          for line in lines.dropFirst() { Console.print(line) }
        }
      case .failure(let error):
        // An equal request whose outcome is unknown is counted, as other jobs like it.
        if status == 0, error.code != .outcomeUnknown { status = ExitStatus.of(error) }
        if !common.json {
          Console.note(Console.printable("plantain: \(error.namingFlags.message(about: item.name))"))
        }
      }
    }
    if common.json {
      Console.printJSON(SummaryLine(plan, manifest))
    } else {
      Console.print(Summary.line(of: plan))
    }
    if let error = plan.overLimit, let maximum = plan.affordable {
      throw error.allowing(maximum, of: plan.sendable)
    }
    if status != 0 { throw CommandFailure(status: status) }
  }
}

/// The last JSON object of `--json`.
private struct SummaryLine<Summary: Encodable>: Encodable {
  let summary: Summary
  /// The warnings about the manifest, for people to read; `nil` if there are none.
  let warnings: [String]?

  init(_ summary: Summary, _ manifest: Manifest) {
    self.summary = summary
    warnings = manifest.warnings.isEmpty ? nil : manifest.warnings
  }
}
