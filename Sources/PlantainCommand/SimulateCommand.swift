import ArgumentParser
import Plantain
import PlantainSimulator

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run a local gateway that really edits, for trying things out and for offline tests.")

  @Option(help: ArgumentHelp("The port on 127.0.0.1; 0 takes a free one.", valueName: "n"))
  var port: Int = 0

  @OptionGroup var common: OutputOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("Expected 0…65535 for --port.") }
  }

  func run() async throws {
    try await withSimulator(port: port) { simulator in
      Console.print(simulator.baseURL)
      common.note("Ctrl-C ends it. To use it: PLANTAIN_SIMULATOR_URL=\(simulator.baseURL)")
      try await Task.sleep(for: .seconds(100 * 365 * 86_400))
    }
  }
}
