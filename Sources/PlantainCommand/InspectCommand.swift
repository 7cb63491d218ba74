import ArgumentParser
import Editing

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what pictures are, what would be done to them, and why.",
    discussion: Examples.of("inspect"))

  @Argument(
    help: ArgumentHelp(
      "Pictures or folders.",
      discussion: """
        A picture is a path, a pattern in quotes, an https URL, a data URI, or - for standard input.
        """,
      valueName: "picture"), completion: .file())
  var pictures: [String]

  @OptionGroup(title: "Folders") var list: ListFlags
  @OptionGroup(title: "Preparing") var preparation: PreparationFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func validate() throws {
    try requireOneStandardInput(in: pictures)
  }

  func run() async throws {
    common.startLogging()
    let options = try preparation.preparation(common.configuration())
    var failure: PlantainError?
    for entry in PictureList.entries(of: pictures.map(reference(for:)), isRecursive: list.recursive) {
      do throws(PlantainError) {
        if let failure = entry.failure { throw failure }
        let report = try await Preparer.inspect(entry.reference, options: options)
        if common.json {
          Console.printJSON(report)
        } else {
          for line in Summary.lines(of: report) { Console.print(line) }
        }
      } catch {
        Console.report(error, json: common.json)
        failure = failure ?? error
      }
    }
    if let failure { throw CommandFailure(status: ExitStatus.of(failure)) }
  }
}
