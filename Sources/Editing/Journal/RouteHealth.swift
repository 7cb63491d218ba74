import Core
import Gateways
package import Ledger

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The state of rate-limited routes, shared between processes through the ledger.
extension LedgerStore {
  /// The remaining time for which a route is rate-limited; `nil` if it is not.
  package func pause(of route: Route) async -> Duration? {
    let entry = await health(of: route)
    guard let left = entry.map({ $0.pausedUntil - .now }), left > 0 else { return nil }
    return .milliseconds(min(left, Self.longestPause))
  }

  /// The concurrency limit that a route was recently seen to tolerate; `nil` if unknown.
  package func sustainedConcurrency(of route: Route) async -> Int? {
    guard let entry = await health(of: route), .now - entry.changed < Self.memory else { return nil }
    return entry.width
  }

  /// Records that a route is rate-limited. If recording fails, only this process waits.
  package func note(pause: Duration, width: Int, reason: String, of route: Route) async {
    let entry = RouteEntry(
      gateway: route.gateway.id, baseURL: route.baseURL.text,
      pausedUntil: .now + Int(pause.seconds * 1_000), width: width, reason: reason, changed: .now)
    try? await ledger().note(entry)
  }

  private func health(of route: Route) async -> RouteEntry? {
    try? await ledger().route(route.gateway.id, route.baseURL.text)
  }

  /// Returns the outcomes of attempts by route, since a time in milliseconds since 1970. All base URLs of a
  /// gateway on this machine count as one route, because a simulator has another port each time.
  ///
  /// - Throws: `ledgerUnusable` when the ledger cannot be read.
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

  /// The longest pause in milliseconds. No retry waits longer than a minute, so a longer pause means that the
  /// clock was set back.
  private static let longestPause = 120_000
  /// How long a concurrency limit stays valid, in milliseconds.
  private static let memory = 3_600_000
}

/// The recent success and failure of a route.
package struct RouteHealth {
  package let gateway: String
  /// The base URL, or `this machine`.
  package let place: String
  package private(set) var attempts: Int
  package private(set) var good: Int
  package private(set) var lastFailure: Timestamp?
  package private(set) var message: String?
  package private(set) var pausedUntil: Timestamp?

  package init(_ record: RouteRecord, _ entry: RouteEntry?) {
    gateway = record.gateway
    let host = URL(string: record.baseURL)?.host() ?? ""
    place = LoopbackName.matches(host) ? "this machine" : record.baseURL
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

  /// Whether the route needs attention: it is rate-limited, or more than half of its attempts failed.
  package var isTroubled: Bool { pausedUntil != nil || good * 2 < attempts }
}
