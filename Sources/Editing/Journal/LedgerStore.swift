import Core
import Finishing
package import Ledger
package import Logging
import Submission
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The ledger, opened on first use, so that a dry run creates no file.
package final class LedgerStore: Sendable {
  /// The absolute path of the SQLite file.
  package let path: String
  private let opened = Mutex<Ledger?>(nil)
  private let logger: Logger
  /// The value of the option `ledger` that a suggested command needs, as a word of a shell command; `nil` for
  /// the standard location.
  package let optionValue: String?

  /// - Parameter logger: logs a warning if other users can read the ledger. Default: labeled `plantain`.
  package init(_ location: LedgerLocation, logger: Logger = Logger(label: "plantain")) throws(PlantainError) {
    path = Path(try location.path()).absolute.string
    optionValue = location == .standard ? nil : path.shellWord
    self.logger = logger
  }

  /// Whether the ledger exists. Readers check this first, so that reading creates no file.
  package var exists: Bool { Path(path).exists }

  /// Returns the ledger, and opens or creates it on first use.
  ///
  /// - Throws: `ledgerUnusable` when it cannot be used.
  package func ledger() throws(PlantainError) -> Ledger {
    let result: Result<Ledger, LedgerError> = opened.withLock { opened in
      if let ledger = opened { return .success(ledger) }
      do throws(LedgerError) {
        let ledger = try Ledger(path: path)
        opened = ledger
        if let message = ledger.access.warning(path) { logger.warning(message) }
        return .success(ledger)
      } catch {
        return .failure(error)
      }
    }
    return try settle(result)
  }

  /// Runs `work` with the ledger.
  ///
  /// - Throws: `ledgerUnusable` when the ledger cannot be used.
  package func with<Value>(
    _ work: (Ledger) async throws(LedgerError) -> Value
  ) async throws(PlantainError) -> Value {
    let ledger = try ledger()
    do throws(LedgerError) {
      return try await work(ledger)
    } catch {
      throw .ledger(error.message, path)
    }
  }

  /// Checks that a reply can be written to the ledger's folder.
  ///
  /// - Throws: `ledgerUnusable` when it cannot.
  func requireRoom() throws(PlantainError) {
    let ledger = try ledger()
    do throws(WriteError) {
      try OutputFile.prepareFolder(of: ledger.replyPath("room"))
    } catch {
      throw .ledger("\(error)", path)
    }
  }

  private func settle(_ result: Result<Ledger, LedgerError>) throws(PlantainError) -> Ledger {
    do throws(LedgerError) {
      return try result.get()
    } catch {
      throw .ledger(error.message, path)
    }
  }

  package func close() {
    opened.withLock { opened in
      opened?.close()
      opened = nil
    }
  }
}

extension LedgerAccess {
  /// The warning about other users' access when a ledger is opened. It appears only once if opening the
  /// ledger fixed its permissions.
  fileprivate func warning(_ path: String) -> Logger.Message? {
    if removedPermissions {
      return "other users could read the ledger \(path), which contains prompts; their access was removed"
    }
    return foreignOwner.map {
      "the ledger \(path), which contains prompts, belongs to \($0), and other users can read it"
    }
  }
}

/// The attempt journal of one edit, stored in the ledger.
struct EditJournal: AttemptJournal {
  package let ledger: Ledger
  package let edit: String
  /// Records only that pictures were written, so that an edit keeps the user's verdict until then.
  var keepsVerdict = false

  package func begin(_ attempt: NewAttempt) async throws(JournalError) -> JournaledAttempt {
    let name = "\(edit)-\(attempt.part)-\(attempt.gateway)-\(attempt.number).reply"
    let reply: StoredReply
    do throws(StoredReply.Failure) {
      reply = try StoredReply(making: ledger.replyPath(name))
    } catch {
      throw JournalError("\(ledger.replyPath(name)): \(error.message)")
    }
    let entry = AttemptEntry(
      edit: edit, part: attempt.part, number: attempt.number, gateway: attempt.gateway, model: attempt.model,
      baseURL: attempt.baseURL, state: AttemptState.sending.rawValue, started: .now, reply: name,
      idempotencyKey: attempt.idempotencyKey)
    do throws(LedgerError) {
      return JournaledAttempt(id: try await ledger.insert(entry), reply: reply)
    } catch {
      reply.discard()
      throw JournalError(error.message)
    }
  }

  package func record(_ change: AttemptChange, of attempt: Int64) async throws(JournalError) {
    guard !keepsVerdict || change.state == .done else { return }
    do throws(LedgerError) {
      try await ledger.change(
        attempt,
        to: LedgerChange(
          state: change.state.rawValue, changed: .now, status: change.status, tasks: change.tasks,
          message: change.message, cost: change.cost, outputs: change.outputs))
    } catch {
      throw JournalError(error.message)
    }
  }
}

extension Int {
  /// The current time in milliseconds since 1970.
  package static var now: Int {
    Int(Date().timeIntervalSince1970 * 1_000)
  }
}
