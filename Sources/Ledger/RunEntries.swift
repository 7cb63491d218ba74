import GRDB

/// One run of a batch. Its edits name it.
package struct RunEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "runs"

  package var id: String
  /// Milliseconds since 1970.
  package var started: Int
  /// `nil` while it goes on, and when its process ended before it did.
  package var ended: Int?
  /// The manifest's or folder's absolute path; `nil` where there is none.
  package var manifest: String?
  package var gateway: String
  package var jobs: Int
  /// What became of them, as JSON; `nil` until it has ended.
  package var summary: String?

  package init(id: String, started: Int, manifest: String?, gateway: String, jobs: Int) {
    self.id = id
    self.started = started
    self.manifest = manifest
    self.gateway = gateway
    self.jobs = jobs
  }
}

/// What is known of a route beyond its attempts, for all processes that use it.
package struct RouteEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "routes"

  package var gateway: String
  package var baseURL: String
  /// Until when it asked to be left alone, in milliseconds since 1970.
  package var pausedUntil: Int
  /// How many requests in flight it was last seen to bear.
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

/// How the latest attempts by one route ended.
package struct RouteRecord: Codable, Sendable, FetchableRecord {
  package var gateway: String
  package var baseURL: String
  package var attempts: Int
  /// Those that were answered with what was asked for.
  package var good: Int
  /// Milliseconds since 1970.
  package var lastGood: Int?
  package var lastBad: Int?
  package var lastBadWords: String?
}

extension Ledger {
  /// Writes a run down, also one that is known.
  package func save(_ run: RunEntry) async throws(LedgerError) {
    try await write { try run.save($0) }
  }

  /// The newest runs, the newest first.
  package func runs(maximum: Int) async throws(LedgerError) -> [RunEntry] {
    try await read { database in
      try RunEntry.order(Column("started").desc, Column.rowID.desc).limit(maximum).fetchAll(database)
    }
  }

  /// Takes out runs that began before a moment and have no edits any more.
  package func deleteRuns(begunBefore moment: Int) async throws(LedgerError) {
    try await write { database in
      try database.execute(
        sql: "DELETE FROM runs WHERE started < ? AND id NOT IN (SELECT run FROM edits WHERE run IS NOT NULL)",
        arguments: [moment])
    }
  }

  /// Writes down what a route asked for. A pause that is known and longer stays.
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

  /// How attempts ended that began since a moment, by route.
  package func records(since moment: Int) async throws(LedgerError) -> [RouteRecord] {
    try await read { database in
      try RouteRecord.fetchAll(
        database,
        sql: """
          SELECT gateway, baseURL, count(*) AS attempts, sum(isGood) AS good,
            max(CASE WHEN isGood THEN changed END) AS lastGood,
            max(CASE WHEN NOT isGood THEN changed END) AS lastBad,
            (SELECT words FROM attempts AS bad
              WHERE bad.gateway = seen.gateway AND bad.baseURL = seen.baseURL AND words IS NOT NULL
                AND state NOT IN ('done', 'stored', 'accepted')
              ORDER BY id DESC LIMIT 1) AS lastBadWords
          FROM (SELECT *, state IN ('done', 'stored', 'accepted') AS isGood FROM attempts
            WHERE started >= ? AND state NOT IN ('prepared', 'sending')) AS seen
          GROUP BY gateway, baseURL ORDER BY gateway, baseURL
          """, arguments: [moment])
    }
  }
}
