import PlantainSimulator
import Submission
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Probes` {
  private func probe(
    _ gateways: [Gateway], _ faults: [Fault], ledger: TemporaryFolder
  ) async throws -> (results: [ProbeResult], counts: Simulator.Counts) {
    try await Scenario(in: ledger).simulated(faults, by: gateways) { editor, simulator in
      (try await editor.probe(), await simulator.counts)
    }
  }

  private func fault(_ gateway: String, _ change: (inout Fault) -> Void) -> Fault {
    PlantainTests.fault {
      $0.gateway = gateway
      change(&$0)
    }
  }

  @Test func `every route is tried once, and the result is kept in the ledger`() async throws {
    let ledger = try TemporaryFolder()
    let (results, counts) = try await probe(Gateway.all, [], ledger: ledger)
    #expect(results.map(\.gateway) == Gateway.all.map(\.id))
    #expect(results.allSatisfy { $0.state == .healthy }, "\(results.map(\.reason))")
    #expect(counts.billed == Gateway.all.count)
    let kept = try await History(ledger: .file(ledger.file("ledger.sqlite"))).probes()
    #expect(Set(kept.map(\.gateway)) == Set(Gateway.all.map(\.id)))
    #expect(kept.first { $0.gateway == "apiyi" }?.at == results.first { $0.gateway == "apiyi" }?.at)
  }

  @Test func `a probe follows one whose outcome is unknown`() async throws {
    let ledger = try TemporaryFolder()
    let first = try await probe([.google], [fault("google") { $0.status = 500 }], ledger: ledger)
    #expect(first.results[0].error?.code == .outcomeUnknown)
    let second = try await probe([.google], [], ledger: ledger)
    #expect(second.results[0].state == .healthy, "\(second.results[0].reason)")
  }

  @Test func `a probe spends no more than allowed, and counts toward the day's limit`() async throws {
    let ledger = try TemporaryFolder()
    try await withSimulator { simulator in
      let routes = try [Gateway.google, .apiyi].map {
        try Route($0, key: key, baseURL: simulator.baseURL(for: $0))
      }
      try await withTestEditor(routes: routes, ledger: ledger) { editor in
        // Google's smallest picture costs 0.0336 USD, apiyi's 0.055.
        let few = SpendingLimits(perRun: Money(parsing: "0.06 USD"))
        let results = try await editor.probe(spending: few)
        #expect(results.compactMap(\.error).map(\.exitStatus) == [81])
        #expect(await simulator.counts.billed == 1)
        let day = SpendingLimits(perDay: Money(parsing: "0.09 USD"))
        _ = try await editor.probe(spending: day)
        let last = try await editor.probe(spending: day)
        #expect(last.allSatisfy { $0.error?.exitStatus == 81 && $0.state == .inconclusive })
      }
    }
    let kept = try await History(ledger: .file(ledger.file("ledger.sqlite"))).probes()
    #expect(kept.allSatisfy { $0.state == .healthy }, "a route that was not tried is not in the ledger")
  }

  @Test func `a failing route is told from other causes of failure`() async throws {
    let faults = [
      fault("myrouter") { $0.status = 429 }, fault("gccai") { $0.taskFailure = "boom" },
      fault("apiyi") { $0.finishReason = "NO_IMAGE" }, fault("aimlapi") { $0.status = 402 },
      fault("crazyrouter") { $0.blockReason = "SAFETY" }, fault("google") { $0.status = 503 },
      fault("simulator") { $0.status = 500 },
    ]
    let ledger = try TemporaryFolder()
    let (results, counts) = try await probe(Gateway.all, faults, ledger: ledger)
    let expected: [String: ProbeResult.State] = [
      "myrouter": .inconclusive, "gccai": .unhealthy, "apiyi": .unhealthy, "aimlapi": .inconclusive,
      "crazyrouter": .inconclusive, "google": .unhealthy, "simulator": .unhealthy,
    ]
    for result in results { #expect(result.state == expected[result.gateway], "\(result)") }
    #expect(counts.received == Gateway.all.count, "nothing is tried twice")
    // The newest result counts.
    let (again, _) = try await probe([.google], [], ledger: ledger)
    #expect(again[0].state == .healthy)
    let kept = try await History(ledger: .file(ledger.file("ledger.sqlite"))).probes()
    #expect(kept.first { $0.gateway == "google" }?.state == .healthy)
    #expect(kept.count == Gateway.all.count)
  }
}
