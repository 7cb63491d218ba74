import Options
import ArgumentParser
import Core
import Editing
import Finishing
import Gateways
import Isolation
import Logging
import PictureFormats
import PictureWork
import Preparation
import UserConfiguration

/// Options of every command.
struct OutputOptions: ParsableArguments {
  @Flag(help: .row("json")) var json = false

  @Flag(help: .row("quiet")) var quiet = false

  @Flag(help: .row("verbose")) var verbose = false

  @Option(help: .row("config"), completion: .row("config")) var config: String?

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
  @Option(help: .row("gateway", of: .edit), completion: .row("gateway")) var gateway: String?

  @Option(help: .row("model"), completion: .row("model")) var model: String?

  @Option(help: .row("aspect"), completion: .row("aspect"), transform: { try AspectArgument(reading: $0) })
  var aspect: AspectArgument?

  @Flag(help: .row("nearest")) var nearest = false

  @Option(help: .row("tier")) var tier: Tier?

  func apply(to options: inout EditOptions) {
    options.model = model
    options.tier = tier
    options.aspect = aspect?.value
    options.acceptsNearest = nearest
  }
}

/// Options of the commands that prepare pictures.
struct PreparationFlags: ParsableArguments {
  @OptionGroup(title: "Gateway and model") var route: RouteFlags

  @Option(help: .row("fit")) var fit: Fit?

  @Option(help: .row("max-bytes")) var maxBytes: ByteCount?

  @Option(help: .row("max-edge")) var maxEdge: EdgeArgument?

  @Option(help: .row("format")) var format: FormatArgument = .auto

  @Option(help: .row("quality")) var quality: Int?

  @Option(help: .row("background")) var background: RGBColor = .white

  @Option(help: .row("max-pixels")) var maxPixels: Int = 100_000_000

  @Option(help: .row("page")) var page: Int?

  @Option(help: .row("allow")) var allow: [AllowArgument] = []

  @Option(help: .row("keep")) var keep: KeepArgument = .none

  @Flag(help: .row("allow-truncated")) var allowTruncated = false

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
  @Option(help: .row("memory")) var memory: ByteCount?

  func run(_ body: (ImageProcessor) async throws -> Void) async throws {
    try await withWorkers(memory: memory, body)
  }
}

/// Runs `body` with decoders in child processes, so that a picture that crashes one does not end the command.
func withWorkers(memory: ByteCount? = nil, _ body: (ImageProcessor) async throws -> Void) async throws {
  let processor: ImageProcessor
  do throws(IsolationError) {
    processor = ImageProcessor(try WorkerFleet(), memory: memory)
  } catch {
    throw PlantainError.isolating(error)
  }
  do {
    try await body(processor)
  } catch {
    await processor.close()
    throw error
  }
  await processor.close()
}
