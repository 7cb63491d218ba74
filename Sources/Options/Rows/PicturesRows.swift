import Core
import Editing

extension OptionRow {
  /// How pictures are found and results are named.
  static let pictures: [OptionRow] = [
    OptionRow(
      "continue", .pictures, of: [.edit],
      help: "Edit the newest result, with any references given."),
    OptionRow(
      "from", .pictures, of: [.edit], takes: "id",
      help: "Edit the result of this edit, with any references given."),
    OptionRow(
      "recursive", .pictures, of: [.batch, .prepare, .inspect],
      help: "Search folders recursively; outputs keep their structure."),
    OptionRow(
      "output-template", .naming, of: .requesting.union([.prepare]), takes: "pattern",
      help: "Name results by a pattern of {stem}, {name}, {n}, and {ext}.",
      more: "As in {stem}-warm.{ext}.",
      setting: OptionSetting.optional(\.outputTemplate, "a pattern such as {stem}-warm.{ext}") {
        try? NameTemplate($0)
      } _: {
        $0.description
      }.besidesWork),
    OptionRow(
      "skip-existing", .naming, of: .requesting.union([.prepare]),
      help: "Skip outputs that already exist."),
    OptionRow(
      "output-template", .naming, of: [.finish], takes: "pattern",
      help: "Name the result by a pattern of {stem}, {name}, and {ext}.",
      more: "They are those of the returned picture."),
  ]
}
