import Gateways
import PictureFormats
import PictureWork
package import Ledger
import Submission
public import Core

/// The result of one minimal test edit by one route.
public struct ProbeResult: Encodable, Sendable {
  /// The id of the gateway.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The base URL of the route.
  public let baseURL: String
  /// Whether the route works.
  public let state: State
  /// The message of the error, or that a picture was returned.
  public let reason: String
  /// The duration in seconds.
  public let seconds: Double
  /// When the probe began, in ISO 8601 and UTC.
  public let at: String
  /// The error of a route that is not healthy. It is not stored in the ledger.
  public let error: PlantainError?

  /// The health of a route.
  public enum State: String, Encodable, Sendable {
    /// The route returned a picture.
    case healthy
    /// The route itself fails: it rejects a request that its documentation allows, or answers without a
    /// picture.
    case unhealthy
    /// The probe failed for a reason outside the route: the key, the network, a rate limit, or a refusal.
    case inconclusive
  }

  private enum CodingKeys: String, CodingKey { case gateway, model, baseURL, state, reason, seconds, at }

  package init(_ entry: ProbeEntry, error: PlantainError? = nil) {
    gateway = entry.gateway
    model = entry.model
    baseURL = entry.baseURL
    state = State(rawValue: entry.state) ?? .inconclusive
    reason = entry.reason
    seconds = entry.seconds
    at = Timestamp(milliseconds: entry.at).description
    self.error = error
  }
}

extension Editor {
  /// Crazyrouter's template for retrying a route, made for a picture of a square on a background
  /// (https://docs.crazyrouter.com/en/chat/gemini/image-edit).
  private static let prompt =
    "Edit this image: change the background to blue and keep the main square visible. Return image output."

  /// Sends one minimal edit by each route, concurrently and without retries, and records the results with
  /// their time in the ledger. Each probe costs as much as an edit.
  ///
  /// - Parameters:
  ///   - timeout: the timeout of each probe; `nil`: the gateway's own. Default: `nil`.
  ///   - spending: the spending limits, which apply to probes, too. Default: none.
  ///   - stop: as in `edit`. Default: a signal that never stops the probes.
  ///   - watch: receives the progress events of the edits. Default: ignores them.
  /// - Returns: the results in the order of the routes. The error of a failed probe is in its result.
  /// - Throws: `PlantainError` with the code `ledgerUnusable` when the ledger cannot be used, `interrupted`
  ///   when interrupted.
  public func probe(
    timeout: Duration? = nil, spending: SpendingLimits = SpendingLimits(),
    until stop: StopSignal = StopSignal(), watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> [ProbeResult] {
    let limiter = SpendingLimiter(spending.perRun)
    var found: [Result<ProbeResult, PlantainError>] = []
    await orderedConcurrentMap(routes, width: routes.count) { route in
      do throws(PlantainError) {
        return Result<ProbeResult, PlantainError>.success(
          try await self.probe(route, timeout, spending, limiter, StopSignal(under: stop), watch))
      } catch {
        return .failure(error)
      }
    } consume: {
      found.append($0)
    }
    var results: [ProbeResult] = []
    for result in found { results.append(try result.get()) }
    return results
  }

  private func probe(
    _ route: Route, _ timeout: Duration?, _ spending: SpendingLimits, _ limiter: SpendingLimiter,
    _ stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> ProbeResult {
    let start = ContinuousClock.now
    let at = Int.now
    let error = await trial(route, timeout, spending, limiter, stop, watch)
    if let error, error.code == .interrupted || error.code == .ledgerUnusable { throw error }
    let entry = ProbeEntry(
      gateway: route.gateway.id, model: route.gateway.defaultModel.id, baseURL: route.baseURL.text, at: at,
      state: (error?.health ?? .healthy).rawValue, reason: error?.message ?? "a picture came back",
      seconds: (ContinuousClock.now - start) / .seconds(1))
    // If the key is missing or the limit is reached, nothing was sent. A billed result is returned even if
    // recording it fails.
    if error?.code != .keyMissing, error?.code != .overSpending, let ledger = try? store.ledger() {
      try? await ledger.insert(entry)
    }
    return ProbeResult(entry, error: error)
  }

  private func trial(
    _ route: Route, _ timeout: Duration?, _ spending: SpendingLimits, _ limiter: SpendingLimiter,
    _ stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async -> PlantainError? {
    do throws(PlantainError) {
      let (references, smallest) = try await smallest(route.gateway)
      let options = smallest.with(timeout, spending)
      let resolved = try ResolvedRoute(options, for: route)
      _ = try limiter.take(resolved.options.price, count: 1, route.gateway.id)
      defer { stop.endAll() }
      _ = try await stop.reporting(to: watch, timing) { () throws(PlantainError) in
        try await self.edit(
          Self.prompt, references, options, by: [resolved], retries: .none, until: stop, watch)
      }
      return nil
    } catch {
      return error
    }
  }

  /// Returns the plan of a probe of each route: what it would send, and its price.
  ///
  /// - Throws: the same errors as `plan`.
  public func probePlans() async throws(PlantainError) -> [EditPlan] {
    var plans: [EditPlan] = []
    for route in routes {
      let (references, options) = try await smallest(route.gateway)
      let job = try EditJob(Self.prompt, references, options, .none) { _ in }
      plans.append(try await plan(job, by: ResolvedRoute(options, for: route)))
    }
    return plans
  }

  /// A picture of a square on a background, and options with the smallest tier of the gateway.
  private func smallest(_ gateway: Gateway) async throws(PlantainError) -> ([Reference], EditOptions) {
    var options = EditOptions()
    options.output = .memory
    // A probe is meant to be paid for each time, above all after one whose outcome is unknown.
    options.sendsAgain = true
    options.tier = gateway.defaultModel.tiers.first
    let edge = 128
    let pixels = (0..<edge * edge).flatMap { place -> [UInt8] in
      let isSquare = [place / edge, place % edge].allSatisfy { (edge / 4..<edge * 3 / 4).contains($0) }
      return isSquare ? [200, 40, 30] : [240, 240, 235]
    }
    let size = PixelSize(width: edge, height: edge)
    do {
      let picture = try await processor.encode(RawPixels(pixels, PixelLayout(size, bands: 3)), as: .png)
      return ([.bytes(picture, name: "probe.png")], options)
    } catch let error as IsolationError {
      throw .isolating(error)
    } catch {
      throw .unexpected(error)
    }
  }
}

extension EditOptions {
  fileprivate func with(_ timeout: Duration?, _ spending: SpendingLimits) -> EditOptions {
    var options = self
    (options.timeout, options.spending) = (timeout, spending)
    return options
  }
}

extension PlantainError {
  /// The health of the route after a failed probe. A route is unhealthy only because of the gateway's own
  /// replies.
  fileprivate var health: ProbeResult.State {
    switch code {
    case .overloaded, .noPicture, .requestRejected, .unknownModel: .unhealthy
    case .outcomeUnknown: underlying is GatewayFailure ? .unhealthy : .inconclusive
    default: .inconclusive
    }
  }
}
