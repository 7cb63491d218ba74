import GRDB

/// A filter for edits.
package struct EditQuery: Sendable {
  /// Only edits of this run of a batch.
  package var run: String?
  /// Only edits that began at this time or later, in milliseconds since 1970.
  package var since: Int?
  /// Only edits that were sent to this gateway, or were intended for it.
  package var gateway: String?

  package init(run: String? = nil, since: Int? = nil, gateway: String? = nil) {
    (self.run, self.since, self.gateway) = (run, since, gateway)
  }

  fileprivate var request: QueryInterfaceRequest<EditEntry> {
    var request = EditEntry.order(Column("created").desc, Column.rowID.desc)
    if let run { request = request.filter(Column("run") == run) }
    if let since { request = request.filter(Column("created") >= since) }
    if let gateway {
      request = request.filter(
        sql: "gateway = ? OR id IN (SELECT edit FROM attempts WHERE gateway = ?)",
        arguments: [gateway, gateway])
    }
    return request
  }
}

extension Ledger {
  /// The ids of the matching edits, newest first.
  package func ids(of query: EditQuery, maximum: Int? = nil) async throws(LedgerError) -> [String] {
    try await read { database in
      let request = query.request.select(Column("id"), as: String.self)
      return try (maximum.map { request.limit($0) } ?? request).fetchAll(database)
    }
  }

  /// Edits with their attempts, in the order of `ids`. Edits that no longer exist are omitted.
  package func edits(_ ids: [String]) async throws(LedgerError) -> [(EditEntry, [AttemptEntry])] {
    try await read { database in
      let found = try EditEntry.filter(ids.contains(Column("id"))).fetchAll(database)
      let edits = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
      let attempts = Dictionary(
        grouping: try AttemptEntry.filter(ids.contains(Column("edit"))).filter(AttemptEntry.isSent)
          .order(Column("id")).fetchAll(database),
        by: \.edit)
      return ids.compactMap { id in edits[id].map { ($0, attempts[id] ?? []) } }
    }
  }

  /// All gateways that edits were intended for or sent to.
  package func gateways() async throws(LedgerError) -> [String] {
    try await read { database in
      try String.fetchAll(
        database, sql: "SELECT gateway FROM edits UNION SELECT gateway FROM attempts ORDER BY 1")
    }
  }

  /// Runs whose id begins with `id`; an exact match comes first.
  package func runs(beginningWith id: String, maximum: Int) async throws(LedgerError) -> [RunEntry] {
    try await read { database in
      try RunEntry.filter(Column("id") >= id && Column("id") < id + "~").order(Column("id")).limit(maximum)
        .fetchAll(database)
    }
  }
}
