import Finishing
import Gateways
import PictureFormats
package import Ledger
import Submission
package import Core

/// Results that earlier edits with the same job key have paid for but not delivered.
extension Recovery {
  /// The outcome of earlier edits of the same job.
  package enum Earlier: Sendable {
    /// Done by these edits, the newest first.
    case done([EditEntry])
    /// The result was fetched, or found in a stored reply, just now.
    case fetched(EditResult)
    /// Another process is working on it.
    case underWay
    /// The outcome of this edit is unknown.
    case unknown(EditEntry)
    /// The user has settled that this edit was billed and that no picture will come.
    case lost(EditEntry)
  }

  /// Goes through the ledger's edits of a job, the newest first, and fetches a result that was paid for and
  /// is kept. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - options: the job's options; its output counts.
  ///   - first: the job's first reference, whose name the output may take.
  /// - Returns: `nil` when no edit of the job is done or on its way.
  /// - Throws: `outcomeUnknown` when a result is on its way but not ready yet; otherwise as `recover`.
  package func earlier(
    _ key: String, _ options: EditOptions, of first: Reference?, again: ResendPolicy = .no,
    until stop: StopSignal, watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> Earlier? {
    var lost: EditEntry?
    var done: [EditEntry] = []
    for (entry, standing) in try await store.standings(of: key) {
      switch standing {
      case .underWay: return .underWay
      case .done where again.passesOver(entry), .lost where again.passesOver(entry): continue
      case .done: done.append(entry)
      // Once an edit is done, earlier attempts no longer matter.
      case _ where !done.isEmpty: continue
      case .paid:
        watch(.fetching(id: entry.id))
        if let result = try await fetched(entry, options, first, stop, watch) { return .fetched(result) }
        if try await store.isStillPaid(entry), !again.passesOver(entry) { return .unknown(entry) }
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

  /// The same by several keys of a job: the first that tells anything.
  func earlier(
    _ keys: [String], _ options: EditOptions, of first: Reference?, again: ResendPolicy,
    until stop: StopSignal, watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> Earlier? {
    for key in keys {
      if let earlier = try await earlier(key, options, of: first, again: again, until: stop, watch: watch) {
        return earlier
      }
    }
    return nil
  }

  /// - Parameter finishing: how the result is finished.
  /// - Returns: `nil` when the reply contains no picture, as before.
  func fetched(
    _ entry: EditEntry, _ options: EditOptions, _ first: Reference?, _ stop: StopSignal,
    _ watch: @escaping @Sendable (EditEvent) -> Void, finishing: FinishingChoice = .recorded
  ) async throws(PlantainError) -> EditResult? {
    var options = options
    if let plan = try? OutputPlan(options, first: first), plan.isPlace(of: entry) {
      // The output was free before the edit was sent: an existing file was written just before a process
      // ended, or by another edit.
      let isAsked = options.overwrites || entry.output?.overwrites == true
      let other = try await store.with { ledger throws(LedgerError) in
        try await ledger.hasEdit(after: entry, writing: plan.possiblePaths.map { Path($0).absolute.string })
      }
      options.sparesOthers = !isAsked || other
      (options.output, options.overwrites) = (.memory, true)
    }
    do throws(PlantainError) {
      return try await recover(
        entry.id, options, namedAfter: first, finishing: finishing, until: stop, watch)
    } catch {
      guard error.isOfReplyItself else { throw error }
      return nil
    }
  }
}

extension EditEntry {
  /// The paths where its results were written.
  package var writtenPlaces: [String] { outputs ?? placesThatExist }

  /// The existing paths where its result may be when its entry does not say: in earlier versions a process
  /// could end after recording that an edit was done, but before recording where. A result that is not found
  /// again would be paid for again.
  private var placesThatExist: [String] {
    guard let output else { return [] }
    let places =
      output.isFile
      ? [output.path] : PictureFormat.all.filter(\.isWritable).map { "\(output.path).\($0.extensions[0])" }
    return places.filter { Path($0).exists }
  }
}

extension PlantainError {
  /// Whether the reply was read and contains no picture that can be read. False when a picture could not be
  /// fetched, finished, or written.
  var isOfReplyItself: Bool {
    if stage == .finishing { return isOfPictureItself }
    if [.noPicture, .refused].contains(code) || underlying is GatewayFailure { return true }
    if underlying is StoredReply.Failure { return true }
    guard let failure = underlying as? ExecutionFailure, case .cutShort = failure.cause else { return false }
    return true
  }

  /// Whether a returned picture cannot be read because of its own bytes. False when a decoder, a worker, or
  /// memory is missing, a file cannot be read, or a setting is the reason.
  var isOfPictureItself: Bool {
    guard case .picture(let error)? = underlying as? FinishingError else { return false }
    return switch error {
    case .notAPicture, .unsupportedFormat, .unsupportedVariant, .truncated, .damaged, .notAllowed,
      .tooManyPixels, .stepFailed(.open, _), .stepFailed(.decode, _):
      true
    case .libraryUnusable, .unreadable, .loaderMissing, .needsOwnProcess, .stepFailed: false
    }
  }
}
