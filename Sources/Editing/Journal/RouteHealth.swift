import Core
import Gateways
package import Ledger

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What processes tell one another about a route that asked to be left alone for a while.
extension LedgerStore {
  /// How long a route wants to be left alone from now on.
  package func pause(of route: Route) async -> Duration? {
    let entry = await health(of: route)
    guard let left = entry.map({ $0.pausedUntil - .now }), left > 0 else { return nil }
    return .milliseconds(min(left, Self.longestPause))
  }

  /// How many requests in flight it was seen to bear lately.
  package func borneWidth(of route: Route) async -> Int? {
    guard let entry = await health(of: route), .now - entry.changed < Self.memory else { return nil }
    return entry.width
  }

  /// Writes down that a route asks to come back later. Where that cannot be done, only this process waits.
  package func note(pause: Duration, width: Int, reason: String, of route: Route) async {
    let entry = RouteEntry(
      gateway: route.gateway.id, baseURL: route.baseURL.text,
      pausedUntil: .now + Int(pause.seconds * 1_000), width: width, reason: reason, changed: .now)
    try? await ledger().note(entry)
  }

  private func health(of route: Route) async -> RouteEntry? {
    try? await ledger().route(route.gateway.id, route.baseURL.text)
  }

  /// What became of attempts since a moment (milliseconds since 1970), by route. Simulators of this machine have another port each
  /// time, so all of a gateway's are one.
  ///
  /// - Throws: 73.
  package func routes(since moment: Int) async throws(PlantainError) -> [RouteHealth] {
    let records = try await with { ledger throws(LedgerError) in try await ledger.records(since: moment) }
    var found: [RouteHealth] = []
    for record in records {
      let entry = try await with { ledger throws(LedgerError) in
        try await ledger.route(record.gateway, record.baseURL)
      }
      let route = RouteHealth(record, entry)
      if let place = found.firstIndex(where: { $0.isSameRoute(as: route) }) {
        found[place].add(route)
      } else {
        found.append(route)
      }
    }
    return found
  }

  /// In milliseconds. No retry waits longer than a minute, so a longer pause is from a clock that was put back.
  private static let longestPause = 120_000
  private static let memory = 3_600_000
}

/// How a route did lately.
package struct RouteHealth {
  package let gateway: String
  /// The base URL, or that it is on this machine.
  package let place: String
  package private(set) var attempts: Int
  package private(set) var good: Int
  package private(set) var lastFailure: Timestamp?
  package private(set) var message: String?
  package private(set) var pausedUntil: Timestamp?

  package init(_ record: RouteRecord, _ entry: RouteEntry?) {
    gateway = record.gateway
    place = Self.isLocal(record.baseURL) ? "this machine" : record.baseURL
    attempts = record.attempts
    good = record.good
    lastFailure = record.lastBad.map(Timestamp.init)
    message = record.lastBadWords
    pausedUntil = entry.flatMap {
      $0.pausedUntil > .now ? Timestamp(milliseconds: $0.pausedUntil) : nil
    }
  }

  func isSameRoute(as other: RouteHealth) -> Bool { gateway == other.gateway && place == other.place }

  package mutating func add(_ other: RouteHealth) {
    attempts += other.attempts
    good += other.good
    if (other.lastFailure?.milliseconds ?? 0) > (lastFailure?.milliseconds ?? 0) {
      (lastFailure, message) = (other.lastFailure, other.message)
    }
    if (other.pausedUntil?.milliseconds ?? 0) > (pausedUntil?.milliseconds ?? 0) {
      pausedUntil = other.pausedUntil
    }
  }

  /// Whether somebody has to do with it now: it asks to be left alone, or half of what was sent failed.
  package var isTroubled: Bool { pausedUntil != nil || good * 2 < attempts }

  private static func isLocal(_ address: String) -> Bool {
    let host = (URL(string: address)?.host() ?? "").lowercased()
    return host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
  }
}
