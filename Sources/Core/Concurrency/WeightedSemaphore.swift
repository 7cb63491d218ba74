import Synchronization

/// A weighted semaphore: tasks share a number of units, such as bytes of memory or connections. Each task
/// takes what it needs and waits until that is free. Waiters are served first in, first out.
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

  /// The total number of units.
  package let total: Int
  private let state: Mutex<State>

  package init(_ total: Int) {
    self.total = total
    state = Mutex(State(free: total))
  }

  /// Runs `work` while holding `amount` units, or all of them if there are fewer.
  ///
  /// On cancellation the wait ends and `work` runs without a share; it must check for cancellation.
  package func holding<Result, Failure: Error>(
    _ amount: Int, _ work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let share = Share(of: self)
    defer { share.giveBack() }
    await share.grow(by: amount)
    return try await work()
  }

  /// The units that one piece of work holds, which can grow in steps. Only one share at a time may wait for
  /// more units while it holds some; two that did might wait for each other.
  package final class Share {
    private let budget: WeightedSemaphore
    private var taken = 0

    package init(of budget: WeightedSemaphore) {
      self.budget = budget
    }

    /// Takes `amount` more units, or as many as there are in total. A share that already holds some is served
    /// before those that hold none: one of those may wait for all units, and so for this share, which would
    /// wait behind it.
    package func grow(by amount: Int) async {
      let more = min(amount, budget.total - taken)
      if await budget.take(more, goesFirst: taken > 0) { taken += more }
    }

    /// Takes or returns units so that the share holds `amount`.
    package func become(_ amount: Int) async {
      if amount >= taken { return await grow(by: amount - taken) }
      budget.giveBack(taken - amount)
      taken = amount
    }

    /// Returns all units of the share.
    package func giveBack() {
      budget.giveBack(taken)
      taken = 0
    }
  }

  /// - Returns: whether the units were taken; `false` when the task was canceled first.
  private func take(_ amount: Int, goesFirst: Bool) async -> Bool {
    let id = state.withLock { state in
      state.number += 1
      return state.number
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesNow: Bool? = state.withLock { state in
          // A cancellation from here on finds this waiter in the queue.
          if Task.isCancelled { return false }
          // First in, first out: a large picture must not starve behind small ones.
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
      // The waiter may already hold its units, or not be queued yet.
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
  /// Removes the first waiters whose units are free, and takes those units.
  fileprivate mutating func takeReady() -> [WeightedSemaphore.Waiting] {
    var ready: [WeightedSemaphore.Waiting] = []
    while let first = waiting.first, first.amount <= free {
      free -= first.amount
      ready.append(waiting.removeFirst())
    }
    return ready
  }
}
