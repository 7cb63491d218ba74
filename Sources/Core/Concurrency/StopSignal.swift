import Synchronization

/// A request to stop: nothing new is sent, requests in flight are still answered, and what they bring is kept. Ask from anywhere, at
/// any time; asking again changes nothing. To abandon what is in flight, too, cancel the task.
public final class StopSignal: Sendable {
  private struct State {
    var isAsked = false
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var heirs: [Int: Heir] = [:]
    var next = 0
    /// Own requests in flight, and what is made of their answers.
    var requests = 0
    /// The signals under this one that have any.
    var busyHeirs = 0
    var deadline: Duration?
  }

  private struct Heir { weak var signal: StopSignal? }

  private let state = Mutex(State())
  private let parent: StopSignal?
  private let place: Int

  public init() {
    parent = nil
    place = 0
  }

  /// One for a part of the work: it is asked when its parent is, but not the other way round.
  package init(under parent: StopSignal) {
    self.parent = parent
    place = parent.state.withLock { state in
      state.next += 1
      return state.next
    }
    let isAsked = parent.state.withLock { state in
      state.heirs[place] = Heir(signal: self)
      return state.isAsked
    }
    if isAsked { ask() }
  }

  deinit {
    let hasRequests = state.withLock { $0.requests > 0 || $0.busyHeirs > 0 }
    parent?.state.withLock { $0.heirs[place] = nil }
    if hasRequests { parent?.heirEnded() }
  }

  public var isAsked: Bool { state.withLock { $0.isAsked } }

  public func ask() {
    let (waiting, heirs) = state.withLock { state in
      defer {
        state.isAsked = true
        state.waiting = [:]
      }
      return (state.waiting.values, state.heirs.values.compactMap(\.signal))
    }
    for continuation in waiting { continuation.resume() }
    for heir in heirs { heir.ask() }
  }
}

extension StopSignal {
  /// Returns when a stop is asked for, or the task is canceled.
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

  /// Does work that a stop ends: it is canceled then.
  ///
  /// - Throws: `CancellationError` when the stop was asked for before it ended, whatever it threw then.
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

  /// A request leaves.
  ///
  /// - Parameter deadline: until when it may take, on the clock that all of them use.
  package func begin(until deadline: Duration) {
    let isFirst = state.withLock { state in
      state.requests += 1
      state.deadline = max(state.deadline ?? deadline, deadline)
      return state.requests == 1 && state.busyHeirs == 0
    }
    if isFirst { parent?.heirBegan() }
  }

  /// A request has failed, or what it brought is where it belongs.
  package func end() {
    let isLast = state.withLock { state in
      state.requests -= 1
      return state.requests == 0 && state.busyHeirs == 0
    }
    if isLast { parent?.heirEnded() }
  }

  /// The work is over, however it ended.
  package func endAll() {
    let hadRequests = state.withLock { state in
      defer { state.requests = 0 }
      return state.requests > 0 && state.busyHeirs == 0
    }
    if hadRequests { parent?.heirEnded() }
  }

  private func heirBegan() {
    let isFirst = state.withLock { state in
      state.busyHeirs += 1
      return state.busyHeirs == 1 && state.requests == 0
    }
    if isFirst { parent?.heirBegan() }
  }

  private func heirEnded() {
    let isLast = state.withLock { state in
      state.busyHeirs -= 1
      return state.busyHeirs == 0 && state.requests == 0
    }
    if isLast { parent?.heirEnded() }
  }

  /// How many pieces of work have requests in flight.
  package var inFlight: Int { state.withLock { $0.busyHeirs } + (state.withLock { $0.requests } > 0 ? 1 : 0) }

  /// The latest deadline of its own requests in flight; `nil` without any.
  package var deadline: Duration? { state.withLock { $0.requests > 0 ? $0.deadline : nil } }
}
