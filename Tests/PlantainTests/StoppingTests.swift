import Foundation
import PlantainSimulator
import Submission
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Stop signals` {
  @Test func `a stop wakes its waiters and cancels what it cuts`() async throws {
    let stop = StopSignal()
    let part = StopSignal(under: stop)
    let waited = Task { await part.asked() }
    let cut = Task { try await part.cutting { try await Task.sleep(for: .seconds(3_600)) } }
    stop.ask()
    await waited.value
    await #expect(throws: CancellationError.self) { try await cut.value }
    #expect(stop.isAsked && part.isAsked && StopSignal(under: stop).isAsked)
    await #expect(throws: CancellationError.self) { try await part.cutting {} }
  }

  @Test func `stopping a part stops nothing else`() {
    let stop = StopSignal()
    StopSignal(under: stop).ask()
    #expect(!stop.isAsked)
  }

  @Test func `a stop signal counts the parts that have requests in flight`() {
    let stop = StopSignal()
    do {
      let (one, other) = (StopSignal(under: stop), StopSignal(under: stop))
      one.begin(until: .seconds(3))
      one.begin(until: .seconds(2))
      #expect(stop.inFlight == 1 && one.deadline == .seconds(3))
      other.begin(until: .seconds(1))
      #expect(stop.inFlight == 2)
      other.end()
      one.end()
      #expect(stop.inFlight == 1)
      one.endAll()
      #expect(stop.inFlight == 0 && one.deadline == nil)
      other.begin(until: .zero)
    }
    // A part that is released no longer counts.
    #expect(stop.inFlight == 0)
  }

  @Test func `a canceled waiter stops waiting`() async {
    let stop = StopSignal()
    let task = Task { await stop.asked() }
    task.cancel()
    await task.value
    #expect(!stop.isAsked)
  }
}

/// What a stop ends in an edit, and what the edit still waits for.
@Suite(.endsInTime) struct `Stopping an edit` {
  private let scenario: Scenario
  private let picture: Reference

  init() throws {
    scenario = try Scenario(PixelSize(width: 64, height: 48))
    picture = try scenario.pictureBytes(name: "p.jpg")
  }

  private func edit(
    _ answers: [ScriptedGateway.Answer], by gateway: Gateway = .apiyi,
    _ watch: @escaping @Sendable (EditEvent, StopSignal) -> Void
  ) async throws -> (outcome: Result<EditResult, any Error>, requests: Int) {
    try await scenario.scripted(answers, by: gateway) { editor, server in
      let stop = StopSignal()
      let outcome = await Result<EditResult, any Error>.of {
        try await editor.edit("x", references: [picture], until: stop) { watch($0, stop) }
      }
      return (outcome, server.requests.count)
    }
  }

  private func state() async throws -> String? { try await scenario.history.edits().first?.state }

  private static func answer() throws -> ScriptedGateway.Answer {
    .picture(try Synthetic.jpeg(PixelSize(width: 64, height: 48)))
  }

  @Test func `a stop before sending ends the edit and sends nothing`() async throws {
    let (outcome, requests) = try await edit([Self.answer()]) { event, stop in
      if case .prepared = event { stop.ask() }
    }
    let error = try #require(outcome.error as? PlantainError)
    #expect(error.code == .interrupted && error.billed == .no && requests == 0)
  }

  @Test func `a stop between two attempts sends no further request`() async throws {
    let (outcome, requests) = try await edit([.reply(status: 429, body: "{}"), Self.answer()]) {
      event, stop in
      if case .waiting = event { stop.ask() }
    }
    let error = try #require(outcome.error as? PlantainError)
    #expect(error.code == .interrupted && error.billed == .no && requests == 1)
    #expect(try await state() == "unbilled")
  }

  @Test func `a stop while a reply is in flight still gets the picture, and reports the wait`()
    async throws
  {
    let told = Told()
    let slow = fault { $0.delay = .milliseconds(300) }
    try await scenario.simulated([slow], by: .apiyi) { editor, simulator in
      let stop = StopSignal()
      let asking = Task {
        try await waitUntil("the request has come") { await simulator.counts.received == 1 }
        stop.ask()
      }
      let result = try await editor.edit("x", references: [picture], until: stop) { event in
        if case .stopping(let maximum) = event { told.times.withLock { $0.append(maximum) } }
      }
      try await asking.value
      #expect(result.images.count == 1)
      #expect(await simulator.counts.billed == 1)
    }
    let times = told.times.withLock { $0 }
    #expect(times.count == 1 && times.allSatisfy { $0 > .seconds(60) && $0 <= .seconds(600) })
  }

  @Test func `a stop leaves an accepted task, which can be recovered`() async throws {
    let answers: [ScriptedGateway.Answer] = [
      .reply(status: 200, body: #"{"data":[{"status":"submitted","task_id":"task_1"}]}"#),
      .reply(status: 200, body: #"{"data":{"status":"processing"}}"#),
    ]
    let told = Told()
    let (outcome, _) = try await edit(answers, by: .gccai) { event, stop in
      if case .task = event { stop.ask() }
      if case .stopping(let maximum) = event { told.times.withLock { $0.append(maximum) } }
    }
    let error = try #require(outcome.error as? PlantainError)
    #expect(error.code == .interrupted && error.billed == .yes)
    #expect(error.hint?.contains("plantain recover") == true)
    #expect(try await state() == "accepted")
    // The edit does not wait, and reports no wait.
    #expect(told.times.withLock { $0.isEmpty })
  }
}

import Synchronization

private final class Told: Sendable {
  let times = Mutex<[Duration]>([])
}

extension Result where Failure == any Error {
  fileprivate static func of(_ work: () async throws -> Success) async -> Self {
    do { return .success(try await work()) } catch { return .failure(error) }
  }

  fileprivate var error: (any Error)? { if case .failure(let error) = self { error } else { nil } }
}

/// A run that is stopped, that fails as a whole for one reason, or that does only a part.
@Suite(.endsInTime) struct `Batches that end early` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws { scenario = try Scenario() }

  private func manifest(
    _ count: Int, _ defaults: (inout Manifest.Defaults) -> Void = { _ in }
  ) throws -> Manifest {
    try scenario.manifest(jobs: count, defaults)
  }

  private struct Ended {
    var summary: BatchSummary
    var received: Int
    var halts: [Int32] = []
    var errors: [PlantainError] = []
    var stops: [[Int]] = []
  }

  private func run(
    _ manifest: Manifest, _ faults: [Fault] = [], key: APIKey.Source = key, spending: Money? = nil,
    maximum: Int = 64, limit: Int? = nil, again: ResendPolicy = .no,
    stopping: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) async throws -> Ended {
    try await scenario.simulated(faults, key: key) { editor, simulator in
      let stop = StopSignal()
      let asking = Task {
        while !Task.isCancelled {
          if stopping(await simulator.counts.received) { stop.ask() }
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      defer { asking.cancel() }
      var ended = Ended(summary: BatchSummary(run: ""), received: 0)
      let batch = Batch(editor, spending: spending, maximum: maximum, limit: limit, again: again)
      ended.summary = try await batch.run(manifest, until: stop) { event in
        switch event {
        case .ended(_, .failed(let error)), .ended(_, .ambiguous(let error)): ended.errors.append(error)
        case .halted(let error): ended.halts.append(error.exitStatus)
        case .stopping(let inFlight, let left): ended.stops.append([inFlight, left])
        case .ended, .progress: break
        }
      }
      ended.received = await simulator.counts.received
      return ended
    }
  }

  @Test func `a stop sends nothing new and finishes what is in flight`() async throws {
    let slow = fault { ($0.delay, $0.times) = (.milliseconds(400), 100) }
    let ended = try await run(manifest(10), [slow]) { $0 >= 4 }
    #expect(ended.received == 4 && ended.summary.done == 4 && ended.summary.left == 6)
    #expect(ended.summary.billed == 4 && ended.summary.exitStatus == 130)
    #expect(ended.stops == [[4, 6]])
    #expect(ended.errors.isEmpty)
  }

  @Test func `an abandoned batch reports unknown outcomes, as the next run does`() async throws {
    let silent = fault { ($0.connection, $0.times) = (.stall, 4) }
    let manifest = try manifest(10)
    let ended = try await withSimulator(faults: [silent]) { simulator in
      let url = simulator.baseURL(for: .google)
      return try await withTestEditor(gateway: .google, key: key, baseURL: url, ledger: folder) { editor in
        let work = Task { try await Batch(editor).run(manifest) }
        try await waitUntil("four edits were done") { await simulator.counts.billed == 4 }
        work.cancel()
        return try await work.value
      }
    }
    let counts = [ended.ambiguous, ended.left, ended.failed]
    #expect(counts == [4, 6, 0])
    #expect(ended.unsettled.count == 4 && Set(ended.unsettled.map(\.target)) == [ended.run])
    let next = try await run(manifest)
    let after = [next.summary.ambiguous, next.summary.done]
    #expect(after == [4, 6] && next.summary.exitStatus == 76)
    #expect(Set(next.summary.unsettled.map(\.target)) == [ended.run])
  }

  @Test func `a missing key is one error, and every job is left`() async throws {
    let ended = try await run(manifest(5), key: .environment(["PLANTAIN_NO_SUCH_KEY"]))
    #expect(ended.halts == [77] && ended.errors.isEmpty)
    #expect(ended.summary.left == 5 && ended.summary.failed == 0 && ended.summary.exitStatus == 77)
    #expect(ended.received == 0)
  }

  @Test(arguments: [(401, 77), (402, 77)])
  func `a rejected account is one error and ends the run`(status: Int, exit: Int32) async throws {
    let refused = fault { ($0.status, $0.times) = (status, 100) }
    let ended = try await run(manifest(30), [refused])
    #expect(ended.errors.map(\.exitStatus) == [exit] && ended.halts.isEmpty)
    #expect(ended.summary.failed == 1 && ended.summary.left == 29 && ended.summary.exitStatus == exit)
    #expect(ended.received <= 4)
  }

  @Test func `failures of one kind set the exit status, and different ones give 1`() async throws {
    let busy = fault { ($0.status, $0.times) = (400, 100) }
    #expect(try await run(manifest(3), [busy]).summary.exitStatus == 82)
    let mixed = [fault { ($0.status, $0.times) = (400, 1) }, fault { ($0.status, $0.times) = (500, 1) }]
    #expect(try await run(manifest(6), mixed).summary.exitStatus == 1)
  }

  @Test func `existing outputs give exit status 73`() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("out"), withIntermediateDirectories: false)
    for number in 0..<3 { try folder.write([1], as: "out/\(number).jpg") }
    let ended = try await run(manifest(3))
    #expect(ended.summary.failed == 3 && ended.summary.exitStatus == 73 && ended.received == 0)
  }

  @Test func `a limit does the first jobs that are not done yet`() async throws {
    let manifest = try manifest(8)
    let first = try await run(manifest, limit: 2)
    #expect(first.summary.done == 2 && first.summary.left == 6 && first.summary.exitStatus == 0)
    #expect(Set(folder.names(in: "out")) == ["0.jpg", "1.jpg"])
    let second = try await run(manifest, limit: 3)
    #expect(second.summary.done == 3 && second.summary.skipped == 2 && second.received == 3)
    #expect(Set(folder.names(in: "out")) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"])
  }

  @Test func `no more requests are in flight than allowed`() async throws {
    let slow = fault { ($0.delay, $0.times) = (.milliseconds(150), 100) }
    let ended = try await run(manifest(6), [slow], maximum: 1) { $0 >= 2 }
    #expect(ended.received == 2 && ended.stops == [[1, 4]])
  }

  @Test func `again sends finished jobs and unknown outcomes, and resumes after an interruption`()
    async throws
  {
    let lost = fault { ($0.status, $0.times) = (500, 1) }
    let manifest = try manifest(4) { $0.options.overwrites = true }
    let first = try await run(manifest, [lost])
    #expect(first.summary.done == 3 && first.summary.ambiguous == 1)
    let again = try await run(manifest, maximum: 1, again: .yes) { $0 >= 2 }
    #expect(again.received == 2 && again.summary.done == 2 && again.summary.left == 2)
    let rest = try await run(manifest, again: .goingOn(run: again.summary.run))
    #expect(rest.received == 2 && rest.summary.done == 2 && rest.summary.skipped == 2)
    #expect(rest.summary.run == again.summary.run)
    #expect(try await run(manifest, again: .goingOn(run: again.summary.run)).received == 0)
    await #expect(throws: PlantainError.self) { try await run(manifest, again: .goingOn(run: "none")) }
  }
}

/// What a dry run reports before any money is spent.
@Suite(.endsInTime) struct `The plan of a batch` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws {
    scenario = try Scenario()
    try scenario.folder.writeManifest(jobs: 6)
  }

  private func manifest(perDay: Money? = nil, perRun: Money? = nil) throws -> Manifest {
    try scenario.manifest { $0.options.spending = SpendingLimits(perRun: perRun, perDay: perDay) }
  }

  @Test func `a plan omits finished and unknown jobs, and needs no free output`() async throws {
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, _ in
      _ = try await Batch(editor, limit: 3).run(manifest())
      let plan = try await Batch(editor).plan(manifest())
      #expect(plan.jobs == 3 && plan.skipped == 2 && plan.ambiguous == 1 && plan.failed == 0)
      let again = try await Batch(editor, again: .yes).plan(manifest())
      #expect(again.jobs == 6 && again.skipped == 0 && again.ambiguous == 0)
      let first = try await Batch(editor, limit: 1).plan(manifest())
      #expect(first.jobs == 1 && first.left == 2)
    }
  }

  @Test func `finished jobs need no money, and exceeding the limit is reported before sending`()
    async throws
  {
    try await scenario.simulated { editor, _ in
      let little = try #require(Money(parsing: "0.01 USD"))
      _ = try await Batch(editor, limit: 5).run(manifest())
      let error = await #expect(throws: PlantainError.self) {
        try await Batch(editor).run(manifest(perRun: little))
      }
      #expect(error?.exitStatus == 81 && error?.message.contains("line 6") == true)
      _ = try await Batch(editor).run(manifest())
      let finished = try await Batch(editor).run(manifest(perRun: little))
      #expect(finished.skipped == 6 && finished.exitStatus == 0)
    }
  }

  @Test func `a plan says how many jobs the limit pays for`() async throws {
    try await scenario.simulated { editor, _ in
      // A picture costs 0.0336 USD.
      let plan = try await Batch(editor, spending: Money(parsing: "0.1 USD")).plan(manifest())
      #expect(plan.jobs == 6 && plan.affordable == 2 && plan.overLimit?.exitStatus == 81)
      #expect(try await Batch(editor, spending: Money(parsing: "1 USD")).plan(manifest()).overLimit == nil)
      #expect(folder.names == ["a.jpg", "m.jsonl"])
      let perDay = try #require(Money(parsing: "0.15 USD"))
      _ = try await Batch(editor, limit: 2).run(manifest(perDay: perDay))
      let rest = try await Batch(editor).plan(manifest(perDay: perDay))
      #expect(rest.jobs == 4 && rest.affordable == 2 && rest.overLimit?.exitStatus == 81)
    }
  }
}

/// With several gateways, a problem of one does not end the run.
@Suite(.endsInTime) struct `A batch with several gateways` {
  @Test func `a batch continues when one gateway has no key`() async throws {
    let scenario = try Scenario()
    try await withSimulator(faults: [fault { ($0.gateway, $0.status) = ("apiyi", 429) }]) { simulator in
      let routes = [
        try Route(.apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi)),
        try Route(
          .google, key: .environment(["PLANTAIN_NO_SUCH_KEY"]), baseURL: simulator.baseURL(for: .google)),
      ]
      try await withTestEditor(routes: routes, ledger: scenario.folder) { editor in
        let manifest = try scenario.manifest(jobs: 4, for: .apiyi)
        let summary = try await Batch(editor).run(manifest)
        #expect(summary.done == 3 && summary.failed == 1 && summary.left == 0)
        #expect(summary.exitStatus == 77)
      }
    }
  }
}
