import ArgumentParser
import Plantain

/// Options of the commands that ask for pictures.
struct SendingFlags: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("What the picture should become.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("Read the prompt from a file, or - for standard input.", valueName: "file"))
  var promptFile: String?

  @Option(help: ArgumentHelp("Another host that speaks the gateway's dialect.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp("The most bytes of the whole request (default: the gateway's).", valueName: "size"))
  var requestBytes: ByteCount?

  @Option(
    help: ArgumentHelp(
      "How many pictures; more than the gateway makes at once take several requests, each at its price.",
      valueName: "n"))
  var count: Int = 1

  @Flag(help: "Let the model search the web, where the gateway offers it.")
  var webSearch = false

  @Flag(help: "Let the model search for pictures, where the gateway offers it.")
  var imageSearch = false

  @Flag(help: "Let the gateway fall back to the maker's own channel, where it offers that.")
  var officialFallback = false

  @Option(help: ArgumentHelp("How much the model thinks, where it can be said.", valueName: "minimal|high"))
  var thinking: ThinkingLevel?

  @Flag(help: "Do all local work, say what would be sent and its price; open no socket.")
  var dryRun = false

  @Flag(help: "Send it although nobody knows what became of an equal edit.")
  var again = false

  @OptionGroup var spending: SpendingFlags

  @OptionGroup var naming: NamingFlags

  @OptionGroup var result: ResultFlags

  func validate() throws {
    try naming.require(apartFrom: result.overwrite)
    guard result.output != "-" || count == 1 else {
      throw ValidationError("-o - takes one picture, and --count asks for \(count).")
    }
  }

  var hasNoPrompt: Bool { prompt == nil && promptFile == nil }

  /// - Parameters:
  ///   - isElsewhere: it is told in another way.
  ///   - words: that stand last among the pictures.
  func requirePrompt(or isElsewhere: Bool = false, not words: String? = nil) throws {
    if hasNoPrompt, !isElsewhere, let advice = GivenArguments.promptAdvice(words) {
      throw ValidationError(advice)
    }
    guard isElsewhere || (prompt == nil) != (promptFile == nil) else {
      throw ValidationError("Give the prompt with -p TEXT or --prompt-file FILE, one of them.")
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

/// What may be spent, of the commands that do.
struct SpendingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most that may be spent in all; what could cost more is not sent (default: the configuration's max_cost).",
      valueName: "sum"), transform: Money.read)
  var maxCost: Money?

  @Option(
    help: ArgumentHelp(
      "What a picture costs, where the table does not know it, as in 0.05USD.", valueName: "sum"),
    transform: Money.read)
  var price: Money?

  func apply(to options: inout EditOptions) {
    options.price = price
    options.spending.perRun = maxCost
  }
}

/// Where results go, and where the journal of what was sent lies.
struct ResultFlags: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where the result goes: a file, a folder, or - (default: NAME.edited.EXT beside the first reference).",
      valueName: "out"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The format of the result: asked of the gateway where it can choose, converted here otherwise.",
      valueName: "jpeg|png|webp"))
  var outputFormat: OutputFormatArgument?

  @Flag(help: "Write the model's own bytes, under the output's name with their true extension.")
  var raw = false

  @Option(
    help: ArgumentHelp("Give up after this time: 90s, 6m (default: the gateway's).", valueName: "duration"))
  var timeout: DurationArgument?

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @OptionGroup var ledger: LedgerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard !(output == "-" && common.json) else {
      throw ValidationError("-o - and --json both want standard output.")
    }
  }

  func apply(to options: inout EditOptions) {
    options.timeout = timeout?.value
    options.overwrites = overwrite
    options.outputFormat = outputFormat?.mediaType
    options.isRaw = raw
    options.output = output == "-" ? .memory : .init(argument: output)
  }

  /// The result to standard output, or its name.
  func print(_ result: EditResult) throws {
    if common.json {
      Console.printJSON(EditReport(result))
    } else if output == "-" {
      guard Console.printBytes(result.image.bytes) else { throw PlantainError.lostOutput(result.image) }
    } else {
      for path in result.images.compactMap(\.output) { Console.print(path) }
    }
    // What came is written; what did not come may have been paid for.
    if result.warnings.contains(.outcomeUnknown) {
      common.note("          plantain history \(result.id)")
      throw CommandFailure(status: PlantainError.Code.outcomeUnknown.exitStatus)
    }
  }

  func watch(_ event: EditEvent) {
    for line in Summary.lines(of: event) { common.note(line) }
  }
}

struct LedgerFlags: ParsableArguments {
  @Option(
    name: .customLong("ledger"),
    help: ArgumentHelp(
      "The journal of what was sent (default: PLANTAIN_LEDGER, else in the user's data folder).",
      valueName: "file"))
  var file: String?

  func location(_ configuration: Configuration) -> LedgerLocation { configuration.ledger(named: file) }

  /// For commands that only look into it: one that is named must be there.
  ///
  /// - Throws: 66.
  func existing(_ configuration: Configuration) throws(PlantainError) -> LedgerLocation {
    let location = location(configuration)
    if file != nil || LedgerLocation.isNamedByEnvironment { try location.requireThere() }
    return location
  }
}
