import Synchronization

/// A number of units, such as bytes of memory or places in a row, that pieces of work share: each takes what it may need and
/// waits, in order, until that is free.
package final class WeightedSemaphore: Sendable {
  fileprivate struct Waiting {
    let id: Int
    let amount: Int
    let continuation: CheckedContinuation<Bool, Never>
  }

  fileprivate struct State {
    var free: Int
    var waiting: [Waiting] = []
    var number = 0
  }

  package let total: Int
  private let state: Mutex<State>

  package init(_ total: Int) {
    self.total = total
    state = Mutex(State(free: total))
  }

  /// Runs `work` while `amount` of the budget, or all of it where that is less, is set aside. Whoever is canceled while
  /// waiting waits no longer; its work runs without a share, and is to see for itself that it is not wanted.
  package func holding<Result, Failure: Error>(
    _ amount: Int, _ work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let share = Share(of: self)
    defer { share.giveBack() }
    await share.grow(by: amount)
    return try await work()
  }

  /// What one piece of work has taken, little by little. Only one at a time may wait for more while it holds some, or
  /// several might wait for each other.
  package final class Share {
    private let budget: WeightedSemaphore
    private var taken = 0

    package init(of budget: WeightedSemaphore) {
      self.budget = budget
    }

    /// Takes `amount` more, or what makes it all there is. Whoever holds some already goes before those who hold nothing: one of
    /// them may wait for all there is, and would wait for this share, which would wait behind it.
    package func grow(by amount: Int) async {
      let more = min(amount, budget.total - taken)
      if await budget.take(more, goesFirst: taken > 0) { taken += more }
    }

    /// Takes more, or gives some back, so that it is `amount`.
    package func become(_ amount: Int) async {
      if amount >= taken { return await grow(by: amount - taken) }
      budget.giveBack(taken - amount)
      taken = amount
    }

    package func giveBack() {
      budget.giveBack(taken)
      taken = 0
    }
  }

  /// - Returns: whether it was taken; not so when the task was canceled before.
  private func take(_ amount: Int, goesFirst: Bool) async -> Bool {
    let id = state.withLock { state in
      state.number += 1
      return state.number
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesNow: Bool? = state.withLock { state in
          // A cancellation that comes later finds it in the row.
          if Task.isCancelled { return false }
          // Whoever came first goes first: a large picture must not starve behind small ones.
          guard goesFirst || state.waiting.isEmpty, state.free >= amount else {
            state.waiting.insert(
              Waiting(id: id, amount: amount, continuation: continuation),
              at: goesFirst ? 0 : state.waiting.count)
            return nil
          }
          state.free -= amount
          return true
        }
        if let goesNow { continuation.resume(returning: goesNow) }
      }
    } onCancel: {
      cancel(id)
    }
  }

  private func cancel(_ id: Int) {
    let (waiting, ready) = state.withLock { state -> (Waiting?, [Waiting]) in
      // It may have its share already, or not have asked for it yet.
      guard let place = state.waiting.firstIndex(where: { $0.id == id }) else { return (nil, []) }
      return (state.waiting.remove(at: place), state.takeReady())
    }
    waiting?.continuation.resume(returning: false)
    for one in ready { one.continuation.resume(returning: true) }
  }

  private func giveBack(_ amount: Int) {
    let ready = state.withLock { state in
      state.free += amount
      return state.takeReady()
    }
    for one in ready { one.continuation.resume(returning: true) }
  }
}

extension WeightedSemaphore.State {
  /// Those whose turn it is.
  fileprivate mutating func takeReady() -> [WeightedSemaphore.Waiting] {
    var ready: [WeightedSemaphore.Waiting] = []
    while let first = waiting.first, first.amount <= free {
      free -= first.amount
      ready.append(waiting.removeFirst())
    }
    return ready
  }
}
