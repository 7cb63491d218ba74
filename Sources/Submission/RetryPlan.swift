import Gateways

/// The retry schedule of requests that certainly cost nothing: exponential backoff with full jitter (a random
/// share of a wait that doubles), the gateway's advice as the minimum, and separate counts for rate limits
/// and for faults. It is pure arithmetic without I/O.
package struct RetryPlan: Sendable {
  package struct Limits: Sendable {
    /// The maximum number of retries after rate limits and overload. Default: 6.
    package var rateLimits = 6
    /// The maximum number of retries after faults, such as failed connections. Default: 2.
    package var faults = 2
    /// The first wait before jitter, which doubles with each retry. Default: 1 s.
    package var firstWait: Duration = .seconds(1)
    /// The maximum wait. Advice to wait longer ends the retries. Default: 60 s.
    package var longestWait: Duration = .seconds(60)

    package init() {}

    /// No retries, for routes with a fallback: instead of waiting, the next route is used.
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

  /// Decides about the next retry, and counts it.
  ///
  /// - Parameters:
  ///   - advice: The wait that the gateway requests.
  ///   - left: The time until the deadline of the whole call.
  ///   - random: A random number in 0…1.
  package mutating func next(
    after cause: Cause, advice: Duration? = nil, left: Duration, random: Double
  ) -> Decision {
    let count = seen[cause, default: 0]
    guard count < (cause == .rateLimit ? limits.rateLimits : limits.faults) else { return .giveUp }
    seen[cause] = count + 1
    let ceiling = min(limits.longestWait, limits.firstWait * (1 << min(count, 20)))
    let jitter = ceiling * random
    // With advice, wait at least as long, plus up to 1 s of jitter, so that clients do not retry at the same
    // moment.
    let wait = advice.map { $0 + min(jitter, .seconds(1)) } ?? jitter
    guard (advice ?? wait) <= limits.longestWait, wait < left else { return .giveUp }
    return .wait(wait)
  }
}

/// The polling schedule of a task: the interval grows from the gateway's own to a maximum, and is never
/// shorter than the gateway requests.
package struct PollPlan: Sendable {
  private static let longest: Duration = .seconds(10)
  private static let growth = 1.15

  private var interval: Duration
  private let first: Duration

  package init(interval: Duration) {
    self.interval = interval
    first = interval
  }

  /// Returns the wait before the next poll.
  ///
  /// - Parameters:
  ///   - advice: The wait that the gateway requests.
  ///   - left: The time until the deadline.
  /// - Returns: `nil` if the deadline comes first.
  package mutating func next(advice: Duration? = nil, left: Duration) -> Duration? {
    let wait = max(interval, advice ?? .zero)
    interval = min(max(Self.longest, first), interval * Self.growth)
    return wait < left ? wait : nil
  }
}
