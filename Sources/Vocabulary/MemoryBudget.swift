import Synchronization

/// A number of bytes that pieces of work share: each takes what it may need and waits, in order, until that is free.
package final class MemoryBudget: Sendable {
  private struct Waiting {
    let amount: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var free: Int
    var waiting: [Waiting] = []
  }

  package let total: ByteCount
  private let state: Mutex<State>

  package init(_ total: ByteCount) {
    self.total = total
    state = Mutex(State(free: total.bytes))
  }

  /// Runs `work` while `amount` of the budget, or all of it where that is less, is set aside.
  package func holding<Result, Failure: Error>(
    _ amount: ByteCount, _ work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let share = Share(of: self)
    defer { share.giveBack() }
    await share.grow(by: amount)
    return try await work()
  }

  /// What one piece of work has taken, little by little. Only one at a time may wait for more while it holds some, or
  /// several might wait for each other.
  package final class Share {
    private let budget: MemoryBudget
    private var taken = 0

    package init(of budget: MemoryBudget) {
      self.budget = budget
    }

    /// Takes `amount` more, or what makes it all there is.
    package func grow(by amount: ByteCount) async {
      let more = min(amount.bytes, budget.total.bytes - taken)
      await budget.take(more)
      taken += more
    }

    package func giveBack() {
      budget.giveBack(taken)
      taken = 0
    }
  }

  private func take(_ amount: Int) async {
    await withCheckedContinuation { continuation in
      let goesNow = state.withLock { state in
        // Whoever came first goes first: a large picture must not starve behind small ones.
        guard state.waiting.isEmpty, state.free >= amount else {
          state.waiting.append(Waiting(amount: amount, continuation: continuation))
          return false
        }
        state.free -= amount
        return true
      }
      if goesNow { continuation.resume() }
    }
  }

  private func giveBack(_ amount: Int) {
    let ready = state.withLock { state in
      state.free += amount
      var ready: [CheckedContinuation<Void, Never>] = []
      while let first = state.waiting.first, first.amount <= state.free {
        state.free -= first.amount
        ready.append(state.waiting.removeFirst().continuation)
      }
      return ready
    }
    for continuation in ready { continuation.resume() }
  }
}
