import Ledger

/// What processes tell one another about a route that asked to be left alone for a while.
extension Book {
  /// How long a route wants to be left alone from now on.
  func pause(of route: Route) async -> Duration? {
    let entry = await health(of: route)
    guard let left = entry.map({ $0.pausedUntil - .now }), left > 0 else { return nil }
    return .milliseconds(min(left, Self.longestPause))
  }

  /// How many requests in flight it was seen to bear lately.
  func borneWidth(of route: Route) async -> Int? {
    guard let entry = await health(of: route), .now - entry.changed < Self.memory else { return nil }
    return entry.width
  }

  /// Writes down that a route asks to come back later. Where that cannot be done, only this process waits.
  func note(pause: Duration, width: Int, reason: String, of route: Route) async {
    let entry = RouteEntry(
      gateway: route.gateway.id, baseURL: route.baseURL.text,
      pausedUntil: .now + Int(pause.seconds * 1_000), width: width, reason: reason, changed: .now)
    try? await ledger().note(entry)
  }

  private func health(of route: Route) async -> RouteEntry? {
    try? await ledger().route(route.gateway.id, route.baseURL.text)
  }

  /// What became of attempts since a moment (milliseconds since 1970), by route.
  ///
  /// - Throws: 73.
  func routes(since moment: Int) async throws(PlantainError) -> [RouteHealth] {
    let records = try await with { ledger throws(LedgerError) in try await ledger.records(since: moment) }
    var found: [RouteHealth] = []
    for record in records {
      let entry = try await with { ledger throws(LedgerError) in
        try await ledger.route(record.gateway, record.baseURL)
      }
      found.append(RouteHealth(record, entry))
    }
    return found
  }

  /// In milliseconds. No retry waits longer than a minute, so a longer pause is from a clock that was put back.
  private static let longestPause = 120_000
  private static let memory = 3_600_000
}

/// How a route did lately.
struct RouteHealth {
  let gateway: String
  let baseURL: String
  let attempts: Int
  let good: Int
  /// ISO 8601, in UTC.
  let lastFailure: String?
  let words: String?
  let pausedUntil: String?

  init(_ record: RouteRecord, _ entry: RouteEntry?) {
    gateway = record.gateway
    baseURL = record.baseURL
    attempts = record.attempts
    good = record.good
    lastFailure = record.lastBad.map { Timestamp(milliseconds: $0).description }
    words = record.lastBadWords
    pausedUntil = entry.flatMap {
      $0.pausedUntil > .now ? Timestamp(milliseconds: $0.pausedUntil).description : nil
    }
  }
}
