import Options
import ArgumentParser
import Core
import Editing
import Preparation
import Reports

struct FinishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finish",
    abstract: "Fit a returned picture to its original. Sends nothing.",
    discussion: Examples.of("finish"))

  @Argument(
    help: ArgumentHelp(
      "The returned picture: path, https URL, data URI, or -.",
      discussion: "- is standard input.", valueName: "result"), completion: .file())
  var returned: String

  @Option(help: .row("source"), completion: .row("source")) var source: String

  @Option(name: .shortAndLong, help: .row("output", of: .finish), completion: .row("output")) var output:
    String?

  @Option(help: .row("shown")) var shown: VisibleArea?

  @Option(help: .row("output-template", of: .finish)) var outputTemplate: String?

  @Flag(help: .row("overwrite", of: .finish)) var overwrite = false

  @OptionGroup(title: "Finishing") var finishing: FinishFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func validate() throws {
    guard output != "" else { throw ValidationError("The path for -o is empty. Name a file or a folder.") }
    guard output != "-" || !common.json else {
      throw ValidationError("-o - and --json both write to standard output. Omit one of them.")
    }
    if outputTemplate != nil {
      if case .file(let path)? = place {
        throw ValidationError(
          "-o \(path) and --output-template each name a file. Use one of them, or a folder.")
      }
      guard output != "-" else {
        throw ValidationError("--output-template cannot name standard output. Omit it, or -o -.")
      }
    }
    guard !finishing.options.isEmpty else {
      throw ValidationError(
        "There is nothing to do. Add an option such as --fit-source, --align, or --match-color.")
    }
    try requireOneStandardInput(in: [returned, source, finishing.mask].compactMap(\.self))
  }

  func run() async throws {
    common.startLogging()
    let name: String? = if case .file(let path)? = place { path } else { nil }
    let folder: String? = if case .folder(let path)? = place { path } else { nil }
    try await workers.run { processor in
      let finisher = Finisher(options: finishing.options, processor: processor)
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
      FinishReport(result, output: nil).findings.lines.map(\.namingFlags).forEach(common.note)
      guard Console.printBytes(result.bytes) else { throw .standardOutput("only a part was written") }
      return
    }
    let path = name ?? result.usualPath
    try result.write(to: path, overwriting: overwrite)
    let report = FinishReport(result, output: path)
    if common.json {
      Console.printJSON(report)
    } else {
      report.findings.lines.map(\.namingFlags).forEach(common.note)
      Console.print(path)
    }
  }
}
