import Core
import Finishing
import Foundation
import Ledger
import PlantainSimulator
import Submission
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// A job for several pictures is done when all of them are there. Until then, the next run sends for those
/// that are missing, and for no others.
@Suite(.endsInTime) struct `Jobs for several pictures` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws {
    scenario = try Scenario()
    try writeManifest()
  }

  private func writeManifest(_ output: String = "many.png", count: Int = 3) throws {
    let line = #"{"references": ["a.jpg"], "prompt": "x", "count": "\#(count)", "output": "\#(output)"}"#
    try folder.writeManifest([line])
  }

  private func run(_ editor: Editor, _ again: ResendPolicy = .no) async throws -> BatchSummary {
    try await Batch(editor, again: again).run(scenario.manifest(for: editor.routes[0].gateway))
  }

  private func plan(_ editor: Editor) async throws -> BatchPlan {
    try await Batch(editor).plan(scenario.manifest(for: editor.routes[0].gateway))
  }

  private func names(_ stem: String = "many", _ numbers: ClosedRange<Int> = 1...3) -> [String] {
    numbers.map { "\(stem)-\($0).png" }
  }

  @Test(arguments: [(Gateway.apiyi, 3, 3), (.gccai, 6, 2)])
  func `what is missing is sent for once, under its numbers`(
    gateway: Gateway, count: Int, requests: Int
  ) async throws {
    try writeManifest(count: count)
    try await scenario.simulated([fault { $0.status = 400 }], by: gateway) { editor, simulator in
      let first = try await run(editor)
      #expect(first.failed == 1 && first.done == 0 && first.exitStatus == 82)
      let come = folder.names(in: "out")
      #expect(await simulator.counts.received == requests && !come.isEmpty && come.count < count)
      let plan = try await plan(editor)
      #expect(plan.jobs == 1 && plan.skipped == 0)
      if gateway.id == "apiyi" { #expect(plan.cost.amount == 0.055) }
      let second = try await run(editor)
      #expect(second.done == 1 && second.exitStatus == 0 && second.billed == count - come.count)
      #expect(folder.names(in: "out") == names("many", 1...count))
      #expect(await simulator.counts.received == requests + 1)
      #expect(try await run(editor).skipped == 1)
      #expect(try await self.plan(editor).skipped == 1)
      #expect(await simulator.counts.received == requests + 1)
    }
  }

  @Test func `a picture with an unknown outcome is listed, and not sent for`() async throws {
    try await scenario.simulated([fault { $0.connection = .resetReply }], by: .apiyi) { editor, simulator in
      for _ in 0..<2 {
        let summary = try await run(editor)
        #expect(summary.ambiguous == 1 && summary.done == 0 && summary.exitStatus == 76)
        #expect(summary.unsettled.count == 1 && summary.unsettled.first?.name == "a.jpg")
      }
      #expect(try await plan(editor).ambiguous == 1)
      #expect(await simulator.counts.received == 3)
    }
  }

  @Test func `what is missing is sent for beside a picture with an unknown outcome`() async throws {
    let faults = [fault { $0.connection = .resetReply }, fault { $0.status = 400 }]
    try await scenario.simulated(faults, by: .apiyi) { editor, simulator in
      _ = try await run(editor)
      let plan = try await plan(editor)
      #expect(plan.jobs == 1 && plan.ambiguous == 1 && plan.cost.amount == 0.055)
      let second = try await run(editor)
      #expect(second.ambiguous == 1 && second.exitStatus == 76 && second.billed == 1)
      #expect(folder.names(in: "out").count == 2)
      #expect(await simulator.counts.received == 4)
    }
  }

  @Test(arguments: Settlement.allCases)
  func `a settled picture is lost, or sent for once`(verdict: Settlement) async throws {
    try await scenario.simulated([fault { $0.connection = .resetReply }], by: .apiyi) { editor, simulator in
      _ = try await run(editor)
      _ = try await editor.settle(scenario.history.edits()[0].id, as: verdict)
      for position in 0..<3 {
        let plan = try await plan(editor)
        let summary = try await run(editor)
        if verdict == .billed {
          #expect(plan.jobs == 0 && plan.failed == 1)
          #expect(summary.failed == 1 && summary.exitStatus == 80 && summary.billed == 0)
        } else {
          #expect(plan.jobs == (position == 0 ? 1 : 0))
          #expect(summary.exitStatus == 0 && (position == 0 ? summary.done : summary.skipped) == 1)
          #expect(folder.names(in: "out") == names())
        }
      }
      #expect(await simulator.counts.received == (verdict == .billed ? 3 : 4))
    }
  }

  @Test func `pictures of several edits are copied together, and pruning keeps them all`() async throws {
    try await scenario.simulated([fault { $0.status = 400 }], by: .apiyi) { editor, simulator in
      _ = try await run(editor)
      _ = try await run(editor)
      let ledger = try editor.store.ledger()
      for var entry in try await ledger.edits(maximum: 10) where entry.count == 3 {
        entry.created -= 40 * 86_400_000
        try await ledger.save(entry)
      }
      let pruned = try await scenario.history.prune(olderThan: .seconds(30 * 86_400))
      #expect(pruned.pruned == 0 && pruned.doneJobs == 1)
      try writeManifest("other.png")
      #expect(try await run(editor).done == 1)
      #expect(folder.names(in: "out") == names() + names("other"))
      #expect(try await run(editor).skipped == 1)
      #expect(await simulator.counts.received == 4)
    }
  }

  @Test func `the rest is written beside the pictures of another output`() async throws {
    try await scenario.simulated([fault { $0.status = 400 }], by: .apiyi) { editor, simulator in
      _ = try await run(editor)
      try writeManifest("other.png")
      let summary = try await run(editor)
      #expect(summary.done == 1 && summary.exitStatus == 0 && summary.billed == 1)
      #expect(folder.names(in: "out").filter { $0.hasPrefix("other") } == names("other"))
      #expect(await simulator.counts.received == 4)
    }
  }

  /// Its own files exist, and explain less than what is open.
  @Test func `a repeated edit with an unknown picture sends nothing`() async throws {
    let options = editOptions { ($0.count, $0.output) = (3, scenario.output("e.png")) }
    let again = editOptions { ($0.count, $0.output, $0.sendsAgain) = (3, scenario.output("f.png"), true) }
    try await scenario.simulated([fault { $0.connection = .resetReply }], by: .apiyi) { editor, simulator in
      let picture = scenario.picture
      let first = try await editor.edit("x", references: [picture], options: options)
      #expect(first.images.count == 2)
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: options)
      }
      #expect(error?.exitStatus == 76)
      #expect(await simulator.counts.received == 3)
      let second = try await editor.edit("x", references: [picture], options: again)
      #expect(second.images.count == 3)
      #expect(await simulator.counts.received == 6)
    }
  }

  @Test func `requests that were never sent do not count as spent`() async throws {
    let store = try LedgerStore(.file(folder.file("ledger.sqlite")))
    for (id, numbers, states, spent) in [
      ("e1", [[1], [2], [3]], ["done"], 50_000), ("e2", [[1], [2], [3]], ["done", "unbilled"], 100_000),
      ("e3", [[1, 2, 3, 4], [5, 6]], ["unbilled", "ambiguous"], 200_000),
    ] {
      let count = numbers.reduce(0) { $0 + $1.count }
      let output = EditEntry.Output(
        path: "/o/a.png", isFile: true, overwrites: false, format: nil, numbers: numbers)
      let entry = EditEntry(
        id: id, created: .now, prompt: "x", gateway: "apiyi", model: "m", tier: "1K", aspect: nil,
        count: count, sources: [], output: output, priceMillionths: 50_000 * count, currency: "USD",
        finishing: nil)
      try await store.ledger().save(entry)
      for (position, state) in states.enumerated() {
        _ = try await store.ledger().insert(
          AttemptEntry(
            edit: id, part: position + 1, number: 1, gateway: "apiyi", model: "m", baseURL: "https://a",
            state: state, started: .now, reply: "\(id)-\(position).reply", idempotencyKey: nil))
      }
      #expect(try await store.spentToday(in: "USD") == spent, "\(id)")
      let (spending, _) = try await store.spending(of: id)
      #expect(spending.billed + spending.unknown == count - numbers.count + 1 - (id == "e3" ? 3 : 0), "\(id)")
    }
  }

  private func standings(
    _ outputs: [String], numbers: [[Int]]?, _ states: [AttemptState]
  ) -> [Int: String] {
    let output = EditEntry.Output(
      path: folder.file("out/many.png"), isFile: true, overwrites: false, format: nil, numbers: numbers)
    var entry = EditEntry(
      id: "e", created: 1, prompt: "x", gateway: "apiyi", model: "m", tier: "1K", aspect: nil,
      count: numbers?.flatMap(\.self).count ?? 3, sources: [], output: output, priceMillionths: nil,
      currency: nil, finishing: nil)
    entry.outputs = outputs.map { folder.file("out/\($0)") }
    let attempts = states.enumerated().map { position, state in
      AttemptEntry(
        edit: "e", part: position + 1, number: 1, gateway: "apiyi", model: "m", baseURL: "https://a",
        state: state.rawValue, started: 1, reply: "r", idempotencyKey: nil)
    }
    let pictures = entry.pictures(attempts) { part in
      switch part.first.flatMap({ AttemptState(rawValue: $0.state) }) {
      case .done?: .done
      case .ambiguous?: .unknown(isKept: false)
      default: .nothing
      }
    }
    return pictures.mapValues { standing in
      switch standing {
      case .done: "done"
      case .forgone: "forgone"
      case .unknown: "unknown"
      default: "missing"
      }
    }
  }

  @Test func `the ledger tells the number of each picture`() {
    // A request for four brought one.
    #expect(
      standings(["many-1.png", "many-5.png"], numbers: [[1, 2, 3, 4], [5]], [.done, .done])
        == [1: "done", 2: "missing", 3: "missing", 4: "missing", 5: "done"])
    #expect(standings(["many-2.png"], numbers: [[2], [4]], [.done]) == [2: "done", 4: "missing"])
    // Earlier versions numbered what came, so that the second file is the third request's picture.
    #expect(
      standings(["many-1.png", "many-2.png"], numbers: nil, [.done, .ambiguous, .done])
        == [1: "done", 2: "done", 3: "unknown"])
    #expect(
      standings(["many-1.png", "many-2.png"], numbers: nil, [.done, .unbilled, .done])
        == [1: "done", 2: "done", 3: "missing"])
    // They took a request for done that had brought fewer pictures than asked for.
    #expect(standings(["many-1.png"], numbers: nil, [.done]) == [1: "done", 2: "forgone", 3: "forgone"])
    // A picture that was recovered to another name is there.
    #expect(
      standings(["many-1.png", "else.png"], numbers: [[1], [2], [3]], [.done, .done, .ambiguous])
        == [1: "done", 2: "done", 3: "unknown"])
  }
}

/// How far the money goes is the same in a plan and in the run after it.
@Suite(.endsInTime) struct `Limits of a batch with jobs of several sizes` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws { scenario = try Scenario() }

  private func manifest(_ counts: [Int], perDay: Money? = nil) throws -> Manifest {
    let lines = counts.enumerated().map { position, count in
      #"{"references": ["a.jpg"], "prompt": "\#(position)", "#
        + #""count": "\#(count)", "output": "\#(position).png"}"#
    }
    try folder.writeManifest(lines)
    return try scenario.manifest(for: .apiyi) { $0.options.spending.perDay = perDay }
  }

  @Test(arguments: [([1, 3, 1], "0.20 USD", 1), ([1, 3, 1], "0.23 USD", 2), ([3, 1, 2, 1], "0.24 USD", 2)])
  func `the plan agrees with the run`(counts: [Int], limit: String, covered: Int) async throws {
    let money = try #require(Money(parsing: limit))
    for isOfDay in [false, true] {
      let folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 48, height: 36))
      let scenario = Scenario(in: folder)
      let own = try `Limits of a batch with jobs of several sizes`(scenario)
      try await scenario.simulated(by: .apiyi) { editor, simulator in
        let manifest = try own.manifest(counts, perDay: isOfDay ? money : nil)
        let batch = Batch(editor, spending: isOfDay ? nil : money)
        let plan = try await batch.plan(manifest)
        #expect(plan.affordable == covered && plan.failed == 0 && plan.left == counts.count - covered)
        let message = plan.overLimit?.message ?? ""
        #expect(message.contains("daily limit") == isOfDay, "\(message)")
        #expect(plan.overLimit?.hint?.contains("max-cost") == !isOfDay)
        var halts: [PlantainError] = []
        let summary = try await batch.run(manifest) {
          if case .halted(let error) = $0 { halts.append(error) }
        }
        #expect(summary.done == covered && summary.left == counts.count - covered && summary.failed == 0)
        #expect(summary.exitStatus == 81 && halts.count == 1)
        #expect(halts.first?.hint?.contains("Nothing was sent") == false, "\(halts)")
        #expect(await simulator.counts.received == counts.prefix(covered).reduce(0, +))
      }
    }
  }

  private init(_ scenario: Scenario) throws { self.scenario = scenario }

  @Test func `a resumed run counts what it has done toward its limit of jobs`() async throws {
    _ = try manifest([1, 1, 1, 1])
    let manifest = try scenario.manifest(for: .apiyi) { $0.options.overwrites = true }
    try await scenario.simulated(by: .apiyi) { editor, simulator in
      _ = try await Batch(editor, limit: 3).run(manifest)
      let again = try await Batch(editor, limit: 2, again: .yes).run(manifest)
      #expect(again.done == 2 && again.left == 2 && again.beyondLimit == 2)
      let resumed = Batch(editor, limit: 2, again: .goingOn(run: again.run))
      #expect(try await resumed.plan(manifest).jobs == 0)
      #expect(try await resumed.run(manifest).skipped == 2)
      // What it has written is skipped, and counts all the same.
      let skipping = Batch(editor, limit: 2, again: .goingOn(run: again.run), skippingExisting: true)
      #expect(try await skipping.run(manifest).done == 0)
      let more = Batch(editor, limit: 3, again: .goingOn(run: again.run))
      #expect(try await more.plan(manifest).jobs == 1)
      #expect(try await more.run(manifest).done == 1)
      #expect(await simulator.counts.received == 6)
    }
  }

  @Test func `nothing is planned where the ledger cannot say what was paid for`() async throws {
    let manifest = try manifest([1])
    try folder.write(Array(String(repeating: "no database ", count: 400).utf8), as: "ledger.sqlite")
    let received = try await scenario.simulated(by: .apiyi) { editor, simulator in
      let plan = await #expect(throws: PlantainError.self) { try await Batch(editor).plan(manifest) }
      #expect(plan?.code == .ledgerUnusable)
      let run = await #expect(throws: PlantainError.self) { try await Batch(editor).run(manifest) }
      #expect(run?.code == .ledgerUnusable)
      return await simulator.counts.received
    }
    #expect(received == 0)
  }

  @Test func `the day's limit is explained by what was spent and what is left`() async throws {
    let perDay = try #require(Money(parsing: "0.12 USD"))
    try await scenario.simulated(by: .apiyi) { editor, _ in
      _ = try await Batch(editor).run(manifest([1], perDay: perDay))
      let plan = try await Batch(editor).plan(manifest([1, 1, 1], perDay: perDay))
      let message = try #require(plan.overLimit?.message)
      for part in ["0.055 USD were spent today", "0.065 USD are left", "0.12 USD", "0.11 USD more"] {
        #expect(message.contains(part), "\(message)")
      }
      #expect(plan.jobs == 2 && plan.skipped == 1 && plan.affordable == 1 && plan.left == 1)
    }
  }
}
