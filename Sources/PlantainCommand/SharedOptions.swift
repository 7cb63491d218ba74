import ArgumentParser
import Logging
import Plantain

/// Options of every command.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line on standard output, and nothing else there.")
  var json = false

  @Flag(help: "Say nothing on standard error but errors.")
  var quiet = false

  @Flag(help: "Show request and reply, with pictures elided and keys masked.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "The configuration (default: plantain/config.yaml in the user's configuration folder).",
      valueName: "file"))
  var config: String?

  func configuration() throws(PlantainError) -> Configuration { try Configuration.read(config) }

  /// Sends the library's log lines to standard error, from the level that was asked for; its warnings as the command says its own.
  func startLogging() {
    let (verbose, quiet) = (verbose, quiet)
    LoggingSystem.bootstrap { label in
      if !verbose, !quiet, label == "plantain" { return WarningHandler() }
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = verbose ? .debug : .error
      return handler
    }
  }

  func note(_ line: String) {
    if !quiet { Console.note(Console.printable(line)) }
  }
}

/// Shows warnings of the library as notes, without time and label.
private struct WarningHandler: LogHandler {
  var logLevel = Logger.Level.warning
  var metadata = Logger.Metadata()

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { Console.note(Console.printable("\(event.level): \(event.message)")) }
}

/// Options of the commands that concern a gateway: which one, and what it shall make.
struct RouteFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The gateway; several with commas are tried in their order (default: PLANTAIN_GATEWAY).",
      valueName: "id"))
  var gateway: String?

  @Option(help: ArgumentHelp("A model id of the gateway.", valueName: "id"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The shape of the answer: source (the nearest that the model has), a ratio such as 16:9, or auto (the gateway's choice).",
      valueName: "ratio"), transform: { try AspectArgument(reading: $0) })
  var aspect: AspectArgument?

  @Flag(help: "Take the nearest supported ratio or tier instead of refusing one that is not.")
  var nearest = false

  @Option(help: ArgumentHelp("The size of the answer: 0.5K, 1K, 2K or 4K (default: 1K).", valueName: "tier"))
  var tier: Tier?

  func apply(to options: inout EditOptions) {
    options.model = model
    options.tier = tier
    options.aspect = aspect?.value
    options.acceptsNearest = nearest
  }
}

/// Options of the commands that prepare pictures.
struct PreparationFlags: ParsableArguments {
  @OptionGroup var route: RouteFlags

  @Option(
    help: ArgumentHelp(
      "Give the picture that is edited the shape of the answer: none, pad (with the background) or crop (default: mirrored edges where the answer is laid back, else none).",
      valueName: "none|pad|crop"))
  var fit: Fit?

  @Option(
    help: ArgumentHelp(
      "The most bytes per prepared picture, as in 7MB, 500KiB or plain bytes (default: the gateway's, at most 10MB).",
      valueName: "size"))
  var maxBytes: ByteCount?

  @Option(
    help: ArgumentHelp(
      "The longest edge in pixels, or none (default: 2048, at 4K 4096; without a gateway none).",
      valueName: "px|none"))
  var maxEdge: EdgeArgument?

  @Option(help: ArgumentHelp("The format to send: auto, jpeg, png or webp.", valueName: "format"))
  var format: FormatArgument = .auto

  @Option(
    help: ArgumentHelp(
      "Encoding quality, 1 to 100; naming one encodes anew (default: 92, and less only for the byte limit).",
      valueName: "1…100"))
  var quality: Int?

  @Option(
    help: ArgumentHelp(
      "What shows through transparency that cannot be kept: a name or #rrggbb.", valueName: "css-color"))
  var background: RGBColor = .white

  @Option(help: ArgumentHelp("Refuse pictures with more pixels than this.", valueName: "n"))
  var maxPixels: Int = 100_000_000

  @Option(
    help: ArgumentHelp(
      "Which page of a TIFF or picture of an animation, from 1; with several references that of the first.",
      valueName: "n"))
  var page: Int?

  @Option(
    help: ArgumentHelp(
      "Also read svg, jxl or jp2, whose decoders are not tested against hostile files; may be repeated.",
      valueName: "svg|jxl|jp2"))
  var allow: [AllowArgument] = []

  @Option(
    help: ArgumentHelp(
      "Metadata that stays: copyright (the names of creator and holder) or none.", valueName: "copyright|none"
    ))
  var keep: KeepArgument = .none

  @Flag(help: "Take a JPEG or PNG that ends too early, as far as it goes.")
  var allowTruncated = false

  private var shape: Fit { fit ?? Fit.none }

  /// The options of an edit, as far as they concern preparation.
  var editOptions: EditOptions {
    var options = EditOptions()
    route.apply(to: &options)
    (options.fit, options.mirrorsEdges) = (shape, fit == nil)
    options.maximumBytes = maxBytes
    options.maximumEdge = maxEdge?.value ?? .automatic
    options.format = format.mediaType
    options.quality = quality
    options.background = background
    options.maximumPixels = maxPixels
    options.page = page
    options.allowed = Set(allow.map(\.rawValue))
    options.keepsCopyright = keep == .copyright
    options.allowsTruncated = allowTruncated
    return options
  }

  /// For `prepare` and `inspect`, which need no gateway but obey the limits of one that is chosen.
  func preparation(_ configuration: Configuration) throws(PlantainError) -> PreparationOptions {
    guard shape != .none || route.aspect == nil && !route.nearest else {
      throw .usage(
        "--aspect and --nearest shape a prepared picture only with --fit", hint: "Add --fit pad or crop.")
    }
    if let gateway = try configuration.chosenGateway(named: route.gateway) {
      return try editOptions.preparation(for: gateway)
    }
    guard route.tier == nil, route.model == nil else {
      throw .usage("--tier and --model mean something only with a gateway", hint: "Add --gateway ID.")
    }
    let options = editOptions.preparationWithoutGateway
    guard shape == .none || !options.ratios.isEmpty else {
      throw .usage("--fit \(shape.rawValue) needs a shape", hint: "Add --aspect W:H, or --gateway ID.")
    }
    return options
  }
}

/// Options of the commands that decode pictures.
struct WorkerFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What everything may take of memory together (default: half of the machine's).", valueName: "size"
    ))
  var memory: ByteCount?

  /// Decoders run in child processes: a picture that breaks one does not end the command.
  func run(_ body: (ImageProcessor) async throws -> Void) async throws {
    let workers: ImageProcessor
    do throws(IsolationError) {
      workers = ImageProcessor(.isolated(try WorkerFleet()), memory: memory)
    } catch {
      throw PlantainError.isolating(error)
    }
    do {
      try await body(workers)
    } catch {
      await workers.close()
      throw error
    }
    await workers.close()
  }
}
