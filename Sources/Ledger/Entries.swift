import GRDB

/// One edit, as it was asked for.
package struct EditEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "edits"

  package var id: String
  /// Milliseconds since 1970.
  package var created: Int
  package var prompt: String?
  package var gateway: String
  package var model: String
  package var tier: String
  package var aspect: String?
  package var count: Int
  package var sources: [Source]
  /// Where the result goes, as an absolute path; `nil`: nowhere but to the caller.
  package var output: Output?
  /// Where results were written.
  package var outputs: [String]?
  /// The table's price of everything that was asked for.
  package var priceMillionths: Int?
  package var currency: String?
  /// What is done to the results; `nil`: nothing.
  package var finishing: Finishing?
  /// The edit whose result was edited.
  package var parent: String?
  /// The content of the job that it does, of a batch.
  package var jobKey: String?

  /// How results are finished.
  package struct Finishing: Codable, Sendable {
    /// As JSON, for those who do it.
    package var options: String
    /// Absolute paths; `nil` where there is no file.
    package var original: String?
    /// Of the original's file; `nil` where no picture was edited.
    package var sha256: String?
    package var mask: String?
    /// Of the mask's file; `nil` without one.
    package var maskSHA256: String?
    package var mostDrift: Double?
    package var comparison: String?

    package init(
      options: String, original: String?, sha256: String?, mask: String?, maskSHA256: String? = nil,
      mostDrift: Double?, comparison: String?
    ) {
      self.options = options
      self.original = original
      self.sha256 = sha256
      self.mask = mask
      self.maskSHA256 = maskSHA256
      self.mostDrift = mostDrift
      self.comparison = comparison
    }
  }

  /// A reference, without its content.
  package struct Source: Codable, Sendable {
    package var name: String
    /// Of what was sent.
    package var mediaType: String?
    package var sha256: String?

    package init(name: String, mediaType: String? = nil, sha256: String? = nil) {
      self.name = name
      self.mediaType = mediaType
      self.sha256 = sha256
    }
  }

  package struct Output: Codable, Sendable {
    /// A file's whole name, or a folder and a name without extension.
    package var path: String
    package var isFile: Bool
    package var overwrites: Bool
    /// The format that was asked for, as a MIME type.
    package var format: String?

    package init(path: String, isFile: Bool, overwrites: Bool, format: String?) {
      self.path = path
      self.isFile = isFile
      self.overwrites = overwrites
      self.format = format
    }
  }

  package init(
    id: String, created: Int, prompt: String?, gateway: String, model: String, tier: String, aspect: String?,
    count: Int, sources: [Source], output: Output?, priceMillionths: Int?, currency: String?,
    finishing: Finishing?, parent: String? = nil, jobKey: String? = nil
  ) {
    self.id = id
    self.created = created
    self.prompt = prompt
    self.gateway = gateway
    self.model = model
    self.tier = tier
    self.aspect = aspect
    self.count = count
    self.sources = sources
    self.output = output
    self.priceMillionths = priceMillionths
    self.currency = currency
    self.finishing = finishing
    self.parent = parent
    self.jobKey = jobKey
  }
}

/// One attempt to send one of an edit's requests.
package struct AttemptEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "attempts"

  package var id: Int64?
  package var edit: String
  package var part: Int
  package var number: Int
  package var gateway: String
  package var model: String
  package var baseURL: String
  /// A word of the billing rules.
  package var state: String
  package var status: Int?
  /// Milliseconds since 1970.
  package var started: Int
  package var changed: Int
  package var tasks: [String]?
  /// The raw reply's name in the folder of replies.
  package var reply: String
  package var idempotencyKey: String?
  package var words: String?
  package var costAmount: Double?
  package var costCurrency: String?

  package init(
    edit: String, part: Int, number: Int, gateway: String, model: String, baseURL: String, state: String,
    started: Int, reply: String, idempotencyKey: String?
  ) {
    self.edit = edit
    self.part = part
    self.number = number
    self.gateway = gateway
    self.model = model
    self.baseURL = baseURL
    self.state = state
    self.started = started
    changed = started
    self.reply = reply
    self.idempotencyKey = idempotencyKey
  }
}

/// What became of one trial of a route.
package struct ProbeEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "probes"

  package var gateway: String
  package var model: String
  package var baseURL: String
  /// Milliseconds since 1970.
  package var at: Int
  package var state: String
  package var reason: String
  package var seconds: Double

  package init(
    gateway: String, model: String, baseURL: String, at: Int, state: String, reason: String, seconds: Double
  ) {
    self.gateway = gateway
    self.model = model
    self.baseURL = baseURL
    self.at = at
    self.state = state
    self.reason = reason
    self.seconds = seconds
  }
}

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
  ///   - most: in millionths.
  /// - Returns: `nil` when it is written down; otherwise what was spent, in millionths.
  package func save(
    _ edit: EditEntry, since moment: Int, currency: String, most: Int
  ) async throws(LedgerError) -> Int? {
    try await write { database in
      let spent =
        try Int.fetchOne(
          database,
          sql: """
            SELECT CAST(round(total(coalesce(
              (SELECT sum(costAmount) * 1000000 FROM attempts WHERE edit = edits.id AND costCurrency = edits.currency),
              priceMillionths))) AS INTEGER)
            FROM edits WHERE created >= ? AND currency = ? AND id <> ? AND (
              NOT EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id)
              OR EXISTS (SELECT 1 FROM attempts WHERE edit = edits.id AND state <> 'unbilled'))
            """, arguments: [moment, currency, edit.id]) ?? 0
      guard spent + (edit.priceMillionths ?? 0) <= most else { return spent }
      try edit.save(database)
      return nil
    }
  }

  /// - Returns: the new attempt's id.
  package func insert(_ attempt: AttemptEntry) async throws(LedgerError) -> Int64 {
    try await write { database in
      try attempt.insert(database)
      return database.lastInsertedRowID
    }
  }

  /// Changes an attempt; does nothing when it is not there any more.
  package func change(
    _ attempt: Int64, _ change: @escaping @Sendable (inout AttemptEntry) -> Void
  ) async throws(LedgerError) {
    try await write { database in
      guard var entry = try AttemptEntry.fetchOne(database, key: attempt) else { return }
      change(&entry)
      try entry.update(database)
    }
  }

  /// Notes where further results of an edit were written.
  package func finish(_ edit: String, outputs: [String]) async throws(LedgerError) {
    try await write { database in
      guard var entry = try EditEntry.fetchOne(database, key: edit) else { return }
      let known = entry.outputs ?? []
      entry.outputs = known + outputs.filter { !known.contains($0) }
      try entry.update(database)
    }
  }

  /// Edits whose id begins so, the one that is it before others.
  package func edits(beginningWith id: String, most: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("id") >= id && Column("id") < id + "~").order(Column("id")).limit(most)
        .fetchAll(database)
    }
  }

  /// The newest edits, the newest first.
  package func edits(most: Int) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.order(Column("created").desc, Column.rowID.desc).limit(most).fetchAll(database)
    }
  }

  /// Edits that began before a moment, in the order of their ids, from behind one of them on.
  package func edits(
    begunBefore moment: Int, after id: String, most: Int
  ) async throws(LedgerError) -> [EditEntry] {
    try await read { database in
      try EditEntry.filter(Column("created") < moment && Column("id") > id).order(Column("id")).limit(most)
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

  /// The attempts of one edit, in their order.
  package func attempts(of edit: String) async throws(LedgerError) -> [AttemptEntry] {
    try await read { database in
      try AttemptEntry.filter(Column("edit") == edit).order(Column("id")).fetchAll(database)
    }
  }
}
