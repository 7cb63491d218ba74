import ArgumentParser
import Editing
import Gateways
import PictureWork
import PlantainSimulator
import Reports
import UserConfiguration

struct EditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Edit a picture by a prompt: prepare, send, and write it.",
    discussion: Examples.of("edit"))

  @Argument(
    help: ArgumentHelp(
      "The picture to edit, then further references.",
      discussion: "A picture is a path, an https URL, a data URI, or - for standard input.",
      valueName: "reference"), completion: .file())
  var references: [String] = []

  @Flag(name: .customLong("continue"), help: .row("continue")) var continues = false

  @Option(help: .row("from"), completion: .row("from")) var from: String?

  @OptionGroup(title: "Request") var sending: SendingFlags
  @OptionGroup(title: "Preparing") var preparation: PreparationFlags
  @OptionGroup(title: "Finishing") var finishing: FinishFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags

  /// Whether the picture to edit is an earlier result.
  private var isFurther: Bool { continues || from != nil }
  /// Whether the only argument is the prompt, as in `edit --continue "now warmer"`, where it can be nothing
  /// else.
  private var isPromptAlone: Bool { isFurther && sending.hasNoPrompt && references.count == 1 }

  func validate() throws {
    guard !continues || from == nil else {
      throw ValidationError("Use either --continue or --from, not both.")
    }
    try sending.requirePrompt(or: isPromptAlone, not: references.last)
    guard isFurther || !references.isEmpty else {
      throw ValidationError(
        "There is no picture to edit. Name one, or edit an earlier result with --continue or --from ID.")
    }
    guard !(sending.promptFile == "-" && references.contains("-")) else {
      throw ValidationError("Standard input (-) cannot be both the prompt and a reference.")
    }
    let readers = references + [finishing.mask, sending.promptFile].compactMap(\.self)
    try requireOneStandardInput(in: readers)
  }

  func run() async throws {
    let common = sending.result.common
    common.startLogging()
    let configuration = try common.configuration()
    let location = sending.result.ledger.location(configuration)
    var options = preparation.editOptions
    try sending.apply(to: &options)
    options.finish = finishing.options
    var sending = sending
    if isPromptAlone { sending.prompt = references[0] }
    var pictures = isPromptAlone ? [] : references.map(reference(for:))
    if isFurther {
      let (id, picture) = try await History(ledger: location).result(of: from)
      pictures.insert(picture, at: 0)
      options.parent = id
    }
    let job = EditInvocation(
      route: preparation.route, sending: sending, options: options, configuration: configuration,
      location: location)
    try await job.run(pictures, workers)
  }
}

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a picture from a prompt alone, if supported.",
    discussion: Examples.of("generate"))

  // Accepted only to report that pictures belong to `edit`.
  @Argument(help: .hidden) var words: [String] = []

  @OptionGroup(title: "Request") var sending: SendingFlags
  @OptionGroup(title: "Gateway and model") var route: RouteFlags
  @OptionGroup(title: "Result file") var file: FileFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags

  func validate() throws {
    try sending.requirePrompt(not: words.last)
    guard let word = words.first else { return }
    throw ValidationError(
      "generate takes no pictures, received \(word). To edit it, run plantain edit \(word) -p TEXT")
  }

  func run() async throws {
    let common = sending.result.common
    common.startLogging()
    let configuration = try common.configuration()
    var options = EditOptions()
    route.apply(to: &options)
    try sending.apply(to: &options)
    file.apply(to: &options.finish)
    let job = EditInvocation(
      route: route, sending: sending, options: options, configuration: configuration,
      location: sending.result.ledger.location(configuration))
    try await job.run([], workers)
  }
}

extension EditOptions {
  /// The options with the configuration's spending limits and its choice about prompts in the ledger.
  func settled(by configuration: Configuration) -> EditOptions {
    var options = self
    options.recordsPrompt = configuration.recordsPrompts
    options.spending.perRun = configuration.spendingLimit(named: spending.perRun)
    options.spending.perDay = configuration.spending.perDay
    return options
  }
}

/// The work that `edit` and `generate` share.
struct EditInvocation {
  let route: RouteFlags
  let sending: SendingFlags
  let options: EditOptions
  let configuration: Configuration
  let location: LedgerLocation

  private var common: OutputOptions { sending.result.common }

  func run(_ references: [Reference], _ workers: WorkerFlags) async throws {
    if sending.naming.skipExisting, try skips(references.first) { return }
    var options = options.settled(by: configuration)
    if sending.naming.skipExisting { options = try options.withoutExistingResults(of: references.first) }
    let gateways = try configuration.gateways(named: route.gateway)
    guard gateways.count == 1 || sending.baseURL == nil && route.model == nil else {
      throw PlantainError.usage(
        "--base-url and --model need a single gateway, received \(gateways.count)",
        hint: "Omit them, or choose one gateway.")
    }
    let prompt = try sending.text()
    let settled = options
    try await workers.run { processor in
      try await withRoutes(
        gateways, configuration, baseURL: sending.baseURL, processor, isDry: sending.dryRun
      ) { routes in
        try await withEditor(routes: routes, ledger: location, processor: processor) { editor in
          try await edit(prompt, references, settled, by: editor)
        }
      }
    }
  }

  /// Whether all requested results exist already; if so, reports that they are skipped.
  private func skips(_ first: Reference?) throws(PlantainError) -> Bool {
    let existing = try options.existingResults(of: first)
    guard !existing.isEmpty else { return false }
    if common.json { Console.printJSON(SkippedReport(existing)) }
    common.note("skipped   \(existing.joined(separator: ", ")): already exists; nothing is sent")
    return true
  }

  private func edit(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, by editor: Editor
  ) async throws {
    let result = sending.result
    if sending.dryRun {
      let plan = try await editor.plan(prompt, references: references, options: options, watch: result.watch)
      if common.json {
        if let doubt = plan.modelDoubt { common.note("warning   \(doubt)") }
        Console.printJSON(EditReport(plan))
      } else {
        if let id = plan.paidFor {
          Console.print("would fetch  edit \(id), which is already paid for; without its result:")
        }
        for line in Summary.lines(sending: plan, verb: "would send") { Console.print(line) }
      }
      return
    }
    try await PlantainCommand.stoppable { stop in
      try await result.print(
        editor.edit(prompt, references: references, options: options, until: stop, watch: result.watch),
        of: editor)
    }
  }
}

/// Runs `body` with the routes to these gateways. The simulator is started for as long as `body` runs, unless
/// the address of a running one is given.
func withRoutes(
  _ gateways: [Gateway], _ configuration: Configuration, baseURL: String?, _ processor: ImageProcessor,
  isDry: Bool = false,
  _ body: @Sendable ([Route]) async throws -> Void
) async throws {
  let isSimulated = { @Sendable (gateway: Gateway) in
    gateway.id == Gateway.simulator.id && baseURL == nil && configuration.address(of: gateway) == nil
  }
  let routes = { @Sendable (simulator: String?) throws(PlantainError) in
    var routes: [Route] = []
    for gateway in gateways {
      if let simulator, isSimulated(gateway) {
        routes.append(try Route(gateway, key: .value(.simulated), baseURL: simulator))
      } else {
        // A dry run sends nothing, so any address completes the route.
        let fallback = isDry && configuration.address(of: gateway) == nil ? "http://127.0.0.1" : nil
        routes.append(try configuration.route(to: gateway, baseURL: baseURL ?? fallback))
      }
    }
    return routes
  }
  if !isDry, gateways.contains(where: isSimulated) {
    try await withSimulator(processor: processor) { try await body(routes($0.baseURL)) }
  } else {
    try await body(routes(nil))
  }
}
