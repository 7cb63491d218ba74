import Options
import ArgumentParser
import Core
import Editing
import Gateways
import Reports
import UserConfiguration

/// Options of the commands that request pictures.
struct SendingFlags: ParsableArguments {
  @Option(name: .shortAndLong, help: .row("prompt", of: .edit)) var prompt: String?

  @Option(help: .row("prompt-file", of: .edit), completion: .row("prompt-file")) var promptFile: String?

  @Option(help: .row("base-url", of: .edit)) var baseURL: String?

  @Option(help: .row("request-bytes")) var requestBytes: ByteCount?

  @Option(help: .row("count")) var count: Int = 1

  @Flag(help: .row("web-search")) var webSearch = false

  @Flag(help: .row("image-search")) var imageSearch = false

  @Flag(help: .row("official-fallback")) var officialFallback = false

  @Option(help: .row("thinking")) var thinking: ThinkingLevel?

  @Flag(help: .row("dry-run", of: .edit)) var dryRun = false

  @Flag(help: .row("again", of: .edit)) var again = false

  @OptionGroup(title: "Spending") var spending: SpendingFlags

  @OptionGroup(title: "Names") var naming: NamingFlags

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
  @Option(help: .row("max-cost"), transform: Money.read) var maxCost: Money?

  @Option(
    help: .row("price"),
    transform: Money.read)
  var price: Money?

  func apply(to options: inout EditOptions) {
    options.price = price
    options.spending.perRun = maxCost
  }
}

/// Where results are written, and which ledger is used.
struct ResultFlags: ParsableArguments {
  @Option(name: .shortAndLong, help: .row("output", of: .edit), completion: .row("output")) var output:
    String?

  @Option(help: .row("output-format")) var outputFormat: OutputFormatArgument?

  @Flag(help: .row("raw")) var raw = false

  @Option(help: .row("timeout", of: .edit)) var timeout: DurationArgument?

  @Flag(help: .row("overwrite", of: .edit)) var overwrite = false

  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

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
      if common.quiet { Console.note("plantain: \(result.explanation(of: .outcomeUnknown).namingFlags)") }
      Console.note("          plantain history \(result.id)")
    }
    let status = ExitStatus.of(result)
    // Of several errors, the one that decides the exit status is the last line on standard output.
    let isOpen = result.missing.contains(where: \.isOfOpenOutcome)
    let last = result.missing.lastIndex { isOpen ? $0.isOfOpenOutcome : ExitStatus.of($0) == status }
    for (position, error) in result.missing.enumerated() {
      Console.report(error, json: common.json && position == last)
    }
    try CommandFailure.check(status)
  }

  func watch(_ event: EditEvent) {
    for line in Summary.lines(of: event) { common.note(line) }
  }
}

struct LedgerFlags: ParsableArguments {
  @Option(name: .customLong("ledger"), help: .row("ledger"), completion: .row("ledger")) var file: String?

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
