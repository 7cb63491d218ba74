import Synchronization
import TestSupport
import Testing

@testable import Core

@Suite(.endsInTime) struct `Concurrent work with results in order` {
  /// The order in which inputs are started, one at a time, and the order in which outputs are handed over.
  private func run(_ weights: [Int], ahead: Int, width: Int = 1) async -> (begun: [Int], handedOver: [Int]) {
    let begun = Mutex<[Int]>([])
    var handedOver: [Int] = []
    await orderedConcurrentMap(Array(weights.enumerated()), weighing: \.element, width: width, ahead: ahead) {
      input in
      begun.withLock { $0.append(input.offset) }
      return input.offset
    } consume: {
      handedOver.append($0)
    }
    return (begun.withLock(\.self), handedOver)
  }

  @Test func `the heaviest input within the window starts first`() async {
    let all = await run([1, 5, 3, 9, 2], ahead: 5)
    #expect(all.begun == [3, 1, 2, 4, 0])
    #expect(all.handedOver == [0, 1, 2, 3, 4])
    // The fourth input enters the window only when the first three are handed over.
    let few = await run([1, 5, 3, 9, 2], ahead: 3)
    #expect(few.begun == [1, 2, 0, 3, 4])
    #expect(few.handedOver == [0, 1, 2, 3, 4])
  }

  @Test func `inputs of equal weight start in their order`() async {
    #expect(await run([2, 2, 2, 2], ahead: 4).begun == [0, 1, 2, 3])
    #expect(await run([], ahead: 4).handedOver == [])
  }

  @Test func `outputs behind a slow input do not pile up`() async {
    let begun = Mutex(0)
    let maximum = Mutex(0)
    await orderedConcurrentMap(Array(0..<40), weighing: { _ in 0 }, width: 2, ahead: 6) { input in
      begun.withLock { $0 += 1 }
      guard input == 0 else { return input }
      // All inputs that may start have started, and there is time for more to start.
      try? await waitUntil("six have begun") { begun.withLock { $0 >= 6 } }
      for _ in 0..<1_000 { await Task.yield() }
      maximum.withLock { $0 = begun.withLock(\.self) }
      return input
    } consume: { _ in
    }
    #expect(maximum.withLock(\.self) == 6)
    #expect(begun.withLock(\.self) == 40)
  }

  @Test func `no more inputs run at a time than the width allows`() async {
    let maximum = Mutex((now: 0, maximum: 0))
    var consumed = 0
    await orderedConcurrentMap(Array(0..<200), weighing: { $0 % 7 }, width: 3, ahead: 6) { input in
      maximum.withLock {
        $0.now += 1
        $0.maximum = max($0.maximum, $0.now)
      }
      await Task.yield()
      maximum.withLock { $0.now -= 1 }
      return input
    } consume: {
      #expect($0 == consumed)
      consumed += 1
    }
    #expect(consumed == 200)
    #expect(maximum.withLock(\.maximum) <= 3)
  }
}
