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

  private func insert(_ id: String, daysAgo: Int, _ state: AttemptState, tasks: [String]? = nil) async throws
  {
    let then = Int.now - daysAgo * 86_400_000
    try await ledger.save(
      EditEntry(
        id: id, created: then, prompt: "x", gateway: "apiyi", model: "m", tier: "1K", aspect: nil, count: 1,
        sources: [], output: nil, priceMillionths: nil, currency: nil, finishing: nil))
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
    let settled = ["prepared", "unbilled", "without-picture", "done", "written-off"]
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

  @Test func `pruning goes beyond the number of edits read at once`() async throws {
    for number in 0..<450 { try await insert("edit-\(number)", daysAgo: 10, .done) }
    let history = try History(ledger: .file(ledger.path))
    #expect(try await history.prune(olderThan: .seconds(86_400)).pruned == 450)
    let error = await #expect(throws: PlantainError.self) { try await history.prune(olderThan: .seconds(60)) }
    #expect(error?.exitStatus == 64)
  }
}
