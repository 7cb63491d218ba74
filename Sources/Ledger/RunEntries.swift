import GRDB

/// A row of `runs`: one run of a batch. Its edits refer to it.
package struct RunEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "runs"

  package var id: String
  /// Milliseconds since 1970.
  package var started: Int
  /// `nil` while the run continues, and if its process ended before the run did.
  package var ended: Int?
  /// The absolute path of the manifest or folder; `nil` if there is none.
  package var manifest: String?
  package var gateway: String
  package var jobs: Int
  /// The outcome of the jobs, as JSON; `nil` until the run has ended.
  package var summary: String?

  package init(id: String, started: Int, manifest: String?, gateway: String, jobs: Int) {
    self.id = id
    self.started = started
    self.manifest = manifest
    self.gateway = gateway
    self.jobs = jobs
  }
}

/// A row of `routes`: the rate limit and concurrency of a route, shared by all processes that use it.
package struct RouteEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "routes"

  package var gateway: String
  package var baseURL: String
  /// The time until which the route is rate-limited, in milliseconds since 1970.
  package var pausedUntil: Int
  /// The number of requests in flight that the route last sustained.
  package var width: Int
  package var reason: String
  package var changed: Int

  package init(
    gateway: String, baseURL: String, pausedUntil: Int, width: Int, reason: String, changed: Int
  ) {
    self.gateway = gateway
    self.baseURL = baseURL
    self.pausedUntil = pausedUntil
    self.width = width
    self.reason = reason
    self.changed = changed
  }
}

/// A summary of the latest attempts on one route.
package struct RouteRecord: Codable, Sendable, FetchableRecord {
  package var gateway: String
  package var baseURL: String
  package var attempts: Int
  /// Attempts that succeeded: their state is `done`, `stored`, or `accepted`.
  package var good: Int
  /// Milliseconds since 1970.
  package var lastBad: Int?
  package var lastBadWords: String?
}

extension Ledger {
  /// Saves a run. A run that exists is replaced.
  package func save(_ run: RunEntry) async throws(LedgerError) {
    try await write { try run.save($0) }
  }

  /// The newest runs, newest first.
  package func runs(maximum: Int) async throws(LedgerError) -> [RunEntry] {
    try await read { database in
      try RunEntry.order(Column("started").desc, Column.rowID.desc).limit(maximum).fetchAll(database)
    }
  }

  /// Deletes runs that began before a time and have no edits left.
  package func deleteRuns(begunBefore moment: Int) async throws(LedgerError) {
    try await write { database in
      try database.execute(
        sql: "DELETE FROM runs WHERE started < ? AND id NOT IN (SELECT run FROM edits WHERE run IS NOT NULL)",
        arguments: [moment])
    }
  }

  /// Saves the state of a route. A longer pause that is already saved is kept.
  package func note(_ route: RouteEntry) async throws(LedgerError) {
    try await write { database in
      var entry = route
      if let known = try Self.route(route.gateway, route.baseURL, database) {
        entry.pausedUntil = max(entry.pausedUntil, known.pausedUntil)
      }
      try entry.save(database)
    }
  }

  package func route(_ gateway: String, _ baseURL: String) async throws(LedgerError) -> RouteEntry? {
    try await read { try Self.route(gateway, baseURL, $0) }
  }

  private static func route(
    _ gateway: String, _ baseURL: String, _ database: Database
  ) throws -> RouteEntry? {
    try RouteEntry.fetchOne(database, key: ["gateway": gateway, "baseURL": baseURL])
  }

  /// Summaries by route of the attempts that began since a time.
  package func records(since moment: Int) async throws(LedgerError) -> [RouteRecord] {
    try await read { database in
      try RouteRecord.fetchAll(
        database,
        sql: """
          SELECT gateway, baseURL, count(*) AS attempts, sum(isGood) AS good,
            max(CASE WHEN NOT isGood THEN changed END) AS lastBad,
            (SELECT words FROM attempts AS bad
              WHERE bad.gateway = seen.gateway AND bad.baseURL = seen.baseURL AND words IS NOT NULL
                AND state NOT IN ('done', 'stored', 'accepted')
              ORDER BY id DESC LIMIT 1) AS lastBadWords
          FROM (SELECT *, state IN ('done', 'stored', 'accepted') AS isGood FROM attempts
            WHERE started >= ? AND state NOT IN ('prepared', 'sending') AND baseURL <> '') AS seen
          GROUP BY gateway, baseURL ORDER BY gateway, baseURL
          """, arguments: [moment])
    }
  }
}
