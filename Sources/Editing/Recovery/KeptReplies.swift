import Finishing
import Gateways
import PictureFormats
package import Ledger
import Submission
package import Core

/// Results that earlier edits with the same job key have paid for but not delivered.
extension Recovery {
  /// What earlier edits of the same job have left.
  package struct Earlier: Sendable {
    /// The results that were fetched, or found in a stored reply, just now.
    package var fetched: [EditResult] = []
    package var pictures: JobPictures
  }

  /// Goes through the ledger's edits of a job, the newest first, and fetches a result that was paid for and
  /// is kept. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - keys: the keys of the job.
  ///   - options: the job's options; its output counts.
  ///   - first: the job's first reference, whose name the output may take.
  /// - Throws: `outcomeUnknown` when a result is on its way but not ready yet; otherwise as `recover`.
  package func earlier(
    _ keys: [String], _ options: EditOptions, of first: Reference?, again: ResendPolicy = .no,
    until stop: StopSignal, watch: @escaping @Sendable (EditEvent) -> Void
  ) async throws(PlantainError) -> Earlier {
    var fetched: [EditResult] = []
    var tried: Set<String> = []
    while true {
      var pictures = try await store.pictures(ofJob: keys, count: options.count, again)
      let next = pictures.readable.first { !tried.contains($0.id) }
      guard !pictures.isUnderWay, let next else {
        pictures.endFetching(again)
        return Earlier(fetched: fetched, pictures: pictures)
      }
      tried.insert(next.id)
      if pictures.paid.contains(where: { $0.id == next.id }) { watch(.fetching(id: next.id)) }
      if let result = try await self.fetched(next, options, first, stop, watch) { fetched.append(result) }
    }
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
