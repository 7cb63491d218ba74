import Foundation
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The user settles an unknown outcome after checking what happened.
@Suite(.endsInTime) struct `Settling unknown outcomes` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws {
    scenario = try Scenario()
    try folder.writeManifest(jobs: 2)
  }

  private func run(_ editor: Editor, _ again: ResendPolicy = .no) async throws -> BatchSummary {
    try await Batch(editor, again: again).run(scenario.manifest())
  }

  private var history: History { get throws { try scenario.history } }

  /// A run whose two jobs have unknown outcomes.
  private func lostRun() async throws -> String {
    var found = ""
    try await scenario.simulated([fault { ($0.status, $0.times) = (500, 2) }]) { editor, _ in
      let summary = try await run(editor)
      #expect(summary.ambiguous == 2 && summary.exitStatus == 76)
      try folder.write(Array(summary.run.utf8), as: "run")
    }
    found = String(decoding: try folder.read("run"), as: UTF8.self)
    return found
  }

  private func spent() async throws -> Int { try await history.store.spentToday(in: "USD") }

  @Test func `an edit settled as billed counts, is listed as lost, and is not sent`() async throws {
    let run = try await lostRun()
    let before = try await spent()
    try await scenario.simulated { editor, simulator in
      for id in try await history.unsettled(run) {
        guard case .settled(let entry) = try await editor.settle(id, as: .billed) else {
          Issue.record("expected nothing to fetch")
          return
        }
        #expect(entry.state == "lost" && entry.billed == "yes")
      }
      for _ in 0..<2 {
        let summary = try await self.run(editor)
        #expect(summary.failed == 2 && summary.exitStatus == 80 && summary.billed == 0)
      }
      #expect(await simulator.counts.received == 0)
      #expect(try await spent() == before && before > 0)
      // Requesting the jobs anyway pays for them once more.
      #expect(try await self.run(editor, .yes).done == 2)
      #expect(try await self.run(editor).skipped == 2)
    }
  }

  @Test func `an edit settled as unbilled does not count, and the next run sends it`() async throws {
    let run = try await lostRun()
    try await scenario.simulated { editor, simulator in
      for id in try await history.unsettled(run) { _ = try await editor.settle(id, as: .unbilled) }
      #expect(try await spent() == 0)
      #expect(await simulator.counts.received == 0)
      #expect(try await self.run(editor).done == 2)
    }
  }

  @Test func `an edit settled for resending counts, and the next run sends it once`() async throws {
    let run = try await lostRun()
    let before = try await spent()
    try await scenario.simulated([fault { ($0.status, $0.times) = (500, 1) }]) { editor, simulator in
      for id in try await history.unsettled(run) { _ = try await editor.settle(id, as: .resend) }
      #expect(try await spent() == before)
      let summary = try await self.run(editor)
      #expect(summary.done == 1 && summary.ambiguous == 1)
      #expect(try await self.run(editor).ambiguous == 1)
      #expect(await simulator.counts.received == 2)
    }
  }

  @Test func `an equal edit after one settled as billed is not sent without a word`() async throws {
    let picture = Reference.file(folder.file("a.jpg"))
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, simulator in
      _ = await #expect(throws: PlantainError.self) { try await editor.edit("x", references: [picture]) }
      _ = try await editor.settle(history.edits()[0].id, as: .billed)
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(error?.exitStatus == 80 && error?.billed == .no && error?.hint?.contains("`again`") == true)
      let plan = await #expect(throws: PlantainError.self) {
        try await editor.plan("x", references: [picture])
      }
      #expect(plan?.message == error?.message)
      #expect(await simulator.counts.received == 1)
      var again = EditOptions()
      again.sendsAgain = true
      _ = try await editor.edit("x", references: [picture], options: again)
      #expect(await simulator.counts.received == 2)
      // The newer edit is done, so that the settled one no longer matters.
      _ = try await editor.edit("x", references: [picture])
      #expect(await simulator.counts.received == 3)
    }
  }

  @Test(arguments: Settlement.allCases)
  func `a settled edit can be settled otherwise, and the last settlement counts`(first: Settlement)
    async throws
  {
    let lost = try await lostRun()
    for id in try await history.unsettled(lost) {
      try await scenario.simulated { editor, _ in _ = try await editor.settle(id, as: first) }
    }
    let repeated = await #expect(throws: PlantainError.self) {
      try await history.unsettled(lost, as: first)
    }
    #expect(repeated?.exitStatus == 64)
    for (other, state, isSpent) in [
      (Settlement.billed, "lost", true), (.unbilled, "unbilled", false), (.resend, "written-off", true),
    ] where other != first {
      let ids = try await history.unsettled(lost, as: other)
      #expect(ids.count == 2)
      try await scenario.simulated { editor, _ in
        for id in ids { _ = try await editor.settle(id, as: other) }
      }
      let entries = try await history.edits()
      #expect(entries.allSatisfy { $0.state == state })
      #expect(entries.allSatisfy { $0.attempts.last?.message == "settled by hand as \(other.rawValue)" })
      #expect((try await spent() > 0) == isSpent)
    }
  }

  @Test func `an edit that its gateway did not bill cannot be settled`() async throws {
    try await scenario.simulated([fault { $0.status = 400 }]) { editor, _ in
      _ = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [.file(folder.file("a.jpg"))])
      }
      let id = try await history.edits()[0].id
      let error = await #expect(throws: PlantainError.self) { try await editor.settle(id, as: .billed) }
      #expect(error?.exitStatus == 64)
    }
  }

  @Test func `an edit with a known outcome, or an unknown id, cannot be settled`() async throws {
    try await scenario.simulated { editor, _ in
      let summary = try await run(editor)
      let done = try await history.edits()[0].id
      for id in [done, summary.run] {
        let error = await #expect(throws: PlantainError.self) { try await history.unsettled(id) }
        #expect(error?.exitStatus == 64, "\(id)")
      }
      let unknown = await #expect(throws: PlantainError.self) { try await history.unsettled("zzz") }
      #expect(unknown?.exitStatus == 66)
    }
  }

  @Test func `an edit in flight cannot be settled`() async throws {
    let slow = fault { $0.delay = .seconds(2) }
    try await scenario.simulated([slow]) { editor, simulator in
      let work = Task {
        try await editor.edit("x", references: [.file(folder.file("a.jpg"))])
      }
      try await waitUntil("the request has come") { await simulator.counts.received == 1 }
      let id = try await history.edits()[0].id
      let error = await #expect(throws: PlantainError.self) { try await editor.settle(id, as: .unbilled) }
      #expect(error?.exitStatus == 64)
      _ = try await work.value
    }
  }

  @Test func `a task is queried before it is settled`() async throws {
    let answers: [ScriptedGateway.Answer] = [
      .reply(status: 200, body: #"{"data":[{"status":"submitted","task_id":"task_1"}]}"#),
      .reply(status: 200, body: #"{"data":{"status":"processing"}}"#),
    ]
    try await ScriptedGateway.run(answers) { server in
      try await withTestEditor(gateway: .gccai, key: key, baseURL: server.baseURL, ledger: folder) { editor in
        let picture = Reference.file(folder.file("a.jpg"))
        _ = await #expect(throws: PlantainError.self) { try await editor.edit("x", references: [picture]) }
        let id = try await history.edits()[0].id
        #expect(try await editor.plan("x", references: [picture]).paidFor == id)
        let error = await #expect(throws: PlantainError.self) { try await editor.settle(id, as: .unbilled) }
        #expect(error?.exitStatus == 76)
        #expect(try await history.edit(id).state == "accepted")
      }
    }
  }

  @Test func `an edit is not sent while an equal one is in flight or unsettled`() async throws {
    let picture = Reference.file(folder.file("a.jpg"))
    let faults = [fault { $0.status = 500 }, fault { $0.delay = .milliseconds(500) }]
    try await scenario.simulated(faults) { editor, simulator in
      _ = await #expect(throws: PlantainError.self) { try await editor.edit("x", references: [picture]) }
      let refusal = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(
        refusal?.exitStatus == 76 && refusal?.billed == .no && refusal?.hint?.contains("`again`") == true)
      let plan = await #expect(throws: PlantainError.self) {
        try await editor.plan("x", references: [picture])
      }
      #expect(plan?.message == refusal?.message)
      #expect(try await editor.plan("y", references: [picture]).paidFor == nil)
      #expect(await simulator.counts.received == 1)
      var again = EditOptions()
      again.sendsAgain = true
      let options = again
      let first = Task { try await editor.edit("x", references: [picture], options: options) }
      try await waitUntil("the second has come") { await simulator.counts.received == 2 }
      let second = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: options)
      }
      #expect(second?.exitStatus == 76 && second?.message.contains("under way") == true)
      _ = try await first.value
      // An equal edit that is done changes nothing.
      _ = try await editor.edit("x", references: [picture])
      #expect(await simulator.counts.received == 3)
    }
  }
}

/// A reply without a picture may be billed, and may have a picture for a later version.
@Suite(.endsInTime) struct `Settling replies without a picture` {
  private let scenario: Scenario

  init() throws {
    scenario = try Scenario()
    try scenario.folder.writeManifest(jobs: 1)
  }

  @Test(arguments: Settlement.allCases)
  func `they are settled, and reading them again leaves the verdict`(verdict: Settlement) async throws {
    try await scenario.simulated([fault { $0.text = "I cannot" }]) { editor, simulator in
      #expect(try await Batch(editor).run(scenario.manifest()).exitStatus == 80)
      let id = try await scenario.history.edits()[0].id
      #expect(try await scenario.history.edit(id).state == "without-picture")
      guard case .settled(let entry) = try await editor.settle(id, as: verdict) else {
        Issue.record("expected nothing to fetch")
        return
      }
      for _ in 0..<2 {
        _ = await #expect(throws: PlantainError.self) { try await editor.replay(id) }
        #expect(try await scenario.history.edit(id).state == entry.state)
      }
      let attempt = try await editor.store.attempts(of: editor.store.entry(id))[0]
      #expect(editor.store.hasReply(attempt))
      let summary = try await Batch(editor).run(scenario.manifest())
      #expect(verdict == .billed ? summary.exitStatus == 80 : summary.done == 1)
      #expect(await simulator.counts.received == (verdict == .billed ? 1 : 2))
    }
  }

  @Test func `edits of unknown price are counted in the totals`() async throws {
    try await scenario.simulated(by: .gccai) { editor, _ in
      _ = try await Batch(editor).run(scenario.manifest(for: .gccai))
      let totals = try await scenario.history.totals()
      #expect(totals.map(\.unpriced) == [1] && totals.map(\.edits) == [1])
    }
  }
}

/// What can happen to an accepted task.
@Suite(.endsInTime) struct `Tasks that the gateway no longer knows` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws { scenario = try Scenario() }

  private static let submitted = ScriptedGateway.Answer.reply(
    status: 200, body: #"{"data":[{"status":"submitted","task_id":"task_1"}]}"#)
  private static let unknown = ScriptedGateway.Answer.reply(
    status: 404, body: #"{"error":{"code":"task_not_found","message":"no such task"}}"#)

  private func edit(_ editor: Editor) async throws -> PlantainError? {
    await #expect(throws: PlantainError.self) {
      try await editor.edit("x", references: [scenario.picture])
    }
  }

  @Test func `an unknown task is not sent again on its own, and can be settled`() async throws {
    try await scenario.scripted([Self.submitted, Self.unknown], by: .gccai) { editor, server in
      #expect(try await edit(editor)?.exitStatus == 76)
      let sent = server.requests.count { $0.head.hasPrefix("POST") }
      #expect(try await edit(editor)?.exitStatus == 76)
      #expect(server.requests.count { $0.head.hasPrefix("POST") } == sent)
      let id = try await scenario.history.edits()[0].id
      guard case .settled(let entry) = try await editor.settle(id, as: .billed) else {
        Issue.record("expected nothing to fetch")
        return
      }
      #expect(entry.state == "lost")
    }
  }

  @Test func `a task that was settled and completes later is done`() async throws {
    let completed = ScriptedGateway.Answer.reply(
      status: 200, body: #"{"data":{"status":"completed","result":{"images":[{"url":["/f/1.png"]}]}}}"#)
    let picture = ScriptedGateway.Answer.file(try Synthetic.png(PixelSize(width: 40, height: 30)))
    // Three queries by the edit, and three before it is settled.
    let unknown = Array(repeating: Self.unknown, count: 6)
    try await scenario.scripted([Self.submitted] + unknown + [completed, picture], by: .gccai) { editor, _ in
      #expect(try await edit(editor)?.exitStatus == 76)
      let history = try scenario.history
      let id = try await history.edits()[0].id
      _ = try await editor.settle(id, as: .resend)
      #expect(try await history.edit(id).state == "written-off")
      #expect(try await editor.recover(id).images.count == 1)
      #expect(try await history.edit(id).state == "done")
    }
  }

  @Test func `a task whose result has expired can be settled, and is not queried forever`() async throws {
    let completed = ScriptedGateway.Answer.reply(
      status: 200, body: #"{"data":{"status":"completed","result":{"images":[{"url":["/f/1.png"]}]}}}"#)
    let gone = ScriptedGateway.Answer.reply(status: 404, body: "")
    try await scenario.scripted([Self.submitted, completed, gone, completed, gone], by: .gccai) { editor, _ in
      #expect(try await edit(editor)?.exitStatus == 76)
      let id = try await scenario.history.edits()[0].id
      guard case .settled(let entry) = try await editor.settle(id, as: .billed) else {
        Issue.record("expected nothing to fetch")
        return
      }
      #expect(entry.state == "lost" && entry.billed == "yes")
    }
  }
}
