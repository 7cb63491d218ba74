import Gateways
import UserConfiguration
import ArgumentParser
import Editing
import Reports

struct GatewaysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateways",
    abstract: "List what gateways accept, and when their pages were read.",
    discussion: Examples.of("gateways"))

  @Argument(
    help: ArgumentHelp("Show one gateway, with its models' tiers and ratios.", valueName: "id"),
    completion: .gateways)
  var id: String?

  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let configuration = try common.configuration()
    let gateways = try id.map { [try configuration.gateways(named: $0)[0]] } ?? configuration.gateways
    // The table is shown even if the ledger cannot be read.
    let probes = (try? await History(ledger: ledger.location(configuration)).probes()) ?? []
    for gateway in gateways {
      let address = configuration.address(of: gateway)
      let probe = probes.first { $0.gateway == gateway.id && (address == nil || $0.baseURL == address) }
      var report = GatewayReport(gateway, probe: probe)
      report.options = report.options.map { "--\($0)" }
      if common.json {
        Console.printJSON(report)
      } else {
        for line in Summary.lines(of: report, isLong: id != nil) { Console.print(line) }
      }
    }
  }
}
