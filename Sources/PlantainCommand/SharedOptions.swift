import ArgumentParser
import Logging
import Plantain

/// Options of every command.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print only JSON on standard output, one object per line.")
  var json = false

  @Flag(help: "Print only errors on standard error.")
  var quiet = false

  @Flag(help: "Log requests and replies, without pictures and keys.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "Configuration file (default: plantain/config.yaml).",
      discussion: "The default is in the user's configuration folder.",
      valueName: "file"))
  var config: String?

  func configuration() throws(PlantainError) -> Configuration { try Configuration.read(config) }

  /// Sends log lines to standard error: from level debug with `--verbose`, otherwise only errors. Without
  /// `--verbose` and `--quiet`, the library's warnings look like the command's own notes.
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

/// Prints the library's warnings as notes, without time and label.
private struct WarningHandler: LogHandler {
  var logLevel = Logger.Level.warning
  package var metadata = Logger.Metadata()

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { Console.note(Console.printable("\(event.level): \(event.message)")) }
}

/// The choice of a gateway and model, and of the shape and size of the result.
struct RouteFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The gateway (default: PLANTAIN_GATEWAY).",
      discussion: "Several, separated by commas, are tried in order.",
      valueName: "id"))
  var gateway: String?

  @Option(help: ArgumentHelp("A model id of the gateway (default: its first model).", valueName: "id"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Aspect ratio of the result: source, auto, or W:H.",
      discussion: "source is the nearest ratio that the model has, auto the gateway's choice.",
      valueName: "ratio"), transform: { try AspectArgument(reading: $0) })
  var aspect: AspectArgument?

  @Flag(help: "Replace an unsupported ratio or tier by the nearest one.")
  var nearest = false

  @Option(help: ArgumentHelp("Size of the result: 0.5K, 1K, 2K, or 4K (default: 1K).", valueName: "tier"))
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
      "Fit the picture to the ratio of the result (default: none).",
      discussion: """
        pad adds margins in the background color; crop cuts. By default, edges are mirrored where the result \
        is composited into the original.
        """,
      valueName: "none|pad|crop"))
  var fit: Fit?

  @Option(
    help: ArgumentHelp(
      "Maximum size per picture: 7MB, 500KiB (default: gateway's).",
      discussion: "A number without a unit is bytes. The maximum is 10MB.",
      valueName: "size"))
  var maxBytes: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Maximum edge in pixels, or none (default: 2048, 4096 at 4K).",
      discussion: "Without a gateway, the default is none.",
      valueName: "px|none"))
  var maxEdge: EdgeArgument?

  @Option(help: ArgumentHelp("The format to send: auto, jpeg, png, or webp.", valueName: "format"))
  var format: FormatArgument = .auto

  @Option(
    help: ArgumentHelp(
      "Encoding quality, 1 to 100 (default: 92).",
      discussion:
        "A quality that is named always encodes. The default is lowered only to meet the byte limit.",
      valueName: "1…100"))
  var quality: Int?

  @Option(
    help: ArgumentHelp(
      "Color behind lost transparency: a CSS name or #rrggbb.", valueName: "css-color"))
  var background: RGBColor = .white

  @Option(help: ArgumentHelp("Refuse pictures with more pixels than this.", valueName: "n"))
  var maxPixels: Int = 100_000_000

  @Option(
    help: ArgumentHelp(
      "Page of a TIFF or frame of an animation, from 1.",
      discussion: "With several references, it is the page of the first.",
      valueName: "n"))
  var page: Int?

  @Option(
    help: ArgumentHelp(
      "Also read svg, jxl, or jp2; may be repeated.",
      discussion: "Their decoders are not tested against hostile files.",
      valueName: "svg|jxl|jp2"))
  var allow: [AllowArgument] = []

  @Option(
    help: ArgumentHelp(
      "Metadata to keep: copyright or none.",
      discussion: "copyright keeps the names of the creator and of the copyright holder.",
      valueName: "copyright|none"
    ))
  var keep: KeepArgument = .none

  @Flag(help: "Accept a truncated JPEG or PNG, as far as it goes.")
  var allowTruncated = false

  private var shape: Fit { fit ?? Fit.none }

  /// The preparation options of an edit.
  var editOptions: EditOptions {
    var options = EditOptions()
    route.apply(to: &options)
    (options.preparation.fit, options.mirrorsEdges) = (shape, fit == nil)
    options.preparation.maximumBytes = maxBytes
    options.preparation.maximumEdge = maxEdge?.value ?? .automatic
    options.preparation.format = format.mediaType
    options.preparation.quality = quality
    options.preparation.background = background
    options.preparation.maximumPixels = maxPixels
    options.preparation.page = page
    options.preparation.allowed = Set(allow.map(\.rawValue))
    options.preparation.keepsCopyright = keep == .copyright
    options.preparation.allowsTruncated = allowTruncated
    return options
  }

  /// The options of `prepare` and `inspect`, which need no gateway but respect the limits of a chosen one.
  func preparation(_ configuration: Configuration) throws(PlantainError) -> PreparationOptions {
    guard shape != .none || route.aspect == nil && !route.nearest else {
      throw .usage(
        "--aspect and --nearest have no effect without --fit", hint: "Add --fit pad or --fit crop.")
    }
    if let gateway = try configuration.chosenGateway(named: route.gateway) {
      return try editOptions.preparation(for: gateway)
    }
    guard route.tier == nil, route.model == nil else {
      throw .usage("--tier and --model have no effect without a gateway", hint: "Add --gateway ID.")
    }
    let options = editOptions.preparationWithoutGateway
    guard shape == .none || !options.ratios.isEmpty else {
      throw .usage(
        "--fit \(shape.rawValue) needs an aspect ratio", hint: "Add --aspect W:H, or --gateway ID.")
    }
    return options
  }
}

/// Options of the commands that decode pictures.
struct WorkerFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Total memory limit (default: half of the machine's).", valueName: "size"
    ))
  var memory: ByteCount?

  /// Runs `body` with decoders in child processes, so that a picture that crashes one does not end the
  /// command.
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
