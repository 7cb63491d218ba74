import Core
import Editing

/// The progress of a run.
public struct BatchProgress: Encodable, Sendable {
  /// The number of items in the manifest, as far as the limit of jobs includes them.
  public package(set) var jobs: Int
  /// The outcomes so far.
  public package(set) var summary: BatchSummary
  /// The number of requests in flight, including their preparation and the processing of their responses.
  public package(set) var inFlight = 0
  /// The time since the start of the run.
  public private(set) var elapsed: Duration = .zero
  /// The estimated time until the last job ends, at the recent rate. `nil` while no job has ended.
  public private(set) var remaining: Duration?

  private let start: ContinuousClock.Instant
  /// The times at which the latest jobs ended, without skipped ones.
  private var ends: [ContinuousClock.Instant] = []
  /// The size of the window for the estimate: more than are in flight at once, so that a burst of responses
  /// does not pass for the usual rate.
  private static let looksBack = 200

  package init(jobs: Int, _ summary: BatchSummary, at start: ContinuousClock.Instant) {
    (self.jobs, self.summary, self.start) = (jobs, summary, start)
  }

  /// The number of items that have ended, whatever their outcome.
  public var ended: Int { summary.done + summary.skipped + summary.failed + summary.ambiguous }

  package mutating func count(_ outcome: Batch.Outcome, at now: ContinuousClock.Instant) {
    summary.count(outcome)
    switch outcome {
    case .skipped, .elsewhere: break
    case .done, .incomplete, .ambiguous, .failed:
      ends.append(now)
      if ends.count > Self.looksBack { ends.removeFirst() }
    }
    tick(at: now)
  }

  mutating func tick(at now: ContinuousClock.Instant) {
    elapsed = now - start
    guard !ends.isEmpty else { return }
    // Skipped jobs took no time, and neither will those that are still to be skipped: they come first in a
    // second run.
    let since = ends.count < Self.looksBack ? start : ends[0]
    remaining = (now - since) * Double(jobs - ended) / Double(ends.count)
  }

  private enum CodingKeys: CodingKey {
    case jobs, done, skipped, failed, ambiguous, inFlight, seconds, remaining, cost, uncertain
  }

  /// Encodes the counts, times in seconds, and the cost.
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
    try container.encodeIfPresent(summary.uncertain, forKey: .uncertain)
  }
}
