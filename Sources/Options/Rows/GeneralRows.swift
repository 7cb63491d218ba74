import Core

extension OptionRow {
  /// Options of most commands.
  static let general: [OptionRow] = [
    OptionRow(
      "json", .general, of: .all,
      help: "Print only JSON on standard output, one object per line."),
    OptionRow(
      "quiet", .general, of: .all,
      help: "Print only errors on standard error."),
    OptionRow(
      "verbose", .general, of: .all,
      help: "Log requests and replies, without pictures and keys."),
    OptionRow(
      "config", .general, of: .all, takes: "file",
      help: "Configuration file (default: plantain/config.yaml).",
      more: "The default is in the user's configuration folder."),
    OptionRow(
      "ledger", .ledger,
      of: [.edit, .generate, .batch, .list, .prune, .recover, .replay, .settle, .gateways, .probe, .doctor],
      takes: "file",
      help: "The ledger of what was sent (default: PLANTAIN_LEDGER).",
      more: "Without PLANTAIN_LEDGER, it is in the user's data folder.", configurationKey: "ledger"),
    OptionRow(
      "memory", .decoding,
      of: [.edit, .generate, .batch, .prepare, .finish, .recover, .replay, .settle, .probe], takes: "size",
      help: "Total memory limit (default: half of the machine's)."),
    OptionRow(
      "port", .simulator, of: [.simulate], takes: "n",
      help: "The port on 127.0.0.1; 0 is any free one."),
    OptionRow(
      "script", .simulator, of: [.simulate], takes: "faults.json",
      help: "A JSON array of faults, one for each request in turn."),
  ]
}
