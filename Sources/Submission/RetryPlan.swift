import Gateways

/// When a request that certainly cost nothing is sent again. Pure arithmetic: full jitter (a random share of a wait that
/// doubles), the gateway's own advice as the least, separate counts for rate limits and for faults.
package struct RetryPlan: Sendable {
  package struct Limits: Sendable {
    /// Answers that ask to come back later, and connections that were not made.
    package var rateLimits = 6
    package var faults = 2
    package var firstWait: Duration = .seconds(1)
    package var longestWait: Duration = .seconds(60)

    package init() {}

    /// For routes with another one behind them: a wait is a reason to go there.
    package static let none: Limits = {
      var limits = Limits()
      limits.rateLimits = 0
      limits.faults = 0
      return limits
    }()
  }

  package enum Cause: Sendable { case rateLimit, fault }

  package enum Decision: Sendable, Equatable {
    case wait(Duration)
    case giveUp
  }

  private let limits: Limits
  private var seen: [Cause: Int] = [:]

  package init(_ limits: Limits = Limits()) {
    self.limits = limits
  }

  /// - Parameters:
  ///   - advice: how long the gateway asks to wait.
  ///   - left: the time until the whole call's deadline.
  ///   - random: 0…1.
  package mutating func next(
    after cause: Cause, advice: Duration? = nil, left: Duration, random: Double
  ) -> Decision {
    let count = seen[cause, default: 0]
    guard count < (cause == .rateLimit ? limits.rateLimits : limits.faults) else { return .giveUp }
    seen[cause] = count + 1
    let ceiling = min(limits.longestWait, limits.firstWait * (1 << min(count, 20)))
    let jitter = ceiling * random
    // Whoever was told when to come does not come before, nor all at once.
    let wait = advice.map { $0 + min(jitter, .seconds(1)) } ?? jitter
    guard (advice ?? wait) <= limits.longestWait, wait < left else { return .giveUp }
    return .wait(wait)
  }
}

/// When a task is asked for again: often at first, then less, never before the gateway wants it.
package struct PollPlan: Sendable {
  private static let longest: Duration = .seconds(10)
  private static let growth = 1.15

  private var interval: Duration
  private let first: Duration

  package init(interval: Duration) {
    self.interval = interval
    first = interval
  }

  /// - Returns: `nil` when the deadline comes first.
  package mutating func next(advice: Duration? = nil, left: Duration) -> Duration? {
    let wait = max(interval, advice ?? .zero)
    interval = min(max(Self.longest, first), interval * Self.growth)
    return wait < left ? wait : nil
  }
}
