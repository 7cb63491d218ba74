import ArgumentParser
import Foundation
import Plantain
import Testing

@testable import PlantainCommand

/// Every option is defined once, in the table. These tests compare the table with the options that the
/// commands declare.
@Suite struct `The table of options` {
  /// The help that a command prints about an option.
  private struct Help: Hashable {
    let value: String?
    let help: String
    let discussion: String?

    init(_ row: OptionRow) { (value, help, discussion) = (row.value, row.help, row.discussion) }

    init(value: String?, help: String, discussion: String?) {
      (self.value, self.help, self.discussion) = (value, help, discussion)
    }
  }

  private static let commands: [OptionRow.Command: any ParsableArguments.Type] = [
    .edit: EditCommand.self, .generate: GenerateCommand.self, .batch: BatchCommand.self,
    .prepare: PrepareCommand.self, .finish: FinishCommand.self, .inspect: InspectCommand.self,
    .list: HistoryListCommand.self, .prune: HistoryPruneCommand.self, .recover: RecoverCommand.self,
    .replay: ReplayCommand.self, .settle: SettleCommand.self, .gateways: GatewaysCommand.self,
    .probe: ProbeCommand.self, .simulate: SimulateCommand.self, .doctor: DoctorCommand.self,
  ]

  @Test(arguments: OptionRow.Command.allCases)
  func `every option of a command is in the table, and every row in the command`(
    command: OptionRow.Command
  ) throws {
    let declared = try Self.declared(by: #require(Self.commands[command]))
    let rows = OptionRow.all.filter { $0.commands.contains(command) }
    #expect(Set(rows.map(\.name)).count == rows.count, "two rows have the same name")
    #expect(declared.keys.sorted() == rows.map(\.name).sorted())
    for row in rows { #expect(declared[row.name] == Help(row), "\(row.name)") }
  }

  @Test func `every command is in the table`() {
    var names: Set<String> = []
    for command in PlantainCommand.configuration.subcommands {
      let own = command.configuration
      guard own.subcommands.isEmpty else {
        for part in own.subcommands { names.insert(part.configuration.commandName ?? "") }
        continue
      }
      names.insert(own.commandName ?? "")
    }
    // This one has no options.
    #expect(names.remove("completion") != nil)
    #expect(names == Set(OptionRow.Command.allCases.map(\.rawValue)))
  }

  private static let groups: [(type: any ParsableArguments.Type, groups: Set<OptionRow.Group>)] = [
    (RouteFlags.self, [.route]), (PreparationFlags.self, [.route, .preparation]),
    (SpendingFlags.self, [.spending]), (NamingFlags.self, [.naming]), (LedgerFlags.self, [.ledger]),
    (OutputOptions.self, [.general]), (ResultFlags.self, [.result, .ledger, .general]),
    (SendingFlags.self, [.request, .spending, .naming, .result, .ledger, .general]),
    (FinishFlags.self, [.finishing]), (WorkerFlags.self, [.decoding]),
  ]

  @Test(arguments: groups.indices) func `options that are declared together are one group`(index: Int) throws
  {
    let (type, groups) = Self.groups[index]
    let rows = OptionRow.all.filter { $0.commands.contains(.edit) && groups.contains($0.group) }
    #expect(try Self.declared(by: type).keys.sorted() == rows.map(\.name).sorted())
  }

  @Test func `help fits its line`() {
    for row in OptionRow.all { #expect(row.help.count <= 60, "\(row.name)") }
  }

  /// The options that a type declares, by their long names.
  private static func declared(by type: any ParsableArguments.Type) throws -> [String: Help] {
    let command = try JSONDecoder().decode(Dump.self, from: Data(type._dumpHelp().utf8)).command
    let options = command.arguments.filter { $0.kind != "positional" && $0.valueName != "help" }
    let named = options.compactMap { option -> (String, Help)? in
      guard let name = option.names?.first(where: { $0.kind == "long" })?.name else { return nil }
      let value = option.kind == "option" ? option.valueName : nil
      return (name, Help(value: value, help: option.abstract ?? "", discussion: option.discussion))
    }
    let all = Dictionary(uniqueKeysWithValues: named.filter { $0.0 != "help" && $0.0 != "version" })
    // A switch with a default of its own also has the opposite name, which is no option of its own.
    return all.filter { name, help in !name.hasPrefix("no-") || all[String(name.dropFirst(3))] != help }
  }

  private struct Dump: Decodable {
    struct Command: Decodable { let arguments: [Argument] }
    struct Argument: Decodable {
      struct Name: Decodable { let kind, name: String }
      let kind: String
      let names: [Name]?
      let valueName, abstract, discussion: String?
    }
    let command: Command
  }
}
