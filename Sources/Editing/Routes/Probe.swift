import Gateways
import Imaging
import PictureFormats
package import Ledger
import Submission
public import Core

/// What became of one smallest edit by one route; its encoding is the JSON of `probe`.
public struct ProbeResult: Encodable, Sendable {
  public let gateway: String
  public let model: String
  /// Where it was sent.
  public let baseURL: String
  public let state: State
  public let reason: String
  public let seconds: Double
  /// ISO 8601, in UTC.
  public let at: String
  /// Why it is not healthy; not kept in the ledger.
  public let error: PlantainError?

  public enum State: String, Encodable, Sendable {
    /// A picture came back.
    case healthy
    /// The route itself fails: it does not take what its pages describe, or answers without a picture.
    case unhealthy
    /// It failed for a reason that is not the route's: the key, the network, the rate, or a refusal.
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
  /// Crazyrouter's own template for trying a route again, whose picture is a square on a ground
  /// (https://docs.crazyrouter.com/en/chat/gemini/image-edit).
  private static let prompt =
    "Edit this image: change the background to blue and keep the main square visible. Return image output."

  /// Sends one smallest edit by each route, at the same time and without a second try, and dates what became of it in the
  /// ledger. Each costs what an edit costs.
  ///
  /// - Parameters:
  ///   - timeout: for each; `nil`: the gateway's own.
  ///   - spending: limits that hold for probes, too.
  ///   - stop: as in `edit`.
  /// - Returns: in the order of the routes. What fails is in there.
  /// - Throws: 73 when the ledger cannot be used, 130.
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
    // Without a key, or the money, nothing was tried. What was paid for is told, also where it cannot be written down.
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
      let (references, options) = try Self.smallest(route.gateway)
      var settled = options
      (settled.timeout, settled.spending) = (timeout, spending)
      _ = try limiter.take(RequestChoices(options, route.gateway).price, count: 1, route.gateway.id)
      let asked = settled
      defer { stop.endAll() }
      _ = try await telling(stop, watch) { () throws(PlantainError) in
        try await self.edit(
          Self.prompt, references, asked, by: [route], retries: .none, until: stop, watch)
      }
      return nil
    } catch {
      return error
    }
  }

  /// What a probe of each route would send, and its price.
  public func probePlans() async throws(PlantainError) -> [EditPlan] {
    var plans: [EditPlan] = []
    for route in routes {
      let (references, options) = try Self.smallest(route.gateway)
      let job = try EditJob(Self.prompt, references, options, .none) { _ in }
      plans.append(try await plan(job, by: route))
    }
    return plans
  }

  /// A square on a ground, and the smallest size that the gateway makes.
  private static func smallest(_ gateway: Gateway) throws(PlantainError) -> ([Reference], EditOptions) {
    var options = EditOptions()
    options.output = .memory
    options.tier = gateway.defaultModel.tiers.first
    let edge = 128
    let pixels = (0..<edge * edge).flatMap { place -> [UInt8] in
      let isSquare = [place / edge, place % edge].allSatisfy { (edge / 4..<edge * 3 / 4).contains($0) }
      return isSquare ? [200, 40, 30] : [240, 240, 235]
    }
    do throws(ImagingError) {
      let image = try Image.fromPixels(pixels, size: PixelSize(width: edge, height: edge), bands: 3)
      return ([.bytes(try image.encoded(as: .png), name: "probe.png")], options)
    } catch {
      throw .unexpected(error)
    }
  }
}

extension PlantainError {
  /// What the failure of a probe says of its route: only what the gateway itself has answered is held against it.
  fileprivate var health: ProbeResult.State {
    switch code {
    case .overloaded, .noPicture, .requestRejected, .unknownModel: .unhealthy
    case .outcomeUnknown: underlying is GatewayFailure ? .unhealthy : .inconclusive
    default: .inconclusive
    }
  }
}
