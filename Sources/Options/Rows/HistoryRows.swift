import Core

extension OptionRow {
  /// What is shown of the ledger, and what is changed in it.
  static let history: [OptionRow] = [
    OptionRow(
      "most", .history, of: [.list], takes: "n",
      help: "Maximum number of entries (default: 20; all with --run)."),
    OptionRow(
      "runs", .history, of: [.list],
      help: "List runs of batches instead of edits."),
    OptionRow(
      "totals", .history, of: [.list],
      help: "Sum up what was billed by day, gateway, and currency."),
    OptionRow(
      "run", .history, of: [.list], takes: "run",
      help: "Only edits of this run of a batch."),
    OptionRow(
      "search", .history, of: [.list], takes: "text",
      help: "Only edits with this text in their prompt or file names."),
    OptionRow(
      "since", .history, of: [.list], takes: "time",
      help: "Only edits since: 2h, 7d, today, yesterday, 2026-11-01."),
    OptionRow(
      "gateway", .history, of: [.list], takes: "id",
      help: "Only edits sent to this gateway."),
    OptionRow(
      "failed", .history, of: [.list],
      help: "Only edits that failed or have an unknown outcome."),
    OptionRow(
      "older-than", .history, of: [.prune], takes: "age",
      help: "Minimum age of edits to remove: 30d, 12w (at least 1d)."),
    OptionRow(
      "done-jobs", .history, of: [.prune],
      help: "Also remove done batch jobs, which are then paid again."),
    OptionRow(
      "dry-run", .history, of: [.prune],
      help: "Only say what would be removed."),
    OptionRow(
      "as", .history, of: [.settle], takes: "billed|unbilled|resend",
      help: "The outcome to record."),
  ]
}
