import GRDB

/// The database schema as a list of migrations. A released migration must not be changed.
enum Schema {
  /// The condition for attempts whose outcome is open, and which are few. The index has the same words.
  static let isOpen = "state IN ('sending', 'accepted', 'ambiguous', 'stored')"

  /// An index is not a migration: earlier versions read a database that has it.
  static func makeIndex(_ database: Database) throws {
    try database.execute(
      sql: "CREATE INDEX IF NOT EXISTS attempts_open ON attempts (edit) WHERE \(isOpen)")
  }

  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("edits, attempts") { database in
      try database.create(table: EditEntry.databaseTableName) { table in
        table.primaryKey("id", .text)
        table.column("created", .integer).notNull()
        table.column("prompt", .text)
        table.column("gateway", .text).notNull()
        table.column("model", .text).notNull()
        table.column("tier", .text).notNull()
        table.column("aspect", .text)
        table.column("count", .integer).notNull()
        table.column("sources", .text).notNull()
        table.column("output", .text)
        table.column("outputs", .text)
        table.column("priceMillionths", .integer)
        table.column("currency", .text)
      }
      try database.create(indexOn: EditEntry.databaseTableName, columns: ["created"])
      try database.create(table: AttemptEntry.databaseTableName) { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("edit", .text).notNull().indexed()
          .references(EditEntry.databaseTableName, onDelete: .cascade)
        table.column("part", .integer).notNull()
        table.column("number", .integer).notNull()
        table.column("gateway", .text).notNull()
        table.column("model", .text).notNull()
        table.column("baseURL", .text).notNull()
        table.column("state", .text).notNull()
        table.column("status", .integer)
        table.column("started", .integer).notNull()
        table.column("changed", .integer).notNull()
        table.column("tasks", .text)
        table.column("reply", .text).notNull()
        table.column("idempotencyKey", .text)
        table.column("words", .text)
        table.column("costAmount", .double)
        table.column("costCurrency", .text)
      }
    }
    migrator.registerMigration("probes") { database in
      try database.create(table: ProbeEntry.databaseTableName) { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("gateway", .text).notNull().indexed()
        table.column("model", .text).notNull()
        table.column("baseURL", .text).notNull()
        table.column("at", .integer).notNull()
        table.column("state", .text).notNull()
        table.column("reason", .text).notNull()
        table.column("seconds", .double).notNull()
      }
    }
    migrator.registerMigration("finishing") { database in
      try database.alter(table: EditEntry.databaseTableName) { $0.add(column: "finishing", .text) }
    }
    migrator.registerMigration("lineage") { database in
      try database.alter(table: EditEntry.databaseTableName) { $0.add(column: "parent", .text) }
    }
    migrator.registerMigration("jobs") { database in
      try database.alter(table: EditEntry.databaseTableName) { $0.add(column: "jobKey", .text) }
      try database.create(indexOn: EditEntry.databaseTableName, columns: ["jobKey"])
    }
    migrator.registerMigration("runs, routes") { database in
      try database.create(table: RunEntry.databaseTableName) { table in
        table.primaryKey("id", .text)
        table.column("started", .integer).notNull().indexed()
        table.column("ended", .integer)
        table.column("manifest", .text)
        table.column("gateway", .text).notNull()
        table.column("jobs", .integer).notNull()
        table.column("summary", .text)
      }
      try database.alter(table: EditEntry.databaseTableName) { $0.add(column: "run", .text) }
      try database.create(indexOn: EditEntry.databaseTableName, columns: ["run"])
      try database.create(table: RouteEntry.databaseTableName) { table in
        table.column("gateway", .text).notNull()
        table.column("baseURL", .text).notNull()
        table.column("pausedUntil", .integer).notNull()
        table.column("width", .integer).notNull()
        table.column("reason", .text).notNull()
        table.column("changed", .integer).notNull()
        table.primaryKey(["gateway", "baseURL"])
      }
    }
    migrator.registerMigration("digests of outputs") { database in
      try database.alter(table: EditEntry.databaseTableName) { $0.add(column: "digests", .text) }
    }
    return migrator
  }

  /// Adds the columns that earlier versions neither read nor write. They are no migration, because a version
  /// that does not know a migration refuses the ledger.
  static func addOptionalColumns(to database: Database) throws {
    let edits = EditEntry.databaseTableName
    guard try !database.columns(in: edits).contains(where: { $0.name == "requestDigest" }) else { return }
    try database.alter(table: edits) { $0.add(column: "requestDigest", .text) }
  }
}
