import ArgumentParser
import Plantain

/// How results are called, and what is done about those that are there.
struct NamingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name results by a pattern of {stem}, {name}, {n} and {ext}, as in {stem}-warm.{ext}.",
      valueName: "pattern"))
  var outputTemplate: String?

  @Flag(help: "Leave outputs that exist as they are, and do only the others.")
  var skipExisting = false

  func template() throws(PlantainError) -> NameTemplate? {
    try outputTemplate.map { text throws(PlantainError) in try NameTemplate(text) }
  }

  func require(apartFrom overwrite: Bool) throws {
    guard !skipExisting || !overwrite else {
      throw ValidationError("Give --skip-existing or --overwrite, one of them.")
    }
  }
}

/// Which pictures a folder stands for.
struct ListFlags: ParsableArguments {
  @Flag(help: "Look into the folders in a folder, too; outputs keep that order.")
  var recursive = false
}

/// An output that was left as it is, as one JSON object.
struct SkippedReport: Encodable {
  struct Image: Encodable { let output: String }

  var source: String?
  var output: String?
  var images: [Image]?
  private(set) var skipped = "exists"

  /// Of one prepared picture.
  init(source: String, output: String) { (self.source, self.output) = (source, output) }

  /// Of an edit.
  init(_ outputs: [String]) { images = outputs.map(Image.init) }
}
