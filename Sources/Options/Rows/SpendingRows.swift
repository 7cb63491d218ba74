import Core
import Editing
import Gateways

extension OptionRow {
  /// What an edit may cost.
  static let spending: [OptionRow] = [
    OptionRow(
      "max-cost", .spending, of: .requesting, takes: "sum",
      help: "Spending limit (default: max_cost of the configuration).",
      more: "A request that could exceed the limit is not sent.", configurationKey: "max_cost"),
    OptionRow(
      "price", .spending, of: .requesting, takes: "sum",
      help: "Price of a picture, as in 0.05USD (default: the table's).",
      more: "It replaces known prices, at every gateway that is named.",
      setting: OptionSetting.optional(\.price, "a sum such as 0.05USD", Money.init(parsing:)).besidesWork),
  ]
}
