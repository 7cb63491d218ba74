import ArgumentParser
import Plantain

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Make pictures right for an image-edit API, without sending them.",
    discussion: "Without -o, --data-uri or --base64 nothing is written: the work is done and reported.")

  @Argument(
    help: ArgumentHelp(
      "Pictures: paths, https URLs, - for standard input, or data URIs.", valueName: "picture"))
  var pictures: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder for the prepared files; for one picture also NAME.jpg, .png or .webp, or - for standard output.",
      valueName: "out"))
  var output: String?

  @Flag(name: .customLong("data-uri"), help: "Print each prepared picture as a data URI.")
  var dataURI = false

  @Flag(help: "Print each prepared picture as base64.")
  var base64 = false

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @Option(
    help: ArgumentHelp("Give up encoding after this time: 90s, 6m (default: none).", valueName: "duration"))
  var timeout: DurationArgument?

  @OptionGroup var preparation: PreparationFlags
  @OptionGroup var workers: WorkerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    let ways = [output != nil, dataURI, base64].filter { $0 }.count
    guard ways <= 1 else { throw ValidationError("Choose one of -o, --data-uri and --base64.") }
    guard output != "" else { throw ValidationError("The name for -o is empty.") }
    if case .file(let path)? = place, pictures.count > 1 {
      throw ValidationError(
        "-o \(path) is one file, and there are \(pictures.count) pictures: name a folder.")
    }
    guard !(base64 && common.json) else {
      throw ValidationError("--base64 and --json both want standard output; --data-uri goes with --json.")
    }
    guard output != "-" || pictures.count == 1 && !common.json else {
      throw ValidationError(
        "-o - writes one picture to standard output, and nothing else: no --json, no second.")
    }
    try requireOneStandardInput(in: pictures)
  }

  func run() async throws {
    common.startLogging()
    let references = pictures.map(reference(for:))
    var names =
      if case .folder? = place { try Preparer.distinctNames(of: references)[...] } else { [String]()[...] }
    let options = try preparation.preparation(common.configuration())
    var failure: PlantainError?
    try await workers.run { workers in
      var preparer = Preparer(options: options, workers: workers, timeout: timeout?.value)
      if case .file(let path)? = place { preparer = try preparer.writing(to: path, overwriting: overwrite) }
      await preparer.prepare(references) { outcome in
        let name = names.popFirst()
        do throws(PlantainError) {
          try show(try outcome.get(), as: name)
        } catch {
          Console.report(error, json: common.json)
          failure = failure ?? error
        }
      }
    }
    if let failure { throw CommandFailure(status: failure.exitStatus) }
  }

  /// Where files go, when any do.
  private var place: EditOptions.Output? { output == "-" ? nil : output.map { .init(argument: $0) } }

  private func write(_ result: Preparer.Result, as name: String?) throws(PlantainError) -> String? {
    switch place {
    case .file(let path):
      try result.write(to: path, overwriting: overwrite)
      return path
    case .folder(let folder?): return try result.write(into: folder, as: name, overwriting: overwrite)
    case .folder(nil), .memory, nil: return nil
    }
  }

  /// - Parameter name: of its file in a folder, without extension.
  private func show(_ result: Preparer.Result, as name: String?) throws(PlantainError) {
    if output == "-" {
      Summary.lines(of: result).forEach(common.note)
      guard Console.printBytes(try result.bytes()) else { throw .standardOutput("it took only a part") }
      return
    }
    let path = try write(result, as: name)
    if common.json {
      var report = try PrepareReport(result)
      report.output = path
      if dataURI { report.dataURI = try result.dataURI().text }
      Console.printJSON(report)
      return
    }
    let nothingElse = path == nil && !dataURI && !base64
    for line in Summary.lines(of: result) {
      if nothingElse { Console.print(line) } else { common.note(line) }
    }
    if let path { Console.print(path) }
    guard dataURI || base64 else { return }
    let uri = try result.dataURI()
    if dataURI { Console.printBase64(uri.bytes, head: uri.head) }
    if base64 { Console.printBase64(uri.bytes) }
  }
}
