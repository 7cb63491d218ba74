import Plantain
import PlantainSimulator
import TestSupport
import Testing

@Suite(.endsInTime) struct `plantain probe, and partly failed edits` {
  @Test func `probe reports every route, and exits with the first failure's status`() async throws {
    let refused = fault {
      $0.gateway = "google"
      $0.status = 500
    }
    try await withSimulator(faults: [refused]) { simulator in
      let folder = try TemporaryFolder()
      let command = Command(
        folder: folder.path,
        environment: [
          "PLANTAIN_APIYI_URL": simulator.baseURL(for: .apiyi), "GOOGLE_API_KEY": Command.canary,
          "PLANTAIN_GOOGLE_URL": simulator.baseURL(for: .google),
          "PLANTAIN_LEDGER": folder.file("ledger.sqlite"),
        ])
      let dry = try await command.run("probe", "--gateway", "apiyi", "--gateway", "google", "--dry-run")
      #expect(dry.status == 0)
      #expect(dry.lines.count == 2)
      #expect(await simulator.counts.received == 0)
      let outcome = try await command.run(
        "probe", "--gateway", "apiyi", "--gateway", "google", "--json", "--quiet")
      #expect(outcome.status == 76, "\(outcome.errors)")
      #expect(try outcome.objects().map { $0["state"] as? String } == ["healthy", "unhealthy"])
      let table = try await command.run("gateways", "apiyi", "--json")
      let probe = try #require(try table.objects().first?["probe"] as? [String: Any])
      #expect(probe["state"] as? String == "healthy")
      // The route at its own address has not been tried.
      var elsewhere = command
      elsewhere.environment["PLANTAIN_APIYI_URL"] = ""
      let other = try await elsewhere.run("gateways", "apiyi", "--json")
      #expect(try other.objects().first?["probe"] == nil)
    }
  }

  @Test func `an edit with a possibly billed and lost part writes the rest and exits with 76`()
    async throws
  {
    try await withSimulator(faults: [fault { $0.connection = .resetReply }]) { simulator in
      let folder = try TemporaryFolder()
      let outcome = try await Command(folder: folder.path).run(
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--count", "2", "-o", "out.jpg",
        "--base-url", simulator.baseURL(for: .apiyi))
      #expect(outcome.status == 76, "\(outcome.errors)")
      // Either request may be the first to arrive. The name tells which picture came.
      #expect(outcome.lines == ["out-1.jpg"] || outcome.lines == ["out-2.jpg"])
      #expect(folder.names == outcome.lines)
      #expect(outcome.errors.contains("plantain history "))
    }
  }

  @Test func `an invalid fault script is named, and so is a port in use`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("[{\"statsu\": 500}]".utf8), as: "faults.json")
    let command = Command(folder: folder.path)
    let script = try await command.run("simulate", "--script", "faults.json")
    #expect(script.status == 65)
    #expect(script.errors.contains("faults.json: fault 1: there is no statsu"))
    try await withSimulator { simulator in
      let port = String(simulator.baseURL.split(separator: ":")[2])
      let taken = try await command.run("simulate", "--port", port)
      #expect(taken.status == 64)
      #expect(taken.errors.contains("127.0.0.1:\(port)"))
    }
  }
}
