import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

@Suite(.endsInTime) struct `A configuration and the commands` {
  /// A folder with a key and a configuration whose gateway `house` is the simulator.
  private func settled(_ simulator: Simulator, key: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Array("\(Command.canary)\n".utf8), as: "key")
    let text = """
      gateway: house
      gateways:
        house:
          dialect: task
          url: \(simulator.baseURL)/house
          \(key)
          prices: {1K: 0.03 USD}
      """
    try folder.write(Array(text.utf8), as: "config.yaml")
    return folder
  }

  private static let house: Gateway = {
    var gateway = Gateway.gccai
    gateway.id = "house"
    return gateway
  }()

  @Test(
    .enabled(if: !isFastRun), arguments: ["key_file: key", "key_command: cat \"$KEY\"", "key_name: HOUSE"])
  func `an edit through a gateway defined in the configuration`(source: String) async throws {
    try await withSimulator(gateways: [Self.house]) { simulator in
      let folder = try settled(simulator, key: source)
      let environment = [
        "XDG_CONFIG_HOME": "/nowhere", "KEY": folder.file("key"),
        "HOUSE": source.hasSuffix("HOUSE") ? Command.canary : "",
      ]
      let outcome = try await Command(folder: folder.path, environment: environment).run(
        "edit", Samples.portrait, "-p", "warm", "-o", "out.jpg", "--config", "config.yaml", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let object = try #require(try outcome.objects().first)
      #expect(object["gateway"] as? String == "house")
      #expect((object["cost"] as? [String: Any])?["amount"] as? Double == 0.03)
      #expect(await simulator.counts.billed == 1)
    }
  }

  @Test func `the user's configuration file is found, and named when it is invalid`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("plantain"), withIntermediateDirectories: true)
    try folder.write(Array("gateway: simulator\n".utf8), as: "plantain/config.yaml")
    let command = Command(environment: ["XDG_CONFIG_HOME": folder.path])
    let outcome = try await command.run("edit", Samples.coffee, "-p", "x", "--dry-run", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.objects().first?["gateway"] as? String == "simulator")
    try folder.write(Array("gateway: simulator\ngatway: x\n".utf8), as: "plantain/config.yaml")
    let broken = try await command.run("gateways")
    #expect(broken.status == 78)
    #expect(broken.errors.contains("plantain/config.yaml: line 2: unknown name gatway"))
  }
}
