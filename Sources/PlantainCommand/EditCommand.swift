import ArgumentParser
import Plantain
import PlantainSimulator

struct EditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Edit a picture with words: prepare it, send it, and write what comes back.")

  @Argument(
    help: ArgumentHelp(
      "The picture to edit, then further references: paths, https URLs, - for standard input, or data URIs.",
      valueName: "reference"))
  var references: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("What the picture should become.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("Read the prompt from a file, or - for standard input.", valueName: "file"))
  var promptFile: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where the result goes: a file, a folder, or - (default: NAME.edited.EXT beside the first reference).",
      valueName: "out"))
  var output: String?

  @Option(help: ArgumentHelp("Another host that speaks the gateway's dialect.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp("The most bytes of the whole request (default: the gateway's).", valueName: "size"))
  var requestBytes: ByteCount?

  @Option(
    help: ArgumentHelp("Give up after this time: 90s, 6m (default: the gateway's).", valueName: "duration"))
  var timeout: DurationArgument?

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @Flag(help: "Do all local work, say what would be sent and its price; open no socket.")
  var dryRun = false

  @OptionGroup var preparation: PreparationFlags
  @OptionGroup var workers: WorkerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard (prompt == nil) != (promptFile == nil) else {
      throw ValidationError("Give the prompt with -p TEXT or --prompt-file FILE, one of them.")
    }
    guard !(output == "-" && common.json) else {
      throw ValidationError("-o - and --json both want standard output.")
    }
    guard !(promptFile == "-" && references.contains("-")) else {
      throw ValidationError("Standard input cannot be both the prompt and a reference.")
    }
  }

  func run() async throws {
    common.startLogging()
    let gateway = try EnvironmentSettings.gateway(named: preparation.gateway)
    let address = baseURL ?? EnvironmentSettings.baseURL(for: gateway)
    let prompt = try self.prompt ?? Prompt.read(promptFile ?? "-")
    if gateway.id == Gateway.simulator.id, address == nil, !dryRun {
      try await withSimulator { simulator in
        try await edit(prompt, gateway, address: simulator.baseURL, key: .value(APIKey("simulator")))
      }
    } else {
      // A dry run needs an address only to be complete.
      try await edit(prompt, gateway, address: address ?? gateway.baseURL ?? "http://127.0.0.1", key: nil)
    }
  }

  private func edit(
    _ prompt: String, _ gateway: Gateway, address: String, key: APIKey.Source?
  ) async throws {
    let sources = references.map(reference(for:))
    try await workers.run { workers in
      try await withEditor(gateway: gateway, key: key, baseURL: address, workers: workers) { editor in
        try await edit(prompt, sources, by: editor)
      }
    }
  }

  private func edit(_ prompt: String, _ sources: [Reference], by editor: Editor) async throws {
    if dryRun {
      let plan = try await editor.plan(prompt, references: sources, options: options, watch: watch)
      if common.json {
        Console.printJSON(EditReport(plan))
      } else {
        Console.print(Summary.line(sending: plan, verb: "would send"))
      }
      return
    }
    let result = try await editor.edit(prompt, references: sources, options: options, watch: watch)
    if common.json {
      Console.printJSON(EditReport(result))
    } else if output == "-" {
      guard Console.printBytes(result.image.bytes) else { throw PlantainError.lostOutput(result.image) }
    } else {
      for path in result.images.compactMap(\.output) { Console.print(path) }
    }
  }

  private var options: EditOptions {
    var options = preparation.editOptions
    options.requestBytes = requestBytes
    options.timeout = timeout?.value
    options.overwrites = overwrite
    options.output = output == "-" ? .memory : .init(argument: output)
    return options
  }

  private func watch(_ event: EditEvent) {
    switch event {
    case .prepared(let result): Summary.lines(of: result).forEach(common.note)
    case .sending(let plan): common.note(Summary.line(sending: plan, verb: "sending"))
    case .answered(let status, let elapsed):
      common.note("answered  status \(status) after \(elapsed.formattedSeconds)")
    case .done(let result): Summary.lines(of: result).forEach(common.note)
    }
  }
}
