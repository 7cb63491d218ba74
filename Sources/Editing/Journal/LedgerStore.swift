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

/// The ledger as the stages of an edit use it. It is opened when it is needed first, so that a dry run makes no file.
package final class LedgerStore: Sendable {
  package let path: String
  private let opened = Mutex<Ledger?>(nil)
  private let logger: Logger
  /// What a command is given to find it again; empty for the standard place.
  package let option: String

  /// - Parameter logger: is told who else can read the ledger, when that should not be so.
  package init(_ location: LedgerLocation, logger: Logger = Logger(label: "plantain")) throws(PlantainError) {
    path = OutputFile.absolute(try location.path())
    option = location == .standard ? "" : " --ledger '\(path.replacing("'", with: "'\\''"))'"
    self.logger = logger
  }

  /// Whether there is a ledger. Those who only read ask first, so that looking makes no file.
  package var exists: Bool { OutputFile.exists(path) }

  /// - Throws: 73 when it cannot be used.
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

  /// Does something with the ledger.
  ///
  /// - Throws: 73.
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

  /// Proves that there is room for a reply.
  ///
  /// - Throws: 73.
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
  /// What is said when a ledger is opened: once, where that is mended by then.
  fileprivate func warning(_ path: String) -> Logger.Message? {
    if tookAway {
      return "others could read the ledger \(path), which holds prompts; their rights were removed"
    }
    return stranger.map {
      "the ledger \(path), which holds prompts, belongs to \($0), and others can read it"
    }
  }
}

/// The attempts of one edit, written into the ledger.
struct EditJournal: AttemptJournal {
  package let ledger: Ledger
  package let edit: String

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
  /// Milliseconds since 1970.
  package static var now: Int {
    Int(Date().timeIntervalSince1970 * 1_000)
  }
}
