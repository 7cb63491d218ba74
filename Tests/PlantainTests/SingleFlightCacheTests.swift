import InProcess
import Synchronization
import TestSupport
import Testing
import Core

@testable import Batch
@testable import Editing
@testable import Plantain

@Suite("What several jobs need is computed once", .endsInTime)
struct SingleFlightCacheTests {
  private struct Failure: Error {}

  @Test("concurrent callers share one computation, and later ones reuse it")
  func once() async throws {
    let results = SingleFlightCache<Int, String>(capacity: 2)
    let made = Held()
    let ask = { @Sendable () async throws -> String in
      try await results.value(for: 1) {
        made.add(1)
        // Long enough for others to arrive while the value is being made.
        for _ in 0..<1_000 { await Task.yield() }
        return "one"
      }
    }
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<50 { group.addTask { try await ask() } }
      for try await value in group { #expect(value == "one") }
    }
    #expect(made.changes == 1)
    #expect(try await ask() == "one")
    #expect(made.changes == 1)
  }

  @Test("a failure is not kept")
  func failure() async throws {
    let results = SingleFlightCache<Int, String>(capacity: 2)
    await #expect(throws: Failure.self) { _ = try await results.value(for: 1) { throw Failure() } }
    #expect(try await results.value(for: 1) { "one" } == "one")
  }

  @Test("only the most recent values are kept")
  func bounded() async throws {
    let results = SingleFlightCache<Int, Int>(capacity: 2)
    for key in 1...3 { _ = try await results.value(for: key) { key } }
    #expect(try await results.value(for: 3) { 0 } == 3)
    #expect(try await results.value(for: 1) { 0 } == 0)
  }

  @Test("a value in frequent use stays, whatever comes between")
  func touched() async throws {
    let results = SingleFlightCache<Int, Int>(capacity: 3)
    for key in 1...20 {
      #expect(try await results.value(for: 0) { key } == 1)
      _ = try await results.value(for: key) { key }
    }
  }

  @Test("identical pictures are prepared once, whatever their names")
  func pictures() async throws {
    let processor = ImageProcessor(InProcessBackend())
    var options = PreparationOptions()
    options.maximumEdge = 100
    let bytes = PictureBytes(try Samples.bytes(Samples.coffee))
    let first = try await processor.prepare(.file(Samples.coffee), options)
    let second = try await processor.prepare(.bytes(bytes, name: "copy"), options)
    #expect(try first.content.read() === second.content.read())
    options.maximumEdge = 101
    let other = try await processor.prepare(.file(Samples.coffee), options)
    #expect(try other.content.read() !== first.content.read())
  }
}

private final class Held: Sendable {
  private let state = Mutex((now: 0, maximum: 0, changes: 0))

  var maximum: Int { state.withLock { $0.maximum } }
  var changes: Int { state.withLock { $0.changes } }

  func add(_ amount: Int) {
    state.withLock { state in
      state.now += amount
      state.maximum = max(state.maximum, state.now)
      state.changes += 1
    }
  }
}

@Suite("Pictures in work stay within the memory", .endsInTime)
struct BudgetTests {
  @Test("shares held at the same time never exceed the total, and every caller gets its turn")
  func bounded() async {
    let budget = WeightedSemaphore(100)
    let held = Held()
    await withTaskGroup(of: Void.self) { group in
      for position in 0..<200 {
        let amount = [10, 35, 60, 100, 500][position % 5]
        group.addTask {
          await budget.holding(amount) {
            held.add(min(amount, 100))
            await Task.yield()
            held.add(-min(amount, 100))
          }
        }
      }
    }
    #expect(held.maximum <= 100)
    #expect(held.changes == 400)
  }

  @Test("a canceled waiter leaves the queue, and those behind it proceed")
  func canceled() async {
    let budget = WeightedSemaphore(100)
    await budget.holding(60) {
      let large = Task { await budget.holding(100) { Task.isCancelled } }
      let small = Task { await budget.holding(40) { true } }
      large.cancel()
      #expect(await large.value)
      #expect(await small.value)
    }
    #expect(await budget.holding(100) { true })
  }

  @Test("a share that grows is served before a waiter for the whole budget")
  func growth() async {
    let budget = WeightedSemaphore(100)
    let share = WeightedSemaphore.Share(of: budget)
    await share.grow(by: 10)
    let all = Task { await budget.holding(100) { true } }
    // A waiter is in the queue before the share grows.
    for _ in 0..<1_000 { await Task.yield() }
    let behind = Task { await budget.holding(5) { true } }
    for _ in 0..<1_000 { await Task.yield() }
    await share.grow(by: 50)
    share.giveBack()
    #expect(await all.value)
    #expect(await behind.value)
  }

  @Test(
    "a share that shrinks lets others in, and one that grows waits"
  )
  func becoming() async {
    let budget = WeightedSemaphore(100)
    let share = WeightedSemaphore.Share(of: budget)
    await share.grow(by: 90)
    let other = Task { await budget.holding(50) { true } }
    await share.become(10)
    #expect(await other.value)
    await share.become(1_000)
    let all = Task { await budget.holding(100) { true } }
    share.giveBack()
    #expect(await all.value)
  }

  @Test("a picture that needs more than the whole budget is refused by name")
  func tooLarge() async throws {
    let processor = ImageProcessor.inProcess(memory: .megabytes(50))
    var options = PreparationOptions()
    options.maximumEdge = 100
    await #expect {
      try await processor.prepare(.file(Samples.coffee), options)
    } throws: { error in
      guard let error = error as? PlantainError else { return false }
      return error.code == .overMemory && error.message.contains("coffee.png") && error.exitStatus == 65
    }
  }
}
