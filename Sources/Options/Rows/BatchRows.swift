import Core

extension OptionRow {
  /// How a batch runs.
  static let batch: [OptionRow] = [
    OptionRow(
      "run", .batch, of: [.batch], takes: "run",
      help: "With --again: continue this interrupted run."),
    OptionRow(
      "jobs", .batch, of: [.batch], takes: "n",
      help: "Maximum edits in flight (default: adaptive, up to 64)."),
    OptionRow(
      "limit", .batch, of: [.batch], takes: "n",
      help: "Do only the first N pending jobs (default: all)."),
    OptionRow(
      "progress", .batch, of: [.batch], takes: "bar|plain|json|none",
      help: "Progress on standard error (default: bar, plain if piped).",
      more: "The default is plain with --verbose, and none with --quiet."),
    OptionRow(
      "report", .batch, of: [.batch], takes: "file.html",
      help: "Write an offline HTML page with the outcome of all jobs."),
    OptionRow(
      "contact-sheet", .batch, of: [.batch], takes: "file.jpg|.png|.webp",
      help: "Write one picture of all originals and results."),
  ]
}
