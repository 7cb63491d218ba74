import Core
import Editing
import Ledger

/// The results of jobs at the outputs of their items.
extension BatchRun {
  /// The outcome of a picture with the same bytes: it shares the result or the failure.
  func outcome(
    for item: Manifest.Item, after first: Batch.Outcome, _ names: [String]
  ) async -> Batch.Outcome? {
    switch first {
    case .done, .skipped(.some, _): break
    case .incomplete(_, let errors): return Batch.Outcome([], lacking: errors)
    case .skipped(nil, _), .elsewhere, .ambiguous, .failed: return first
    }
    do throws(PlantainError) {
      return try await result(of: pictures(item, names), for: item)
    } catch {
      return Batch.Outcome(error)
    }
  }

  func pictures(_ item: Manifest.Item, _ names: [String]) async throws(PlantainError) -> JobPictures {
    try await editor.store.pictures(ofJob: names, count: item.options.count, .no)
  }

  /// The result of a done job, for an item's output: it exists there, or is copied there.
  func result(
    of pictures: JobPictures, for item: Manifest.Item
  ) async throws(PlantainError) -> Batch.Outcome {
    if let (id, outputs) = try item.results(of: pictures) { return .skipped(id: id, outputs: outputs) }
    let copy = try await editor.recovery.copy(pictures, to: item.options, namedAfter: item.references.first)
    if let copy { return .done(copy) }
    throw .resultGone(pictures)
  }
}

extension Editor {
  /// The policy with the full id of the run to resume.
  ///
  /// - Throws: `missing` when there is no such run; `ledgerUnusable` when the ledger cannot be used.
  func resolved(_ again: ResendPolicy) async throws(PlantainError) -> ResendPolicy {
    guard case .goingOn(let run) = again else { return again }
    return .goingOn(run: try await store.run(run).id)
  }
}

extension Manifest.Item {
  /// The keys under which earlier edits of the job, and of those of its variants, are known.
  func knownJobs(_ keys: [JobKey], _ names: [String]) -> Set<String> {
    let numbers = 1...(variant ?? 1) + Self.furtherVariants
    return Set(names + numbers.flatMap { number in keys.map { $0.text(ofVariant: number) } })
  }

  /// Other processes may have begun further variants.
  private static let furtherVariants = 32
}
