import Synchronization

/// A single-flight LRU cache: it makes each value once, however many tasks request it at the same time. The
/// first task makes it and the others wait. The most recently requested values are kept.
package final class SingleFlightCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private enum Entry {
    case beingMade([CheckedContinuation<Void, Never>])
    case made(Value)
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    /// The keys of finished values, the most recently requested last.
    var order: [Key] = []

    mutating func touch(_ key: Key) {
      guard let place = order.firstIndex(of: key) else { return }
      order.append(order.remove(at: place))
    }
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: the maximum number of values that are kept.
  package init(capacity: Int) {
    self.capacity = capacity
  }

  /// Returns the value for `key`, and makes it if necessary. A failure is thrown only to the task that ran
  /// `make`; the tasks that waited for it try again.
  package func value(for key: Key, _ make: () async throws -> Value) async throws -> Value {
    if let value = try await kept(key) { return value }
    do {
      let value = try await make()
      settle(key, value)
      return value
    } catch {
      settle(key, nil)
      throw error
    }
  }

  /// Returns the value once it is available, or `nil` when the caller has to make it.
  private func kept(_ key: Key) async throws -> Value? {
    while true {
      try Task.checkCancellation()
      let entry = state.withLock { state -> Entry? in
        if let entry = state.entries[key] {
          state.touch(key)
          return entry
        }
        state.entries[key] = .beingMade([])
        return nil
      }
      switch entry {
      case nil: return nil
      case .made(let value): return value
      case .beingMade: await wait(for: key)
      }
    }
  }

  private func wait(for key: Key) async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard case .beingMade(let waiting)? = state.entries[key] else { return true }
        state.entries[key] = .beingMade(waiting + [continuation])
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  private func settle(_ key: Key, _ value: Value?) {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard case .beingMade(let waiting)? = state.entries[key] else { return [] }
      state.entries[key] = value.map { .made($0) }
      if value != nil { state.order.append(key) }
      if state.order.count > capacity { state.entries[state.order.removeFirst()] = nil }
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
