import ArgumentParser
import Core
import Editing
import Gateways
import Reports
import UserConfiguration

/// Options of the commands that request pictures.
struct SendingFlags: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The prompt: what the picture should become.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("Read the prompt from a file, or - for standard input.", valueName: "file"))
  var promptFile: String?

  @Option(help: ArgumentHelp("Base URL of a compatible host (default: the gateway's).", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp("Maximum size of the request (default: the gateway's).", valueName: "size"))
  var requestBytes: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Number of pictures.",
      discussion: "More than the gateway makes at once take several requests, each at its price.",
      valueName: "n"))
  var count: Int = 1

  @Flag(help: "Let the model search the web, if the gateway supports it.")
  var webSearch = false

  @Flag(help: "Let the model search for pictures, if supported.")
  var imageSearch = false

  @Flag(help: "Allow fallback to the model maker's channel, if supported.")
  var officialFallback = false

  @Option(help: ArgumentHelp("Thinking level, if the gateway supports it.", valueName: "minimal|high"))
  var thinking: ThinkingLevel?

  @Flag(help: "Prepare, and print request and price; open no socket.")
  var dryRun = false

  @Flag(help: "Send even if an identical edit has an unknown outcome.")
  var again = false

  @OptionGroup var spending: SpendingFlags

  @OptionGroup var naming: NamingFlags

  @OptionGroup var result: ResultFlags

  func validate() throws {
    try naming.require(apartFrom: result.overwrite)
    guard result.output != "-" || count == 1 else {
      throw ValidationError(
        "-o - takes one picture, but --count is \(count). Name a file or a folder with -o.")
    }
  }

  var hasNoPrompt: Bool { prompt == nil && promptFile == nil }

  /// - Parameters:
  ///   - isElsewhere: The prompt is given in another way.
  ///   - words: The last picture argument, which may be a misplaced prompt.
  func requirePrompt(or isElsewhere: Bool = false, not words: String? = nil) throws {
    if hasNoPrompt, !isElsewhere, let advice = GivenArguments.promptAdvice(words) {
      throw ValidationError(advice)
    }
    guard isElsewhere || (prompt == nil) != (promptFile == nil) else {
      throw ValidationError("Give the prompt with either -p TEXT or --prompt-file FILE.")
    }
  }

  func apply(to options: inout EditOptions) throws(PlantainError) {
    options.outputTemplate = try naming.template()
    options.requestBytes = requestBytes
    options.count = count
    options.webSearch = webSearch
    options.imageSearch = imageSearch
    options.officialFallback = officialFallback
    options.thinking = thinking
    options.sendsAgain = again
    spending.apply(to: &options)
    result.apply(to: &options)
  }

  func text() throws(PlantainError) -> String {
    if let prompt { return prompt }
    return try TextFile.read(promptFile ?? "-")
  }
}

/// Spending limit and price, for the commands that pay.
struct SpendingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Spending limit (default: max_cost of the configuration).",
      discussion: "A request that could exceed the limit is not sent.",
      valueName: "sum"), transform: Money.read)
  var maxCost: Money?

  @Option(
    help: ArgumentHelp(
      "Price of a picture, as in 0.05USD (default: the table's).",
      discussion: "It replaces known prices, at every gateway that is named.",
      valueName: "sum"),
    transform: Money.read)
  var price: Money?

  func apply(to options: inout EditOptions) {
    options.price = price
    options.spending.perRun = maxCost
  }
}

/// Where results are written, and which ledger is used.
struct ResultFlags: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Output file, folder, or - (default: NAME.edited.EXT).",
      discussion: "- is standard output. The default is beside the first reference.",
      valueName: "out"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Format of the result (default: from -o, or as received).",
      discussion: "It is requested from the gateway if that has a choice, and otherwise converted here.",
      valueName: "jpeg|png|webp"))
  var outputFormat: OutputFormatArgument?

  @Flag(help: "Write the model's own bytes, with their true extension.")
  var raw = false

  @Option(
    help: ArgumentHelp("Timeout: 90s, 6m (default: the gateway's).", valueName: "duration"))
  var timeout: DurationArgument?

  @Flag(help: "Replace existing files.")
  var overwrite = false

  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard !(output == "-" && common.json) else {
      throw ValidationError("-o - and --json both write to standard output. Omit one of them.")
    }
  }

  func apply(to options: inout EditOptions) {
    options.timeout = timeout?.value
    options.overwrites = overwrite
    options.outputFormat = outputFormat?.mediaType
    options.isRaw = raw
    options.output = output == "-" ? .memory : .init(argument: output)
  }

  /// Prints the paths of the results, or with `-o -` the picture itself.
  func print(_ result: EditResult, of editor: Editor) async throws {
    if common.json {
      Console.printJSON(EditReport(result))
    } else if output == "-" {
      guard Console.printBytes(result.image.bytes) else { throw await editor.keepLostOutput(of: result) }
    } else {
      for path in result.images.compactMap(\.output) { Console.print(path) }
    }
    // The pictures that arrived are written. Those that did not may have been billed.
    if result.warnings.contains(.outcomeUnknown) {
      if common.quiet { Console.note("plantain: \(result.explanation(of: .outcomeUnknown))") }
      Console.note("          plantain history \(result.id)")
    }
    for error in result.missing { Console.report(error, json: false) }
    if result.exitStatus != 0 { throw CommandFailure(status: result.exitStatus) }
  }

  func watch(_ event: EditEvent) {
    for line in Summary.lines(of: event) { common.note(line) }
  }
}

struct LedgerFlags: ParsableArguments {
  @Option(
    name: .customLong("ledger"),
    help: ArgumentHelp(
      "The ledger of what was sent (default: PLANTAIN_LEDGER).",
      discussion: "Without PLANTAIN_LEDGER, it is in the user's data folder.",
      valueName: "file"))
  var file: String?

  func location(_ configuration: Configuration) -> LedgerLocation { configuration.ledger(named: file) }

  /// The location for commands that only read the ledger. A ledger that is named must exist.
  ///
  /// - Throws: Status 66 if it does not exist.
  func existing(_ configuration: Configuration) throws(PlantainError) -> LedgerLocation {
    let location = location(configuration)
    if file != nil || LedgerLocation.isNamedByEnvironment { try location.requireThere() }
    return location
  }
}
