@testable import Submission

extension Timing {
  /// Waits return at once, and no time passes.
  static let instant = Timing(now: { .zero }, sleep: { _ in }, random: { 0 })
}
