import Foundation
import GRDB
package import Core

/// A change to an attempt. Fields that are `nil` are left unchanged.
package struct LedgerChange: Sendable {
  package var state: String
  /// Milliseconds since 1970.
  package var changed: Int
  package var status: Int?
  package var tasks: [String]?
  package var message: String?
  package var cost: Money?
  /// Further results of the edit that were written, with absolute paths.
  package var outputs: [WrittenFile]

  package init(
    state: String, changed: Int, status: Int? = nil, tasks: [String]? = nil, message: String? = nil,
    cost: Money? = nil, outputs: [WrittenFile] = []
  ) {
    self.state = state
    self.changed = changed
    self.status = status
    self.tasks = tasks
    self.message = message
    self.cost = cost
    self.outputs = outputs
  }

  /// Updates an attempt with one cached statement, which SQLite compiles once: it runs several times per
  /// request.
  func update(_ attempt: Int64, in database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE attempts SET state = ?, changed = ?, status = coalesce(?, status), tasks = coalesce(?, tasks),
          words = coalesce(?, words), costAmount = coalesce(?, costAmount),
          costCurrency = coalesce(?, costCurrency)
        WHERE id = ?
        """)
    try statement.execute(arguments: [
      state, changed, status, try tasks.map(Self.json), message, cost?.amount, cost?.currency, attempt,
    ])
  }

  /// Encodes texts as JSON, in the way that `AttemptEntry` reads and writes them.
  static func json(_ texts: [String]) throws -> String {
    String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
  }
}

/// The columns of an edit's row that record where results were written.
struct WrittenOutputs: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = EditEntry.databaseTableName

  let id: String
  var outputs: [String]?
  var digests: [String]?

  static func add(_ further: [WrittenFile], ofAttempt attempt: Int64, in database: Database) throws {
    let edit = try String.fetchOne(
      database, sql: "SELECT edit FROM attempts WHERE id = ?", arguments: [attempt])
    if let edit { try add(further, toEdit: edit, in: database) }
  }

  static func add(_ further: [WrittenFile], toEdit edit: String, in database: Database) throws {
    let known = try fetchOne(
      database, sql: "SELECT id, outputs, digests FROM edits WHERE id = ?", arguments: [edit])
    guard var known else { return }
    var outputs = known.outputs ?? []
    var digests = known.digests ?? outputs.map { _ in "" }
    for file in further {
      if let position = outputs.firstIndex(of: file.path) {
        digests[position] = file.sha256 ?? ""
      } else {
        outputs.append(file.path)
        digests.append(file.sha256 ?? "")
      }
    }
    (known.outputs, known.digests) = (outputs, digests)
    try known.update(database)
  }
}
