import Finishing
import Gateways
import Imaging
import Ledger
import Submission

/// What earlier edits that asked for the same have paid for and not got.
extension Editor {
  /// What is known of the same job from before.
  enum Earlier: Sendable {
    /// By these edits, the newest first.
    case done([EditEntry])
    /// It was fetched, or found in its reply, just now.
    case fetched(EditResult)
    /// Another process is at it.
    case underWay
    /// Nobody knows what became of it.
    case unknown(EditEntry)
  }

  /// Looks through what the ledger knows of a job, the newest first, and fetches what was paid for and is kept. Sends nothing that
  /// costs.
  ///
  /// - Parameters:
  ///   - options: those of the job; its output counts.
  ///   - first: its first reference, by whose name an output can be called.
  /// - Returns: `nil` when nothing of it is done, or on its way.
  /// - Throws: 76 when something is on its way and not here yet; otherwise as `recover`.
  func earlier(
    _ key: String, _ options: EditOptions, of first: Reference?,
    watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> Earlier? {
    let entries = try await book.with { ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }
    var done: [EditEntry] = []
    for entry in entries {
      // What was tried before it was done at last does not matter any more.
      let attempts = try await book.attempts(of: entry)
      if attempts.contains(where: book.isLive) { return .underWay }
      let isKept = attempts.contains(where: book.hasReply)
      switch HistoryEntry.state(of: attempts.map { $0.settledState(isLive: false) }) {
      case .done: done.append(entry)
      case _ where !done.isEmpty: continue
      case .accepted, .stored:
        watch(.fetching(id: entry.id))
        if let result = try await fetched(entry, options, first, watch) { return .fetched(result) }
      case .withoutPicture where isKept:
        if let result = try await fetched(entry, options, first, watch) { return .fetched(result) }
      case .sending, .ambiguous:
        guard isKept, let result = try await fetched(entry, options, first, watch) else {
          return .unknown(entry)
        }
        return .fetched(result)
      case .prepared, .unbilled, .withoutPicture: continue
      }
    }
    return done.isEmpty ? nil : .done(done)
  }

  /// - Returns: `nil` when there is no picture in it, as before.
  private func fetched(
    _ entry: EditEntry, _ options: EditOptions, _ first: Reference?,
    _ watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> EditResult? {
    var options = options
    if let plan = try? OutputPlan(options, first: first), plan.isPlace(of: entry) {
      // The place was free before it was sent: what lies there was written just before a process ended, or by another edit.
      let isAsked = options.overwrites || entry.output?.overwrites == true
      let other = try await book.with { ledger throws(LedgerError) in
        try await ledger.hasEdit(after: entry, writing: plan.possiblePaths.map(OutputFile.absolute))
      }
      options.sparesOthers = !isAsked || other
      (options.output, options.overwrites) = (.memory, true)
    }
    do throws(PlantainError) {
      return try await recover(entry.id, options, namedAfter: first, watch)
    } catch {
      guard error.isOfReplyItself else { throw error }
      return nil
    }
  }
}

extension EditEntry {
  /// Where its results were written.
  var writtenPlaces: [String] { outputs ?? placesThatExist }

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
  fileprivate var isOfReplyItself: Bool {
    if [.noPicture, .refused].contains(code) || underlying is GatewayFailure { return true }
    guard let failure = underlying as? DeliveryFailure, case .cutShort = failure.cause else { return false }
    return true
  }
}
