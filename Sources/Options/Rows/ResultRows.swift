import Core
import Editing

extension OptionRow {
  /// Where results are written, and in which form.
  static let result: [OptionRow] = [
    OptionRow(
      "output", .result, of: .writing, takes: "out",
      help: "Output file, folder, or - (default: NAME.edited.EXT).",
      more: "- is standard output. The default is beside the first reference."),
    OptionRow(
      "output-format", .result, of: .writing, takes: "jpeg|png|webp",
      help: "Format of the result (default: from -o, or as received).",
      more: "It is requested from the gateway if that has a choice, and otherwise converted here.",
      setting: .optional(
        \.outputFormat, "jpeg, png or webp", OptionSetting.writable, OptionSetting.word)),
    OptionRow(
      "raw", .result, of: .writing,
      help: "Write the model's own bytes, with their true extension.",
      setting: .flag(\.isRaw)),
    OptionRow(
      "timeout", .result, of: .writing.union([.probe]), takes: "duration",
      help: "Timeout: 90s, 6m (default: the gateway's).",
      setting: OptionSetting.optional(\.timeout, "a time such as 90s or 6m", Duration.init(parsing:)) {
        "\(Int(($0 / .milliseconds(1)).rounded(.up)))ms"
      }.besidesWork),
    OptionRow(
      "overwrite", .result, of: [.edit, .generate, .batch, .prepare, .recover, .replay],
      help: "Replace existing files.",
      setting: OptionSetting.flag(\.overwrites).besidesWork),
    OptionRow(
      "output", .result, of: [.batch], takes: "dir",
      help: "The output folder (default: beside each first reference)."),
    OptionRow(
      "timeout", .result, of: [.batch], takes: "duration",
      help: "Timeout of each edit: 90s, 6m (default: the gateway's)."),
    OptionRow(
      "output", .result, of: [.prepare], takes: "out",
      help: "Output folder; for one picture also a file, or -.",
      more: "A file ends in .jpg, .png, or .webp. - is standard output."),
    OptionRow(
      "in-place", .result, of: [.prepare],
      help: "Replace each source by its prepared picture, in its format."),
    OptionRow(
      "data-uri", .result, of: [.prepare],
      help: "Print each prepared picture as a data URI."),
    OptionRow(
      "base64", .result, of: [.prepare],
      help: "Print each prepared picture as base64."),
    OptionRow(
      "timeout", .result, of: [.prepare], takes: "duration",
      help: "Timeout for encoding: 90s, 6m (default: none)."),
    OptionRow(
      "output", .result, of: [.finish], takes: "out",
      help: "Output file, folder, or - (default: NAME.finished.EXT).",
      more: "- is standard output. The default is beside the returned picture."),
    OptionRow(
      "overwrite", .result, of: [.finish],
      help: "Replace an existing file."),
  ]
}
