import ArgumentParser
import Plantain

struct FinishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finish",
    abstract: "Make what a model returned belong to its original again, without sending anything.")

  @Argument(
    help: ArgumentHelp(
      "The returned picture: a path, an https URL, - for standard input, or a data URI.", valueName: "result")
  )
  var returned: String

  @Option(help: ArgumentHelp("The picture that was edited.", valueName: "original"))
  var source: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file, a folder, or - for standard output (default: NAME.finished.EXT beside the returned picture).",
      valueName: "out"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "What the result shows of the original, upright, where that is not all of it (geometry.shown of --json).",
      valueName: "x,y,w,h"))
  var shown: VisibleArea?

  @Option(
    help: ArgumentHelp(
      "Name the result by a pattern of the returned picture's {stem}, {name} and {ext}.", valueName: "pattern"
    ))
  var outputTemplate: String?

  @Flag(help: "Replace a file that exists.")
  var overwrite = false

  @OptionGroup var finishing: FinishFlags
  @OptionGroup var workers: WorkerFlags
  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard output != "" else { throw ValidationError("The name for -o is empty.") }
    guard output != "-" || !common.json else {
      throw ValidationError("-o - writes the picture to standard output, so --json has no place there.")
    }
    if outputTemplate != nil {
      if case .file(let path)? = place {
        throw ValidationError("-o \(path) is one file, and the pattern names another.")
      }
      guard output != "-" else {
        throw ValidationError("-o - has no name, so --output-template has no place there.")
      }
    }
    guard !finishing.options.isEmpty else {
      throw ValidationError("Say what is to be done, such as --fit-source, --align or --match-color.")
    }
    try requireOneStandardInput(in: [returned, source, finishing.mask].compactMap(\.self))
  }

  func run() async throws {
    common.startLogging()
    let name: String? = if case .file(let path)? = place { path } else { nil }
    let folder: String? = if case .folder(let path)? = place { path } else { nil }
    try await workers.run { workers in
      let finisher = Finisher(options: finishing.options, workers: workers)
      if let outputTemplate {
        let (result, path) = try await finisher.finish(
          reference(for: returned), source: reference(for: source), showing: shown,
          as: NameTemplate(outputTemplate), in: folder, overwriting: overwrite)
        return try show(result, as: path)
      }
      let result = try await finisher.finish(
        reference(for: returned), source: reference(for: source), showing: shown, for: name, in: folder,
        overwriting: overwrite)
      try show(result, as: name)
    }
  }

  private var place: EditOptions.Output? {
    output == "-" ? nil : output.map { EditOptions.Output(argument: $0) }
  }

  private func show(_ result: Finisher.Result, as name: String?) throws(PlantainError) {
    if output == "-" {
      try result.writeComparison(overwriting: overwrite)
      try result.requireNoDrift()
      FinishReport(result, output: nil).findings.lines.forEach(common.note)
      guard Console.printBytes(result.bytes) else { throw .standardOutput("it took only a part") }
      return
    }
    let path = name ?? result.usualPath
    try result.write(to: path, overwriting: overwrite)
    let report = FinishReport(result, output: path)
    if common.json {
      Console.printJSON(report)
    } else {
      report.findings.lines.forEach(common.note)
      Console.print(path)
    }
  }
}
