import UserConfiguration
import ArgumentParser
import Editing
import Finishing
import Gateways
import Logging
import PlantainSimulator

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run a local gateway that edits pictures, for offline tests.",
    discussion: """
      Each gateway is simulated below its id (http://127.0.0.1:PORT/gccai). The root serves the dialects of \
      Google, of myrouter, and of OpenAI's images. GET /counts reports how many requests arrived and how \
      many would have been billed.

      A script is a JSON array of objects. Each request for pictures uses one of them; {} succeeds.
        any request   gateway ID, times N, delay SECONDS, billed true|false
        no picture    status N, body TEXT, retryAfter SECONDS|DATE; noPicture true
        connection    reset-request, reset-reply, cut-reply, stall, stall-reply
        the picture   label MIME-TYPE; drift {right PX, down PX, scale FACTOR, tint [R, G, B]}
        native        thoughts N, onlyThought true, words TEXT, blockReason WORD, finishReason WORD,
                      inText data-uri|address
        by address    download expired|cut, redirect URL
        task          polls N, taskFailure TEXT
      """)

  @Option(help: .row("port")) var port: Int = 0

  @Option(help: .row("script"), completion: .row("script")) var script: String?

  @OptionGroup(title: "Output") var common: OutputOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0…65535.") }
  }

  func run() async throws {
    common.startLogging()
    let gateways = try common.configuration().gateways
    let faults = try script.map { try readScript($0, gateways) } ?? []
    do {
      try await simulate(gateways, faults)
    } catch let error as Simulator.CannotListen {
      throw PlantainError.usage(
        "cannot listen on 127.0.0.1:\(port): \(error.message)",
        hint: "Choose another port with --port, or 0 for any free one.")
    }
  }

  private func simulate(_ gateways: [Gateway], _ faults: [Fault]) async throws {
    let logger = Logger(label: "plantain")
    try await withWorkers { processor in
      try await withSimulator(
        port: port, gateways: gateways, faults: faults, processor: processor, log: { logger.debug("\($0)") }
      ) { simulator in
        announce(simulator, gateways)
        // It runs until Ctrl-C cancels the task.
        try? await Task.sleep(for: .seconds(100 * 365 * 86_400))
        let counts = await simulator.counts
        common.note("\(counts.received) requests, of which \(counts.billed) would have been billed")
        throw CommandFailure(status: ExitStatus.of(.interrupted))
      }
    }
  }

  private func readScript(_ path: String, _ gateways: [Gateway]) throws(PlantainError) -> [Fault] {
    let text = try TextFile.read(path, as: "a fault script")
    do throws(FaultScript.Mistake) {
      return try FaultScript.read(text, gateways: gateways)
    } catch {
      throw .unusable(
        path, error.message, hint: "Fix the script. Run plantain help simulate for a list of faults.")
    }
  }

  private func announce(_ simulator: Simulator, _ gateways: [Gateway]) {
    if common.json {
      Console.printJSON(Report(simulator, gateways))
    } else {
      Console.print(simulator.baseURL)
    }
    common.note("Press Ctrl-C to stop. To use it: PLANTAIN_SIMULATOR_URL=\(simulator.baseURL)")
    for gateway in gateways where gateway.id != Gateway.simulator.id {
      common.note("  \(gateway.addressVariable)=\(simulator.baseURL(for: gateway))")
    }
  }

  private struct Report: Encodable {
    let baseURL: String
    let gateways: [String: String]

    init(_ simulator: Simulator, _ gateways: [Gateway]) {
      baseURL = simulator.baseURL
      self.gateways = Dictionary(uniqueKeysWithValues: gateways.map { ($0.id, simulator.baseURL(for: $0)) })
    }
  }
}
