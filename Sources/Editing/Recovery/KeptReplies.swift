import Finishing
import Gateways
import Imaging
import PictureFormats
package import Ledger
import Submission
package import Core

/// What earlier edits that asked for the same have paid for and not got.
extension Editor {
  /// What is known of the same job from before.
  package enum Earlier: Sendable {
    /// By these edits, the newest first.
    case done([EditEntry])
    /// It was fetched, or found in its reply, just now.
    case fetched(EditResult)
    /// Another process is at it.
    case underWay
    /// Nobody knows what became of it.
    case unknown(EditEntry)
    /// Its user has settled that it was billed, and that no picture will come.
    case lost(EditEntry)
  }

  /// Looks through what the ledger knows of a job, the newest first, and fetches what was paid for and is kept. Sends nothing that
  /// costs.
  ///
  /// - Parameters:
  ///   - options: those of the job; its output counts.
  ///   - first: its first reference, by whose name an output can be called.
  /// - Returns: `nil` when nothing of it is done, or on its way.
  /// - Throws: 76 when something is on its way and not here yet; otherwise as `recover`.
  package func earlier(
    _ key: String, _ options: EditOptions, of first: Reference?, again: ResendPolicy = .no,
    until stop: StopSignal, watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> Earlier? {
    var lost: EditEntry?
    var done: [EditEntry] = []
    for (entry, standing) in try await standings(of: key) {
      switch standing {
      case .underWay: return .underWay
      case .done where again.passesOver(entry), .lost where again.passesOver(entry): continue
      case .done: done.append(entry)
      // What was tried before it was done at last does not matter any more.
      case _ where !done.isEmpty: continue
      case .paid:
        watch(.fetching(id: entry.id))
        if let result = try await fetched(entry, options, first, stop, watch) { return .fetched(result) }
        // A task that the gateway knows nothing of may have been done all the same.
        switch try await self.standing(of: entry) {
        case .paid where try await !hasTask(entry) || again.passesOver(entry): continue
        case .unknown where again.passesOver(entry): continue
        case .paid, .unknown: return .unknown(entry)
        default: continue
        }
      case .withoutPicture(isKept: true):
        if let result = try await fetched(entry, options, first, stop, watch) { return .fetched(result) }
      case .unknown(let isKept):
        if isKept, let result = try await fetched(entry, options, first, stop, watch) {
          return .fetched(result)
        }
        if !again.passesOver(entry) { return .unknown(entry) }
      case .lost: lost = lost ?? entry
      case .nothing, .withoutPicture: continue
      }
    }
    return done.isEmpty ? lost.map { .lost($0) } : .done(done)
  }

  /// How one edit of a job stands.
  package enum Standing: Sendable {
    case underWay
    case done
    /// It is billed, and can be fetched.
    case paid
    /// Nobody knows.
    case unknown(isKept: Bool)
    case withoutPicture(isKept: Bool)
    case lost
    /// It cost nothing, or may be sent once more all the same.
    case nothing
  }

  /// What the ledger knows of a job, the newest first.
  package func standings(of key: String) async throws(PlantainError) -> [(
    entry: EditEntry, standing: Standing
  )] {
    let entries = try await store.with { ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }
    var found: [(EditEntry, Standing)] = []
    for entry in entries { found.append((entry, try await standing(of: entry))) }
    return found
  }

  private func hasTask(_ entry: EditEntry) async throws(PlantainError) -> Bool {
    try await store.attempts(of: entry).contains { $0.tasks != nil }
  }

  private func standing(of entry: EditEntry) async throws(PlantainError) -> Standing {
    let attempts = try await store.attempts(of: entry)
    if attempts.contains(where: store.isLive) { return .underWay }
    let isKept = attempts.contains(where: store.hasReply)
    return switch HistoryEntry.state(of: attempts.map { $0.settledState(isLive: false) }) {
    case .done: .done
    case .accepted, .stored: .paid
    case .sending, .ambiguous: .unknown(isKept: isKept)
    case .withoutPicture: .withoutPicture(isKept: isKept)
    case .lost: .lost
    case .prepared, .unbilled, .writtenOff: .nothing
    }
  }

  /// - Returns: `nil` when there is no picture in it, as before.
  private func fetched(
    _ entry: EditEntry, _ options: EditOptions, _ first: Reference?, _ stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult? {
    var options = options
    if let plan = try? OutputPlan(options, first: first), plan.isPlace(of: entry) {
      // The place was free before it was sent: what lies there was written just before a process ended, or by another edit.
      let isAsked = options.overwrites || entry.output?.overwrites == true
      let other = try await store.with { ledger throws(LedgerError) in
        try await ledger.hasEdit(after: entry, writing: plan.possiblePaths.map(OutputFile.absolute))
      }
      options.sparesOthers = !isAsked || other
      (options.output, options.overwrites) = (.memory, true)
    }
    do throws(PlantainError) {
      return try await recover(entry.id, options, namedAfter: first, until: stop, watch)
    } catch {
      guard error.isOfReplyItself else { throw error }
      return nil
    }
  }
}

extension EditEntry {
  /// Whether nothing of its results is where it was written.
  package var isGone: Bool { !writtenPlaces.contains(where: OutputFile.exists) }

  /// Where its results were written.
  package var writtenPlaces: [String] { outputs ?? placesThatExist }

  /// Where its result lies when its entry does not say so: once a process could end between writing down that an edit is
  /// done and where. What is not found again would be paid for again.
  private var placesThatExist: [String] {
    guard let output else { return [] }
    let places =
      output.isFile
      ? [output.path] : PictureFormat.all.filter(\.isWritable).map { "\(output.path).\($0.extensions[0])" }
    return places.filter(OutputFile.exists)
  }
}

extension PlantainError {
  /// Whether the reply was read, and there is no picture in it: not so when one could not be fetched, finished or written.
  var isOfReplyItself: Bool {
    if [.noPicture, .refused].contains(code) || underlying is GatewayFailure { return true }
    if underlying is StoredReply.Failure { return true }
    guard let failure = underlying as? ExecutionFailure, case .cutShort = failure.cause else { return false }
    return true
  }
}
