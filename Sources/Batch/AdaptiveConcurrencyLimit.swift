import Editing
import Core

/// An AIMD concurrency limit for one route: it grows while requests succeed, halves when the route
/// rate-limits, and admits nothing until the wait is over. Waiters are served first in, first out.
package actor AdaptiveConcurrencyLimit {
  private static let first = 4.0
  private let maximum: Double
  private var limit: Double
  /// The slow-start threshold: the halved width after the route's last rate limit. Below it, each success
  /// widens the limit by one; above it, a full width of successes does.
  private var borne: Double
  private(set) var inFlight = 0
  private var waiting: [CheckedContinuation<Bool, Never>] = []
  private let stop: StopSignal
  private var pausedUntil: ContinuousClock.Instant?

  /// - Parameter borne: the width that the route is known to bear. `nil`: it has not rate-limited yet.
  init(maximum: Int, borne: Int? = nil, until stop: StopSignal = StopSignal()) {
    self.stop = stop
    let known = min(Double(maximum), borne.map(Double.init) ?? Double(maximum))
    self.maximum = Double(maximum)
    self.borne = known
    limit = min(Self.first, known)
  }

  /// The limit in whole requests; at least 1.
  package var width: Int { max(1, Int(limit)) }

  /// Waits for a slot, and for the end of a pause.
  ///
  /// - Returns: whether the request may be sent; `false` when a stop was requested during the wait.
  func enter() async -> Bool {
    guard !stop.isAsked else { return false }
    if inFlight < width, waiting.isEmpty {
      inFlight += 1
    } else {
      guard await withCheckedContinuation({ waiting.append($0) }) else { return false }
    }
    while let end = pausedUntil, end > .now {
      // A canceled task does not wait; its work checks for cancellation itself.
      let sleep = { @Sendable in try await Task.sleep(until: end, clock: .continuous) }
      guard (try? await stop.cutting(sleep)) != nil else { break }
    }
    guard stop.isAsked else { return true }
    leave(isSuccess: false)
    return false
  }

  /// Releases all waiters after a stop; their requests are not sent.
  func letGo() {
    for one in waiting { one.resume(returning: false) }
    waiting = []
  }

  /// Releases a slot.
  ///
  /// - Parameter isSuccess: whether the request succeeded.
  package func leave(isSuccess: Bool) {
    inFlight -= 1
    if isSuccess { limit = min(maximum, limit + (limit < borne ? 1 : 1 / limit)) }
    admit()
  }

  /// Halves the limit and pauses the route after it rate-limits. Several requests that are rate-limited
  /// during one pause halve it once.
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

  /// Starts no request during that time.
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
