import GRDB
package import Core

/// Reading and writing of the ledger.
extension Ledger {
  package func insert(_ probe: ProbeEntry) async throws(LedgerError) {
    try await write { try probe.insert($0) }
  }

  /// The newest probe of each gateway.
  package func latestProbes() async throws(LedgerError) -> [ProbeEntry] {
    try await read { database in
      try ProbeEntry.fetchAll(
        database, sql: "SELECT * FROM probes WHERE id IN (SELECT max(id) FROM probes GROUP BY gateway)")
    }
  }
}

extension Ledger {
  /// Saves an edit. An edit that exists is replaced, as when it continues on another route.
  package func save(_ edit: EditEntry) async throws(LedgerError) {
    try await write { try edit.save($0) }
  }

  /// Saves an edit unless it would raise the spending since a time above a maximum. The cost of an edit is
  /// what its gateway reported, or else its price by the table. An edit that certainly cost nothing does not
  /// count, and neither do the pictures of a request that certainly cost nothing or was never sent. In
  /// entries of earlier versions, each request is for one picture, and each counts that is not recorded.
  ///
  /// The edit counts with its whole price until `release`, also while it waits for a retry or continues on
  /// another route.
  ///
  /// - Parameters:
  ///   - moment: The time, in milliseconds since 1970.
  ///   - currency: The currency of the spending that counts.
  ///   - maximum: The maximum, in millionths of the currency.
  /// - Returns: `nil` if the edit was saved; otherwise the amount already spent, in millionths.
  package func save(
    _ edit: EditEntry, since moment: Int, currency: String, maximum: Int
  ) async throws(LedgerError) -> Int? {
    try await write { database in
      let spent = try Self.spent(
        currency, "created >= ? AND id <> ?", [moment, edit.id], database)
      guard spent + (edit.priceMillionths ?? 0) <= maximum else { return spent }
      try edit.save(database)
      try Self.deleteReservation(of: edit.id, database)
      try AttemptEntry(reservationOf: edit).insert(database)
      return nil
    }
  }

  /// Ends the reservation of an edit: from now on, only what its attempts may have cost counts. If it has
  /// none, nothing was sent, and nothing counts.
  package func release(_ edit: String) async throws(LedgerError) {
    try await write { database in
      let isSent = try !AttemptEntry.filter(Column("edit") == edit).filter(AttemptEntry.isSent)
        .isEmpty(database)
      if isSent { return try Self.deleteReservation(of: edit, database) }
      try database.execute(
        sql: "UPDATE attempts SET state = ? WHERE edit = ? AND state = ?",
        arguments: [AttemptEntry.unsent, edit, AttemptEntry.reserved])
    }
  }

  /// The ids of the edits since a time that have a reservation.
  package func reservations(since moment: Int) async throws(LedgerError) -> [String] {
    try await reservations("created >= ?", [moment])
  }

  /// The ids of the edits of a run of a batch that have a reservation.
  package func reservations(ofRun run: String) async throws(LedgerError) -> [String] {
    try await reservations("run = ?", [run])
  }

  private func reservations(
    _ condition: String, _ arguments: StatementArguments
  ) async throws(LedgerError) -> [String] {
    try await read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT id FROM edits WHERE \(condition) AND EXISTS (
            SELECT 1 FROM attempts WHERE edit = edits.id AND part = 0 AND state = 'prepared')
          """, arguments: arguments)
    }
  }

  private static func deleteReservation(of edit: String, _ database: Database) throws {
    try AttemptEntry.filter(
      Column("edit") == edit && Column("state") == AttemptEntry.reserved
    ).deleteAll(database)
  }

  /// The amount spent since a time in a currency, in millionths, by the same rules.
  package func spent(since moment: Int, currency: String) async throws(LedgerError) -> Int {
    try await read { try Self.spent(currency, "created >= ?", [moment], $0) }
  }

  /// The amount spent by a run of a batch in a currency, in millionths, by the same rules.
  package func spent(byRun run: String, currency: String) async throws(LedgerError) -> Int {
    try await read { try Self.spent(currency, "run = ?", [run], $0) }
  }

  /// The SQL condition for an attempt without a usable cost. Earlier versions stored what `Money` refuses.
  private static let hasNoCost = "(costAmount IS NULL OR costAmount NOT BETWEEN 0 AND 1000000000)"

  /// - Parameter condition: The SQL condition that selects edits.
  private static func spent(
    _ currency: String, _ condition: String, _ arguments: StatementArguments, _ database: Database
  ) throws -> Int {
    try Int.fetchOne(
      database,
      sql: """
        SELECT CAST(round(total(coalesce(
          CASE WHEN NOT EXISTS (
            SELECT 1 FROM attempts WHERE edit = edits.id AND state <> 'unbilled' AND \(hasNoCost))
          THEN (SELECT sum(costAmount) * 1000000 FROM attempts
            WHERE edit = edits.id AND costCurrency = edits.currency AND NOT \(hasNoCost))
          END, priceMillionths / max(count, 1) * CASE
          WHEN EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id AND state = 'prepared')
          OR NOT EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id)
          THEN count
          WHEN json_extract(output, '$.numbers') IS NOT NULL
          THEN (SELECT total(json_array_length(output, '$.numbers[' || (part - 1) || ']')) FROM (
            SELECT part FROM attempts WHERE edit = edits.id AND part > 0
            GROUP BY part HAVING NOT min(state = 'unbilled')))
          ELSE count - (SELECT count(*) FROM (SELECT 1 FROM attempts WHERE edit = edits.id
            GROUP BY part HAVING min(state = 'unbilled')))
          END))) AS INTEGER)
        FROM edits WHERE currency = ? AND \(condition) AND (
          NOT EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id)
          OR EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id AND state <> 'unbilled'))
        """, arguments: [currency] + arguments) ?? 0
  }

  /// Inserts an attempt.
  ///
  /// - Returns: The id of the new attempt.
  package func insert(_ attempt: AttemptEntry) async throws(LedgerError) -> Int64 {
    try await write { database in
      try attempt.insert(database)
      return database.lastInsertedRowID
    }
  }

  /// Changes an attempt, and adds the outputs of the change to its edit. Does nothing if the attempt no
  /// longer exists.
  package func change(_ attempt: Int64, to change: LedgerChange) async throws(LedgerError) {
    try await write { database in
      try change.update(attempt, in: database)
      if !change.outputs.isEmpty { try WrittenOutputs.add(change.outputs, ofAttempt: attempt, in: database) }
    }
  }

  /// Records further copies of an edit's results.
  package func add(_ outputs: [WrittenFile], toEdit edit: String) async throws(LedgerError) {
    try await write { try WrittenOutputs.add(outputs, toEdit: edit, in: $0) }
  }

  /// Edits whose id begins with `id`; an exact match comes first.
  package func edits(beginningWith id: String, maximum: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("id") >= id && Column("id") < id + "~").order(Column("id")).limit(maximum)
        .fetchAll(database)
    }
  }

  /// The newest edits, newest first.
  package func edits(maximum: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.order(Column("created").desc, Column.rowID.desc).limit(maximum).fetchAll(database)
    }
  }

  /// Edits that began before a time, ordered by id, starting after the id `id`.
  package func edits(
    begunBefore moment: Int, after id: String, maximum: Int
  ) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("created") < moment && Column("id") > id).order(Column("id")).limit(maximum)
        .fetchAll(database)
    }
  }

  /// Deletes edits and their attempts.
  package func delete(edits ids: [String]) async throws(LedgerError) {
    _ = try await write { try EditEntry.deleteAll($0, keys: ids) }
  }

  /// The edits of a job, newest first.
  package func edits(ofJob key: String) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("jobKey") == key).order(Column("created").desc, Column.rowID.desc)
        .fetchAll(database)
    }
  }

  /// Edits that have an attempt whose outcome is open, newest first: with this digest of the request, or, of
  /// earlier versions, which recorded none, with this prompt, gateway, and model.
  package func openEdits(
    requestDigest: String, prompt: String, gateway: String, model: String
  ) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(
        sql: """
          id IN (SELECT edit FROM attempts WHERE \(Schema.isOpen))
          AND (requestDigest = ? OR requestDigest IS NULL AND prompt = ? AND gateway = ? AND model = ?)
          """, arguments: [requestDigest, prompt, gateway, model]
      ).order(Column("created").desc, Column.rowID.desc).fetchAll(database)
    }
  }

  /// Edits whose output is one of these names in a folder, not a file that was named in full; oldest first.
  ///
  /// - Parameter places: Absolute paths without extension, and without `.` as a folder.
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

  /// Whether an edit that began after this one has written one of these files.
  ///
  /// - Parameter paths: The absolute paths of the files.
  package func hasEdit(
    after edit: EditEntry, writing paths: [String]
  ) async throws(LedgerError) -> Bool {
    try await read { database in
      try !EditEntry.filter(
        sql: """
          id <> ? AND created >= ? AND EXISTS (
            SELECT 1 FROM json_each(outputs) AS written, json_each(?) AS wanted
            WHERE written.value = wanted.value)
          """, arguments: [edit.id, edit.created, try LedgerChange.json(paths)]
      ).isEmpty(database)
    }
  }

  /// Those of the paths that an edit has written.
  package func written(among paths: [String]) async throws(LedgerError) -> Set<String> {
    try await read { database in
      Set(
        try String.fetchAll(
          database,
          sql: """
            SELECT DISTINCT written.value FROM edits, json_each(edits.outputs) AS written
            WHERE written.value IN (SELECT value FROM json_each(?))
            """, arguments: [try LedgerChange.json(paths)]))
    }
  }

  /// The edits of several jobs, newest first.
  package func edits(ofJobs keys: [String]) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(keys.contains(Column("jobKey"))).order(Column("created").desc, Column.rowID.desc)
        .fetchAll(database)
    }
  }

  /// The attempts of an edit, in order.
  package func attempts(of edit: String) async throws(LedgerError) -> [AttemptEntry] {
    try await read { database in
      try AttemptEntry.filter(Column("edit") == edit).filter(AttemptEntry.isSent).order(Column("id"))
        .fetchAll(database)
    }
  }
}
