import Gateways
package import Submission
import Synchronization
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is asked of an editor, whichever route it takes. An object, as is `ReadyEdit`: an edit that waits for minutes keeps
/// what it has in its hands in the frame of every function that waits with it.
package final class EditJob: Sendable {
  package let id = UUID().uuidString.lowercased()
  package let start = ContinuousClock.now
  package let prompt: String
  package let references: [Reference]
  package let options: EditOptions
  package let output: OutputPlan
  let retries: RetryPlan.Limits
  package let stop: StopSignal
  package let watch: @Sendable (EditEvent) -> Void
  private let routesBefore = Mutex<[AttemptNote]>([])

  /// - Throws: 64 when the options name no output.
  package init(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, _ retries: RetryPlan.Limits,
    until stop: StopSignal = StopSignal(), _ watch: @escaping @Sendable (EditEvent) -> Void
  ) throws(PlantainError) {
    self.prompt = prompt
    self.references = references
    self.options = options
    output = try OutputPlan(options, first: references.first)
    self.retries = retries
    self.stop = stop
    self.watch = watch
  }

  /// What was tried by routes that have failed.
  package var earlier: [AttemptNote] { routesBefore.withLock { $0 } }

  func hasFailed(_ error: PlantainError) {
    routesBefore.withLock { $0 += error.attempts }
  }
}

/// An edit whose requests are prepared and written down, by one route.
final class ReadyEdit: Sendable {
  package let plan: EditPlan
  package let requests: [EditRequest]
  package let route: Route
  let executor: RequestExecutor
  /// For each request and all that follows from it.
  package let timeout: Duration

  init(plan: EditPlan, requests: [EditRequest], route: Route, executor: RequestExecutor, timeout: Duration) {
    self.plan = plan
    self.requests = requests
    self.route = route
    self.executor = executor
    self.timeout = timeout
  }
}
