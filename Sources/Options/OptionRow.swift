/// An option of the command line: its one definition.
///
/// What the command prints about it, how a manifest names it, and what reports say of it follow from its row.
package struct OptionRow: Sendable {
  /// The long name, without dashes.
  package let name: String
  /// The name of its value in help; `nil` for a switch.
  package let value: String?
  /// One line of help, at most 60 characters.
  package let help: String
  /// What help says beyond that line; `nil`: nothing.
  package let discussion: String?
  /// What it is about.
  package let group: Group
  /// The commands that have it.
  package let commands: Set<Command>
  /// What it sets in the options of an edit; `nil`: it is no option of an edit, so manifests lack it.
  package let setting: OptionSetting?
  /// The key of the configuration that also sets it; `nil`: there is none.
  package let configurationKey: String?

  /// What options are about.
  package enum Group: Sendable, CaseIterable {
    case route, preparation, request, spending, result, naming, pictures, finishing, decoding, ledger, batch,
      history, simulator, general
  }

  /// A command of the program. The raw value is its name.
  package enum Command: String, Sendable, CaseIterable {
    case edit, generate, batch, prepare, finish, inspect, list, prune, recover, replay, settle, gateways,
      probe, simulate, doctor
  }

  /// - Parameters:
  ///   - value: the name of its value in help; `nil` for a switch.
  ///   - more: what help says beyond the line of help.
  init(
    _ name: String, _ group: Group, of commands: Set<Command>, takes value: String? = nil, help: String,
    more discussion: String? = nil, setting: OptionSetting? = nil, configurationKey: String? = nil
  ) {
    self.name = name
    self.value = value
    self.help = help
    self.discussion = discussion
    self.group = group
    self.commands = commands
    self.setting = setting
    self.configurationKey = configurationKey
  }
}

extension Set<OptionRow.Command> {
  static let all = Set(OptionRow.Command.allCases)
  /// The commands that request pictures.
  static let requesting: Self = [.edit, .generate, .batch]
  /// The commands that send one edit.
  static let sending: Self = [.edit, .generate]
  /// The commands that prepare pictures, or show how they would be prepared.
  static let preparing: Self = [.edit, .batch, .prepare, .inspect]
  static let finishing: Self = [.edit, .batch, .finish]
  /// The commands that write the results of one edit.
  static let writing: Self = [.edit, .generate, .recover, .replay]
}

extension OptionRow {
  /// Every option of every command. An option whose help differs between commands has several rows.
  package static let all =
    route + preparation + request + spending + result + finishing + pictures + batch + history + general

  /// The options of an edit that have a setting, which are those of a manifest.
  package static let ofEdits = all.filter { $0.setting != nil }

  /// The keys of the configuration that also set options.
  package static let configurationKeys = all.compactMap(\.configurationKey)

  /// The row of an option.
  ///
  /// - Parameters:
  ///   - name: its long name, without dashes.
  ///   - command: a command that has it; `nil` if all its rows are the same.
  package static func named(_ name: String, of command: Command? = nil) -> OptionRow? {
    byName[name]?.first { row in command.map(row.commands.contains) ?? true }
  }

  private static let byName = Dictionary(grouping: all, by: \.name)
}
