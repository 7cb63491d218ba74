import Foundation
import GRDB

/// The journal of what was sent and paid for: one SQLite file, and beside it a folder with raw replies. Several processes
/// may use one at a time. It holds prompts, so it is for its owner's eyes; no picture and no key.
package final class Ledger: Sendable {
  package let path: String
  /// Who can read it besides its owner, and what was done about that when it was opened.
  package let access: LedgerAccess
  private let database: DatabaseQueue

  /// How long another process may keep the file to itself.
  private static let patience = 10.0

  /// Opens the file, which is made when it is not there, as are its folder and that of the replies.
  ///
  /// - Throws: `LedgerError` when it cannot be opened, is damaged, or is from a newer version.
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

  /// Makes the folder of the replies, which goes again where `work` finds that the file is none of ours.
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
    // In WAL mode the usual setting leaves the last entries to the kernel; here a power cut must not lose one.
    try database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    let migrations = Schema.migrations
    if try database.read(migrations.hasBeenSuperseded) {
      throw LedgerError(message: "it was made by a newer version of Plantain")
    }
    try migrations.migrate(database)
    return database
  }

  /// Where the raw reply of that name lies.
  package func replyPath(_ name: String) -> String { "\(path).replies/\(name)" }

  /// Gives back to the file system what was taken out.
  package func compact() async throws(LedgerError) {
    do {
      try await database.vacuum()
    } catch {
      throw LedgerError(error)
    }
  }

  /// What SQLite finds wrong in the file; empty when nothing is.
  package func faults() async throws(LedgerError) -> [String] {
    try await read { database in
      try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
    }
  }

  package func close() { try? database.close() }
}

/// Opening a new file takes several steps, of which each looks at what the one before has left: between them another process must
/// not do the same. Where a file system has no such locks, or a process was stopped while it had one, it is done all the same
/// after these seconds.
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

/// The ledger cannot be read or written.
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
  /// Returns when the change is on the disk. A canceled task's changes are made all the same: what was paid for is
  /// written down, whoever lost interest.
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
