import Foundation
import GRDB

/// The ledger of what was sent and paid for: one SQLite file, with a folder of raw replies beside it. Several
/// processes can use it concurrently. It holds prompts, so only its owner should read it. It holds no
/// pictures and no keys.
package final class Ledger: Sendable {
  package let path: String
  /// Who can read the ledger besides its owner, and which permissions were removed when it was opened.
  package let access: LedgerAccess
  private let database: DatabaseQueue

  /// How long to wait while another process has the file locked, in seconds.
  private static let patience = 10.0

  /// Opens the ledger. Its file, its folder, and the folder of replies are created if they do not exist.
  ///
  /// - Throws: `LedgerError` if the file cannot be opened, is damaged, or is from a newer version.
  package init(path: String) throws(LedgerError) {
    self.path = path
    do {
      let folder = URL(filePath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      database = try Self.withReplies(path + ".replies") { replies in
        try alone(in: replies, for: Self.patience) { try Self.opened(path) }
      }
      access = LedgerFiles(path).protect()
    } catch {
      throw LedgerError(error)
    }
  }

  /// Creates the folder of replies. If the folder is new and `work` fails, because the file is not a ledger,
  /// it is removed again.
  private static func withReplies<Value>(_ folder: String, _ work: (String) throws -> Value) throws -> Value {
    let isNew = mkdir(folder, 0o700) == 0
    if isNew { LedgerFiles.share(folder) }
    guard isNew || errno == EEXIST else {
      throw LedgerError(message: "\(folder): \(String(cString: strerror(errno)))")
    }
    do {
      return try work(folder)
    } catch {
      if isNew { rmdir(folder) }
      throw error
    }
  }

  private static func opened(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(patience)
    configuration.foreignKeysEnabled = true
    LedgerFiles.make(path)
    let database = try DatabaseQueue(path: path, configuration: configuration)
    // In WAL mode, the usual setting leaves the last entries to the kernel. Here a power failure must not
    // lose any.
    try database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    let migrations = Schema.migrations
    if try database.read(migrations.hasBeenSuperseded) {
      throw LedgerError(message: "it was created by a newer version of Plantain")
    }
    try migrations.migrate(database)
    try database.write { database in
      try Schema.addOptionalColumns(to: database)
      try Schema.makeIndex(database)
    }
    return database
  }

  /// The path of the raw reply with this name.
  package func replyPath(_ name: String) -> String { "\(path).replies/\(name)" }

  /// Returns the space of deleted entries to the file system.
  package func compact() async throws(LedgerError) {
    do {
      try await database.vacuum()
    } catch {
      throw LedgerError(error)
    }
  }

  /// The faults that SQLite finds in the file, at most 20; empty if there are none.
  package func faults() async throws(LedgerError) -> [String] {
    try await read { database in
      try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
    }
  }

  package func close() { try? database.close() }
}

/// Runs `work` under an exclusive cross-process lock (flock) on a folder. Opening a new file takes several
/// steps, each of which depends on the one before, so no other process may do the same between them. If the
/// lock cannot be taken within `patience` seconds, because the file system has no locks or a process was
/// stopped while it held one, `work` runs anyway.
private func alone<Value>(in folder: String, for patience: Double, _ work: () throws -> Value) rethrows
  -> Value
{
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  defer { if descriptor >= 0 { close(descriptor) } }
  let end = ContinuousClock.now + .seconds(patience)
  while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, [EWOULDBLOCK, EINTR].contains(errno),
    ContinuousClock.now < end
  {
    usleep(2_000)
  }
  return try work()
}

/// The error when the ledger cannot be read or written.
package struct LedgerError: Error, Sendable {
  package let message: String

  init(message: String) {
    self.message = message
  }

  init(_ error: any Error) {
    self.message =
      switch error {
      case let error as LedgerError: error.message
      case let error as DatabaseError: error.message ?? "\(error.resultCode)"
      case let error as CocoaError: error.localizedDescription
      default: "\(error)"
      }
  }
}

extension Ledger {
  /// Makes a change and returns when it is on disk. Cancellation of the task does not stop the change: what
  /// was paid for must be recorded even if no caller waits for it.
  func write<Value: Sendable>(
    _ change: @escaping @Sendable (Database) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result = await withCheckedContinuation { continuation in
      database.asyncWrite(change) { continuation.resume(returning: $1) }
    }
    return try Self.settle(result)
  }

  func read<Value: Sendable>(
    _ question: @escaping @Sendable (Database) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      database.asyncRead { database in
        continuation.resume(returning: Result { try question(database.get()) })
      }
    }
    return try Self.settle(result)
  }

  private static func settle<Value>(_ result: Result<Value, any Error>) throws(LedgerError) -> Value {
    do {
      return try result.get()
    } catch {
      throw LedgerError(error)
    }
  }
}
