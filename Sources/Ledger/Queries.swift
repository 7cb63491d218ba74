import GRDB
package import Core

/// What is asked of the ledger, and written into it.
extension Ledger {
  package func insert(_ probe: ProbeEntry) async throws(LedgerError) {
    try await write { try probe.insert($0) }
  }

  /// The newest of each gateway.
  package func latestProbes() async throws(LedgerError) -> [ProbeEntry] {
    try await read { database in
      try ProbeEntry.fetchAll(
        database, sql: "SELECT * FROM probes WHERE id IN (SELECT max(id) FROM probes GROUP BY gateway)")
    }
  }
}

extension Ledger {
  /// Writes an edit down, also one that is known and goes on by another route.
  package func save(_ edit: EditEntry) async throws(LedgerError) {
    try await write { try edit.save($0) }
  }

  /// The same, unless what was spent since a moment in a currency, with it, would be too much. What an edit costs is what its
  /// gateway says, else the table's price of all of it; one that certainly cost nothing does not count.
  ///
  /// - Parameters:
  ///   - moment: milliseconds since 1970.
  ///   - maximum: in millionths.
  /// - Returns: `nil` when it is written down; otherwise what was spent, in millionths.
  package func save(
    _ edit: EditEntry, since moment: Int, currency: String, maximum: Int
  ) async throws(LedgerError) -> Int? {
    try await write { database in
      let spent = try Self.spent(
        currency, "created >= ? AND id <> ?", [moment, edit.id], database)
      guard spent + (edit.priceMillionths ?? 0) <= maximum else { return spent }
      try edit.save(database)
      return nil
    }
  }

  /// What was spent since a moment in a currency, in millionths, by the same rules.
  package func spent(since moment: Int, currency: String) async throws(LedgerError) -> Int {
    try await read { try Self.spent(currency, "created >= ?", [moment], $0) }
  }

  /// The same by a run of a batch.
  package func spent(byRun run: String, currency: String) async throws(LedgerError) -> Int {
    try await read { try Self.spent(currency, "run = ?", [run], $0) }
  }

  /// - Parameter condition: which edits count, in SQL.
  private static func spent(
    _ currency: String, _ condition: String, _ arguments: StatementArguments, _ database: Database
  ) throws -> Int {
    try Int.fetchOne(
      database,
      sql: """
        SELECT CAST(round(total(coalesce(
          CASE WHEN NOT EXISTS (
            SELECT 1 FROM attempts WHERE edit = edits.id AND state <> 'unbilled' AND costAmount IS NULL)
          THEN (SELECT sum(costAmount) * 1000000 FROM attempts WHERE edit = edits.id AND costCurrency = edits.currency)
          END, priceMillionths))) AS INTEGER)
        FROM edits WHERE currency = ? AND \(condition) AND (
          NOT EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id)
          OR EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id AND state <> 'unbilled'))
        """, arguments: [currency] + arguments) ?? 0
  }

  /// - Returns: the new attempt's id.
  package func insert(_ attempt: AttemptEntry) async throws(LedgerError) -> Int64 {
    try await write { database in
      try attempt.insert(database)
      return database.lastInsertedRowID
    }
  }

  /// Changes an attempt, and with it where its edit's results lie; does nothing when it is not there any more.
  package func change(_ attempt: Int64, to change: LedgerChange) async throws(LedgerError) {
    try await write { database in
      try change.update(attempt, in: database)
      if !change.outputs.isEmpty { try WrittenOutputs.add(change.outputs, ofAttempt: attempt, in: database) }
    }
  }

  /// Notes where further copies of an edit's results lie.
  package func add(_ outputs: [WrittenFile], toEdit edit: String) async throws(LedgerError) {
    try await write { try WrittenOutputs.add(outputs, toEdit: edit, in: $0) }
  }

  /// Edits whose id begins so, the one that is it before others.
  package func edits(beginningWith id: String, maximum: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("id") >= id && Column("id") < id + "~").order(Column("id")).limit(maximum)
        .fetchAll(database)
    }
  }

  /// The newest edits, the newest first.
  package func edits(maximum: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.order(Column("created").desc, Column.rowID.desc).limit(maximum).fetchAll(database)
    }
  }

  /// Edits that began before a moment, in the order of their ids, from behind one of them on.
  package func edits(
    begunBefore moment: Int, after id: String, maximum: Int
  ) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("created") < moment && Column("id") > id).order(Column("id")).limit(maximum)
        .fetchAll(database)
    }
  }

  /// Takes edits out, with their attempts.
  package func delete(edits ids: [String]) async throws(LedgerError) {
    _ = try await write { try EditEntry.deleteAll($0, keys: ids) }
  }

  /// Edits that do the same job, the newest first.
  package func edits(ofJob key: String) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("jobKey") == key).order(Column("created").desc, Column.rowID.desc)
        .fetchAll(database)
    }
  }

  /// Edits whose results went under one of these names in a folder, the oldest first.
  ///
  /// - Parameter places: absolute paths without extension, and without `.` as a folder.
  package func edits(under places: [String]) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(
        sql: """
          NOT json_extract(output, '$.isFile')
          AND replace(json_extract(output, '$.path'), '/./', '/') IN (SELECT value FROM json_each(?))
          """, arguments: [try LedgerChange.json(places)]
      ).order(Column("created"), Column.rowID).fetchAll(database)
    }
  }

  /// Whether an edit that was begun after this one has written one of these files.
  ///
  /// - Parameter paths: absolute.
  package func hasEdit(
    after edit: EditEntry, writing paths: [String]
  ) async throws(LedgerError) -> Bool {
    try await read { database in
      try !EditEntry.filter(
        sql: """
          id <> ? AND created >= ? AND EXISTS (
            SELECT 1 FROM json_each(outputs) AS written, json_each(?) AS wanted WHERE written.value = wanted.value)
          """, arguments: [edit.id, edit.created, try LedgerChange.json(paths)]
      ).isEmpty(database)
    }
  }

  /// The same of several jobs.
  package func edits(ofJobs keys: [String]) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(keys.contains(Column("jobKey"))).order(Column("created").desc, Column.rowID.desc)
        .fetchAll(database)
    }
  }

  /// The attempts of one edit, in their order.
  package func attempts(of edit: String) async throws(LedgerError) -> [AttemptEntry] {
    try await read { database in
      try AttemptEntry.filter(Column("edit") == edit).order(Column("id")).fetchAll(database)
    }
  }
}
