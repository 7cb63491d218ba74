import Options
import ArgumentParser
import Editing

/// How results are named, and what happens to existing ones.
struct NamingFlags: ParsableArguments {
  @Option(help: .row("output-template", of: .edit)) var outputTemplate: String?

  @Flag(help: .row("skip-existing")) var skipExisting = false

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
  @Flag(help: .row("recursive")) var recursive = false
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
