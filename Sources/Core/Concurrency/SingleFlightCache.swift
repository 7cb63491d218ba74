import Synchronization

/// Makes each value once, however many ask for it at the same time or soon after: the first one makes it, the others
/// wait. Those that were asked for last are kept.
package final class SingleFlightCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private enum Entry {
    case beingMade([CheckedContinuation<Void, Never>])
    case made(Value)
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    /// Keys of what is made, the one last asked for at the end.
    var order: [Key] = []

    mutating func touch(_ key: Key) {
      guard let place = order.firstIndex(of: key) else { return }
      order.append(order.remove(at: place))
    }
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: how many values are kept.
  package init(capacity: Int) {
    self.capacity = capacity
  }

  /// The value for `key`. A failure is the maker's alone: whoever waited for it tries for itself.
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

  /// The value, when it is or becomes known; `nil` when it is now the caller's to make.
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
