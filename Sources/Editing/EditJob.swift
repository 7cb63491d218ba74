import Gateways
package import Submission
import Synchronization
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One call of `Editor.edit`, independent of the route that serves it.
///
/// `EditJob` and `ReadyEdit` are classes to keep async frames small: an edit that waits for minutes keeps its
/// values in the frame of every function that waits for it.
package final class EditJob: Sendable {
  /// A lowercase UUID.
  package let id = UUID().uuidString.lowercased()
  package let start = ContinuousClock.now
  package let prompt: String
  package let references: [Reference]
  package let options: EditOptions
  package let output: OutputPlan
  let retries: RetryPlan.Limits
  /// The edit's share of a limit that several edits have in common; `nil`: there is none.
  let reservation: SpendingReservation?
  package let stop: StopSignal
  package let watch: @Sendable (EditEvent) -> Void
  /// The lock on the edit's reservation for the day's limit, while there is one.
  private let reservationLock = Mutex<JobLock?>(nil)
  private let routesBefore = Mutex<[AttemptNote]>([])

  /// - Throws: `usage` when the options name no output.
  package init(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, _ retries: RetryPlan.Limits,
    until stop: StopSignal = StopSignal(), reserving reservation: SpendingReservation? = nil,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) throws(PlantainError) {
    self.reservation = reservation
    self.prompt = prompt
    self.references = references
    self.options = options
    output = try OutputPlan(options, first: references.first)
    self.retries = retries
    self.stop = stop
    self.watch = watch
  }

  /// Checks that the results can be written, and replace no picture that the edit reads.
  func requireWritable() throws(PlantainError) {
    try output.check()
    try output.requireApart(from: references + [options.finish.mask])
  }

  /// The attempts of the routes that have failed.
  package var earlier: [AttemptNote] { routesBefore.withLock { $0 } }

  /// Locks the edit's reservation, which `makeLock` does, unless it is locked.
  func lockReservation(_ makeLock: () -> JobLock?) { reservationLock.withLock { $0 = $0 ?? makeLock() } }

  func unlockReservation() { reservationLock.withLock { $0 = nil } }

  private func hasFailed(_ error: PlantainError) {
    routesBefore.withLock { $0 += error.attempts }
  }
}

extension EditJob {
  /// Goes over to the next route after a failure that permits it.
  @inline(never)
  func failOver(after error: PlantainError, to next: Route?) throws(PlantainError) {
    guard let next, error.permitsAnotherRoute else { throw error }
    hasFailed(error)
    watch(.failedOver(error, to: next.gateway.id))
  }
}

extension PlantainError {
  /// Whether the failure cost nothing and concerns only this route. A request that was refused by policy is
  /// not tried at another gateway, and a request that one gateway rejects as malformed is malformed
  /// everywhere.
  fileprivate var permitsAnotherRoute: Bool {
    let isOfRoute: Set<Code> = [
      .rateLimited, .overloaded, .unreachable, .keyMissing, .keyRejected, .outOfCredit, .needsBilling,
      .placeNotServed, .unknownModel,
    ]
    return billed == .no && isOfRoute.contains(code)
  }
}
