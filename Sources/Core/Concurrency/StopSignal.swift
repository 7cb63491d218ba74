import Synchronization

/// A request to stop gracefully: nothing new is sent, requests in flight are still answered, and their
/// results are kept. It can be made from any thread at any time; repeating it has no effect. To abandon the
/// requests in flight as well, cancel the task.
public final class StopSignal: Sendable {
  private struct State {
    var isAsked = false
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var children: [Int: Child] = [:]
    var next = 0
    /// The number of this signal's own requests that are in flight or whose responses are still being
    /// processed.
    var requests = 0
    /// The number of child signals that have such requests.
    var busyChildren = 0
    var deadline: Duration?
  }

  private struct Child { weak var signal: StopSignal? }

  private let state = Mutex(State())
  private let parent: StopSignal?
  private let place: Int

  /// Creates a signal without a parent.
  public init() {
    parent = nil
    place = 0
  }

  /// Creates a child signal for a part of the work. A stop of the parent also stops the child, but not the
  /// other way round.
  package init(under parent: StopSignal) {
    self.parent = parent
    place = parent.state.withLock { state in
      state.next += 1
      return state.next
    }
    let isAsked = parent.state.withLock { state in
      state.children[place] = Child(signal: self)
      return state.isAsked
    }
    if isAsked { ask() }
  }

  deinit {
    let hasRequests = state.withLock { $0.requests > 0 || $0.busyChildren > 0 }
    parent?.state.withLock { $0.children[place] = nil }
    if hasRequests { parent?.childEnded() }
  }

  /// Whether a stop was requested.
  public var isAsked: Bool { state.withLock { $0.isAsked } }

  /// Requests the stop, of this signal and its children.
  public func ask() {
    let (waiting, children) = state.withLock { state in
      defer {
        state.isAsked = true
        state.waiting = [:]
      }
      return (state.waiting.values, state.children.values.compactMap(\.signal))
    }
    for continuation in waiting { continuation.resume() }
    for child in children { child.ask() }
  }
}

extension StopSignal {
  /// Waits until a stop is requested or the task is canceled.
  package func asked() async {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard !state.isAsked, !Task.isCancelled else { return true }
          state.waiting[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
    }
  }

  /// Runs `work`, which a stop cancels.
  ///
  /// - Throws: `CancellationError` when the stop was requested before `work` ended, whatever `work` throws
  ///   then. Otherwise what `work` throws.
  package func cutting<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard !isAsked else { throw CancellationError() }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        await self.asked()
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() ?? nil else { throw CancellationError() }
      return value
    }
  }

  /// Records that a request is sent.
  ///
  /// - Parameter deadline: the latest time at which it ends, on the clock that all requests share.
  package func begin(until deadline: Duration) {
    let isFirst = state.withLock { state in
      state.requests += 1
      state.deadline = max(state.deadline ?? deadline, deadline)
      return state.requests == 1 && state.busyChildren == 0
    }
    if isFirst { parent?.childBegan() }
  }

  /// Records that a request has failed or that its result has been stored.
  package func end() {
    let isLast = state.withLock { state in
      state.requests -= 1
      return state.requests == 0 && state.busyChildren == 0
    }
    if isLast { parent?.childEnded() }
  }

  /// Records that the work has ended, in whatever way, with all its requests.
  package func endAll() {
    let hadRequests = state.withLock { state in
      defer { state.requests = 0 }
      return state.requests > 0 && state.busyChildren == 0
    }
    if hadRequests { parent?.childEnded() }
  }

  private func childBegan() {
    let isFirst = state.withLock { state in
      state.busyChildren += 1
      return state.busyChildren == 1 && state.requests == 0
    }
    if isFirst { parent?.childBegan() }
  }

  private func childEnded() {
    let isLast = state.withLock { state in
      state.busyChildren -= 1
      return state.busyChildren == 0 && state.requests == 0
    }
    if isLast { parent?.childEnded() }
  }

  /// The number of pieces of work that have requests in flight.
  package var inFlight: Int {
    state.withLock { $0.busyChildren } + (state.withLock { $0.requests } > 0 ? 1 : 0)
  }

  /// The latest deadline of this signal's own requests in flight; `nil` if there are none.
  package var deadline: Duration? { state.withLock { $0.requests > 0 ? $0.deadline : nil } }
}
