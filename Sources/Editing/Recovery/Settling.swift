import Ledger
import Submission
import Core

/// What the user knows of an edit whose outcome is unknown to the ledger.
public enum Settlement: String, Sendable, CaseIterable {
  /// It was billed, and no picture will come: it counts as spent and is not sent again.
  case billed
  /// It was not billed: it does not count, and the next run sends it.
  case unbilled
  /// It counts as spent, and the next run sends it again.
  case resend

  /// The message of a settled attempt in the ledger.
  fileprivate var message: String { "settled by hand as \(rawValue)" }
}

/// The outcome of settling one edit.
public enum SettledEdit: Sendable {
  /// The edit as it stands now.
  case settled(HistoryEntry)
  /// Its picture existed, or has arrived meanwhile, so there was nothing to settle.
  case fetched(EditResult)
}

extension History {
  /// The ids of the edits that can be settled under an id: the edit itself, or the open edits of a run; if
  /// none is open, those of the run that the user has settled otherwise before.
  ///
  /// - Parameters:
  ///   - settlement: what they are settled as; `nil`: not known yet. Default: `nil`.
  ///   - id: the id of an edit or a run, or the beginning of it.
  /// - Throws: `PlantainError` with the code `missing` for an unknown edit or run, `usage` when several ids
  ///   begin this way, or when there is nothing to settle, `ledgerUnusable` when the ledger cannot be used.
  public func unsettled(
    _ id: String, as settlement: Settlement? = nil
  ) async throws(PlantainError) -> [String] {
    let edit: EditEntry
    do throws(PlantainError) {
      edit = try await store.entry(id)
    } catch {
      guard error.code == .missing, let run = try await knownRun(id) else { throw error }
      return try await store.open(ofRun: run, as: settlement)
    }
    try await store.requireOpen(edit, as: settlement)
    return [edit.id]
  }

  private func knownRun(_ id: String) async throws(PlantainError) -> String? {
    do throws(PlantainError) {
      return try await store.run(id).id
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
  }
}

extension LedgerStore {
  fileprivate func open(
    ofRun run: String, as settlement: Settlement?
  ) async throws(PlantainError) -> [String] {
    let ids = try await with { ledger throws(LedgerError) in try await ledger.ids(of: EditQuery(run: run)) }
    var (open, settled): ([String], [String]) = ([], [])
    for id in ids.reversed() {
      let attempts = try await with { ledger throws(LedgerError) in try await ledger.attempts(of: id) }
      guard !attempts.contains(where: isLive) else { continue }
      if attempts.contains(where: \.isOpen) {
        open.append(id)
      } else if attempts.contains(where: { $0.isSettled(otherThan: settlement) }) {
        settled.append(id)
      }
    }
    if open.isEmpty { open = settled }
    guard !open.isEmpty else {
      throw .usage(
        "the outcome of every edit of the run \(run) is known", hint: "There is nothing to settle.")
    }
    return open
  }

  fileprivate func requireOpen(
    _ edit: EditEntry, as settlement: Settlement?
  ) async throws(PlantainError) {
    let attempts = try await attempts(of: edit)
    guard !attempts.contains(where: isLive) else {
      throw .usage("the edit \(edit.id) is under way", hint: "Wait until it finishes, or stop it.")
    }
    guard attempts.contains(where: { $0.canBeSettled(as: settlement) }) else {
      let state = AttemptState.combined(attempts.map { $0.settledState(isLive: false) })
      let word = state == .lost ? "settled as billed, without a picture" : state.rawValue
      throw .usage("the edit \(edit.id) is \(word)", hint: "There is nothing to settle.")
    }
  }
}

extension AttemptEntry {
  /// Whether its outcome is unknown, or it has not ended.
  fileprivate var isOpen: Bool { settledState(isLive: false).isOpen }

  /// Whether its outcome is unknown, its reply has no usable picture, or the user has settled it otherwise
  /// before.
  fileprivate func canBeSettled(as settlement: Settlement?) -> Bool {
    isOpen || [AttemptState.withoutPicture, .unusable].map(\.rawValue).contains(state)
      || isSettled(otherThan: settlement)
  }

  /// Whether the user has settled it, and not as this. The message tells it from an attempt that its gateway
  /// did not bill.
  fileprivate func isSettled(otherThan settlement: Settlement?) -> Bool {
    let verdicts: [AttemptState] = [.lost, .unbilled, .writtenOff]
    guard verdicts.contains(settledState(isLive: false)) else { return false }
    return Settlement.allCases.contains { $0 != settlement && message == $0.message }
  }
}

extension Editor {
  /// Settles an edit whose outcome is unknown to the ledger, by what the user has learned, or corrects how it
  /// was settled before. The gateway or a stored reply is asked first. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - id: the edit's id, or the beginning of it.
  ///   - settlement: what the user knows of it.
  ///   - watch: receives events. Default: does nothing.
  /// - Throws: as `recover` when the gateway cannot be asked, or its task is not done yet; `PlantainError`
  ///   with the code `usage` when the edit is under way, or its outcome is known from its gateway, or it is
  ///   settled in this way already, `missing` for an unknown id, `ledgerUnusable` when the ledger cannot be
  ///   used.
  public func settle(
    _ id: String, as settlement: Settlement, watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> SettledEdit {
    let edit = try await store.entry(id)
    try await store.requireOpen(edit, as: settlement)
    let result = try await fetched(edit, watch)
    // Of several requests, some may have brought nothing.
    for attempt in try await store.attempts(of: edit) where attempt.canBeSettled(as: settlement) {
      try await settle(attempt, as: settlement)
    }
    if let result { return .fetched(result) }
    return .settled(try await History(store).edit(edit.id))
  }

  /// - Returns: `nil` where there is nothing to fetch.
  private func fetched(
    _ edit: EditEntry, _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult? {
    let attempts = try await store.attempts(of: edit).filter { $0.canBeSettled(as: nil) }
    guard attempts.contains(where: { $0.tasks != nil || store.hasReply($0) }) else { return nil }
    watch(.fetching(id: edit.id))
    var options = EditOptions()
    options.timeout = Self.longestQuestion
    // The result may have been written before, if only the ledger could not be updated.
    (options.overwrites, options.sparesOthers) = (true, true)
    do throws(PlantainError) {
      return try await recover(edit.id, options: options, watch: watch)
    } catch {
      guard error.isOfReplyItself || error.isOfResultOutOfReach else { throw error }
      return nil
    }
  }

  /// A user who settles an edit has already looked elsewhere, so the gateway is not asked for long.
  private static let longestQuestion: Duration = .seconds(30)

  private func settle(_ attempt: AttemptEntry, as settlement: Settlement) async throws(PlantainError) {
    let event: AttemptState.Event =
      switch settlement {
      case .billed: .settleBilled
      case .unbilled: .settleUnbilled
      case .resend: .settleResend
      }
    guard let id = attempt.id, let state = attempt.settledState(isLive: false).after(event) else { return }
    let change = LedgerChange(state: state.rawValue, changed: .now, message: settlement.message)
    try await store.with { ledger throws(LedgerError) in try await ledger.change(id, to: change) }
  }
}

extension PlantainError {
  /// Whether there is a result that cannot be fetched: it has expired, or its gateway is gone.
  fileprivate var isOfResultOutOfReach: Bool {
    guard let failure = underlying as? ExecutionFailure else { return false }
    return switch failure.cause {
    case .download: true
    case .pending(_, let why): why == ExecutionFailure.couldNotAsk
    default: false
    }
  }
}
