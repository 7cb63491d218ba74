import ArgumentParser
import UserConfiguration

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check decoders, worker, keys, configuration, and ledger.",
    discussion: Examples.of(
      "doctor",
      after: """
        Sends nothing. The exit status is 0 unless a check is bad. A missing key or decoder is only reported.
        """))

  @OptionGroup(title: "Ledger") var ledger: LedgerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func run() async throws {
    common.startLogging()
    let findings = await Doctor(configuration: common.config, ledger: ledger.file).examine()
    for finding in findings {
      if common.json {
        Console.printJSON(finding)
      } else {
        let hint = finding.state == .good ? nil : finding.hint
        let line = "\(finding.state.rawValue)  \(finding.name): \(finding.detail)"
        Console.print(line)
        if let hint { Console.print("      \(hint.namingFlags)") }
      }
    }
    if let bad = findings.lazy.compactMap(\.code).first { throw CommandFailure(status: ExitStatus.of(bad)) }
  }
}
