import Core
import Editing
import Gateways

extension OptionRow {
  /// What is asked of the gateway, and how.
  static let request: [OptionRow] = [
    OptionRow(
      "prompt", .request, of: .sending, takes: "text",
      help: "The prompt: what the picture should become."),
    OptionRow(
      "prompt-file", .request, of: .sending, takes: "file",
      help: "Read the prompt from a file, or - for standard input."),
    OptionRow(
      "base-url", .request, of: .requesting, takes: "url",
      help: "Base URL of a compatible host (default: the gateway's)."),
    OptionRow(
      "request-bytes", .request, of: .sending, takes: "size",
      help: "Maximum size of the request (default: the gateway's).",
      setting: .size(\.requestBytes, "a size such as 20MB")),
    OptionRow(
      "count", .request, of: .sending, takes: "n",
      help: "Number of pictures.",
      more: "More than the gateway makes at once take several requests, each at its price.",
      setting: .value(\.count, "a whole number") { Int($0) }),
    OptionRow(
      "web-search", .request, of: .sending,
      help: "Let the model search the web, if the gateway supports it.",
      setting: .flag(\.webSearch)),
    OptionRow(
      "image-search", .request, of: .sending,
      help: "Let the model search for pictures, if supported.",
      setting: .flag(\.imageSearch)),
    OptionRow(
      "official-fallback", .request, of: .sending,
      help: "Allow fallback to the model maker's channel, if supported.",
      setting: .flag(\.officialFallback)),
    OptionRow(
      "thinking", .request, of: .sending, takes: "minimal|high",
      help: "Thinking level, if the gateway supports it.",
      setting: .optional(\.thinking, "minimal or high") { ThinkingLevel(rawValue: $0) }),
    OptionRow(
      "dry-run", .request, of: .sending,
      help: "Prepare, and print request and price; open no socket."),
    OptionRow(
      "again", .request, of: .sending,
      help: "Send even if an identical edit has an unknown outcome."),
    OptionRow(
      "prompt", .request, of: [.batch], takes: "text",
      help: "The prompt for lines without one."),
    OptionRow(
      "prompt-file", .request, of: [.batch], takes: "file",
      help: "Read that prompt from a file, or - for standard input."),
    OptionRow(
      "again", .request, of: [.batch],
      help: "Send done and ambiguous jobs again, and pay for them again."),
    OptionRow(
      "dry-run", .request, of: [.batch],
      help: "Prepare, and print requests and prices; open no socket."),
    OptionRow(
      "base-url", .request, of: [.recover, .replay, .settle], takes: "url",
      help: "Base URL of a compatible host (default: the edit's)."),
    OptionRow(
      "dry-run", .request, of: [.probe],
      help: "Print what would be sent and its price; open no socket."),
  ]
}
