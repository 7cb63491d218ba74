import ArgumentParser
import Editing

/// How results are named, and what happens to existing ones.
struct NamingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name results by a pattern of {stem}, {name}, {n}, and {ext}.",
      discussion: "As in {stem}-warm.{ext}.",
      valueName: "pattern"))
  var outputTemplate: String?

  @Flag(help: "Skip outputs that already exist.")
  var skipExisting = false

  func template() throws(PlantainError) -> NameTemplate? {
    try outputTemplate.map { text throws(PlantainError) in try NameTemplate(text) }
  }

  func require(apartFrom overwrite: Bool) throws {
    guard !skipExisting || !overwrite else {
      throw ValidationError("Use either --skip-existing or --overwrite, not both.")
    }
  }
}

/// How pictures are found in a folder.
struct ListFlags: ParsableArguments {
  @Flag(help: "Search folders recursively; outputs keep their structure.")
  var recursive = false
}

/// The JSON report of an existing output that was skipped.
struct SkippedReport: Encodable {
  struct Image: Encodable { let output: String }

  var source: String?
  var output: String?
  var images: [Image]?
  private(set) var skipped = "exists"

  /// The report of one prepared picture.
  init(source: String, output: String) { (self.source, self.output) = (source, output) }

  /// The report of an edit.
  init(_ outputs: [String]) { images = outputs.map(Image.init) }
}
