import Core
import Editing

/// How far a run is; its encoding is a line of `batch --progress json`.
public struct BatchProgress: Encodable, Sendable {
  /// All items of the manifest.
  public let jobs: Int
  public package(set) var summary: BatchSummary
  /// Requests that are sent and not answered yet, with what is prepared for them and made of their answers.
  public package(set) var inFlight = 0
  public private(set) var elapsed: Duration = .zero
  /// Until the last has ended, if it goes on as it did lately. `nil` while nothing has ended.
  public private(set) var remaining: Duration?

  private let start: ContinuousClock.Instant
  /// When those ended that took time, the latest ones.
  private var ends: [ContinuousClock.Instant] = []
  /// More than are in flight at once, so that a burst of answers is not taken for the usual speed.
  private static let looksBack = 200

  package init(jobs: Int, _ summary: BatchSummary, at start: ContinuousClock.Instant) {
    (self.jobs, self.summary, self.start) = (jobs, summary, start)
  }

  /// How many have ended, in whatever way.
  public var ended: Int { summary.done + summary.skipped + summary.failed + summary.ambiguous }

  package mutating func count(_ outcome: Batch.Outcome, at now: ContinuousClock.Instant) {
    summary.count(outcome)
    switch outcome {
    case .skipped, .elsewhere: break
    case .done, .ambiguous, .failed:
      ends.append(now)
      if ends.count > Self.looksBack { ends.removeFirst() }
    }
    tick(at: now)
  }

  mutating func tick(at now: ContinuousClock.Instant) {
    elapsed = now - start
    guard !ends.isEmpty else { return }
    // What was skipped took no time, and neither will those that are left of that kind: those come first in a second run.
    let since = ends.count < Self.looksBack ? start : ends[0]
    remaining = (now - since) * Double(jobs - ended) / Double(ends.count)
  }

  private enum CodingKeys: CodingKey {
    case jobs, done, skipped, failed, ambiguous, inFlight, seconds, remaining, cost
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(jobs, forKey: .jobs)
    try container.encode(summary.done, forKey: .done)
    try container.encode(summary.skipped, forKey: .skipped)
    try container.encode(summary.failed, forKey: .failed)
    try container.encode(summary.ambiguous, forKey: .ambiguous)
    try container.encode(inFlight, forKey: .inFlight)
    try container.encode(elapsed.seconds, forKey: .seconds)
    try container.encodeIfPresent(remaining?.seconds, forKey: .remaining)
    try container.encode(summary.cost, forKey: .cost)
  }
}
