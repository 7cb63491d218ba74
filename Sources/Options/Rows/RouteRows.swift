import Core
import Editing
import Gateways

extension OptionRow {
  /// Which gateway and model are used, and which shape and size of the result they are asked for.
  static let route: [OptionRow] = [
    OptionRow(
      "gateway", .route, of: .preparing.union([.generate]), takes: "id",
      help: "The gateway (default: PLANTAIN_GATEWAY).",
      more: "Several, separated by commas, are tried in order.", configurationKey: "gateway"),
    OptionRow(
      "model", .route, of: .preparing.union([.generate]), takes: "id",
      help: "A model id of the gateway (default: its first model).",
      setting: .optional(\.model, "a model id") { $0.isEmpty ? nil : $0 }),
    OptionRow(
      "aspect", .route, of: .preparing.union([.generate]), takes: "ratio",
      help: "Aspect ratio of the result: source, auto, or W:H.",
      more: "source is the nearest ratio that the model has, auto the gateway's choice.",
      setting: .optional(
        \.aspect, "source, auto or a ratio such as 16:9", EditOptions.Aspect.init(parsing:), \.description)),
    OptionRow(
      "nearest", .route, of: .preparing.union([.generate]),
      help: "Replace an unsupported ratio or tier by the nearest one.",
      setting: .flag(\.acceptsNearest)),
    OptionRow(
      "tier", .route, of: .preparing.union([.generate]), takes: "tier",
      help: "Size of the result: 0.5K, 1K, 2K, or 4K (default: 1K).",
      setting: .optional(\.tier, "0.5K, 1K, 2K or 4K") { Tier(rawValue: $0.uppercased()) }),
    OptionRow(
      "gateway", .route, of: [.probe], takes: "id",
      help: "A gateway; may be repeated (default: PLANTAIN_GATEWAY).",
      more: "Without PLANTAIN_GATEWAY, the default is that of the configuration."),
  ]
}
