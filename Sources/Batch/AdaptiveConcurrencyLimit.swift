import Editing
import Core

/// How many requests are in flight by one route: more while all goes well, half as many when it asks to come back later, and none
/// until then. Whoever waits keeps its order.
package actor AdaptiveConcurrencyLimit {
  private static let first = 4.0
  private let maximum: Double
  private var limit: Double
  /// What the route is known to bear: up to it the width grows with every success, beyond it by one for every width of them.
  private var borne: Double
  private(set) var inFlight = 0
  private var waiting: [CheckedContinuation<Bool, Never>] = []
  private let stop: StopSignal
  private var pausedUntil: ContinuousClock.Instant?

  /// - Parameter borne: how many requests the route was seen to bear. `nil`: it has not complained.
  init(maximum: Int, borne: Int? = nil, until stop: StopSignal = StopSignal()) {
    self.stop = stop
    let known = min(Double(maximum), borne.map(Double.init) ?? Double(maximum))
    self.maximum = Double(maximum)
    self.borne = known
    limit = min(Self.first, known)
  }

  /// Whole ones.
  package var width: Int { max(1, Int(limit)) }

  /// - Returns: whether it may be sent; not so when a stop was asked for while it waited.
  func enter() async -> Bool {
    guard !stop.isAsked else { return false }
    if inFlight < width, waiting.isEmpty {
      inFlight += 1
    } else {
      guard await withCheckedContinuation({ waiting.append($0) }) else { return false }
    }
    while let end = pausedUntil, end > .now {
      // One that is canceled does not wait; its work sees that for itself.
      let sleep = { @Sendable in try await Task.sleep(until: end, clock: .continuous) }
      guard (try? await stop.cutting(sleep)) != nil else { break }
    }
    guard stop.isAsked else { return true }
    leave(isSuccess: false)
    return false
  }

  /// After a stop: nobody waits any longer.
  func letGo() {
    for one in waiting { one.resume(returning: false) }
    waiting = []
  }

  /// - Parameter isSuccess: it was answered as wished.
  package func leave(isSuccess: Bool) {
    inFlight -= 1
    if isSuccess { limit = min(maximum, limit + (limit < borne ? 1 : 1 / limit)) }
    admit()
  }

  /// The route asks to come back after a time. Several requests that hear it at once are one reason to slow down.
  ///
  /// - Returns: the width from now on.
  func backOff(for wait: Duration) -> Int {
    if pausedUntil.map({ $0 <= .now }) ?? true {
      limit = max(1, limit / 2)
      borne = limit
    }
    pause(for: wait)
    return width
  }

  /// No request is begun for that time.
  func pause(for wait: Duration) {
    pausedUntil = max(pausedUntil ?? .now, .now + wait)
  }

  private func admit() {
    while inFlight < width, !waiting.isEmpty {
      inFlight += 1
      waiting.removeFirst().resume(returning: true)
    }
  }
}
