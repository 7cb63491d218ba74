import Ledger
import Submission
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Pruning the ledger` {
  private let folder: TemporaryFolder
  private let ledger: Ledger

  init() throws {
    folder = try TemporaryFolder()
    ledger = try Ledger(path: folder.file("ledger.sqlite"))
  }

  private func insert(
    _ id: String, daysAgo: Int, _ state: AttemptState, tasks: [String]? = nil, job: String? = nil
  ) async throws {
    let then = Int.now - daysAgo * 86_400_000
    try await ledger.save(
      EditEntry(
        id: id, created: then, prompt: "x", gateway: "apiyi", model: "m", tier: "1K", aspect: nil, count: 1,
        sources: [], output: nil, priceMillionths: nil, currency: nil, finishing: nil,
        jobKey: job, run: job.map { _ in "run" }))
    var attempt = AttemptEntry(
      edit: id, part: 1, number: 1, gateway: "apiyi", model: "m", baseURL: "https://a.example",
      state: state.rawValue, started: then, reply: "\(id).reply", idempotencyKey: nil)
    attempt.tasks = tasks
    _ = try await ledger.insert(attempt)
    try folder.write([1], as: "ledger.sqlite.replies/\(id).reply")
  }

  @Test func `recent edits stay, and so do old ones that may be billed or can be fetched`() async throws {
    var old: [String] = []
    for state in AttemptState.allCases {
      try await insert("old-\(state.rawValue)", daysAgo: 40, state, tasks: state == .accepted ? ["t"] : nil)
      try await insert("young-\(state.rawValue)", daysAgo: 3, state)
      old.append(state.rawValue)
    }
    let history = try History(ledger: .file(ledger.path))
    let settled = ["prepared", "unbilled", "done", "written-off"]
    let result = try await history.prune(olderThan: .seconds(30 * 86_400))
    #expect(result == PruneResult(pruned: settled.count, kept: old.count - settled.count))
    let left = try await history.edits(limit: 100).map(\.id)
    let expected = old.filter { !settled.contains($0) }.map { "old-\($0)" } + old.map { "young-\($0)" }
    #expect(Set(left) == Set(expected))
    #expect(Set(folder.names(in: "ledger.sqlite.replies")) == Set(expected.map { "\($0).reply" }))
    // A second run has nothing to do.
    #expect(try await history.prune(olderThan: .seconds(30 * 86_400)).pruned == 0)
    #expect(try await ledger.faults() == [])
  }

  @Test func `done jobs of batches stay, unless requested or done again`() async throws {
    try await insert("done", daysAgo: 40, .done, job: "a")
    try await insert("failed", daysAgo: 40, .unbilled, job: "b")
    try await insert("old", daysAgo: 40, .done, job: "c")
    try await insert("again", daysAgo: 3, .done, job: "c")
    try await insert("edit", daysAgo: 40, .done)
    let history = try History(ledger: .file(ledger.path))
    let age = Duration.seconds(30 * 86_400)
    let ids = { @Sendable () async throws -> Set<String> in
      Set(try await history.edits(limit: 100).map(\.id))
    }
    let all = try await ids()
    var expected = PruneResult(pruned: 3, kept: 0, doneJobs: 1)
    #expect(try await history.prune(olderThan: age, isDry: true) == expected)
    #expect(try await ids() == all)
    #expect(folder.names(in: "ledger.sqlite.replies").count == 5)
    #expect(try await history.prune(olderThan: age) == expected)
    #expect(try await ids() == ["done", "again"])
    expected = PruneResult(pruned: 1, kept: 0, doneJobs: 1)
    #expect(try await history.prune(olderThan: age, deletingDoneJobs: true, isDry: true) == expected)
    #expect(try await history.prune(olderThan: age, deletingDoneJobs: true) == expected)
    #expect(try await ids() == ["again"])
  }

  @Test func `pruning goes beyond the number of edits read at once`() async throws {
    for number in 0..<450 { try await insert("edit-\(number)", daysAgo: 10, .done) }
    let history = try History(ledger: .file(ledger.path))
    #expect(try await history.prune(olderThan: .seconds(86_400)).pruned == 450)
    let error = await #expect(throws: PlantainError.self) { try await history.prune(olderThan: .seconds(60)) }
    #expect(error?.exitStatus == 64)
  }
}
