import Core
package import Editing

extension Batch.Outcome {
  /// The outcome of an error; `nil` when nothing was sent because the run was stopped.
  init?(_ error: PlantainError) {
    switch error.code {
    case .interrupted where error.billed == .no: return nil
    case .outcomeUnknown, .interrupted: self = .ambiguous(error)
    default: self = .failed(error)
    }
  }

  /// The outcome of a job whose results came in several edits; `nil` without results and errors.
  ///
  /// - Parameter errors: the reasons why pictures are missing; empty if none are.
  init?(_ results: [EditResult], lacking errors: [PlantainError]) {
    var result = results.last
    result?.precede(by: results.dropLast().flatMap(\.images))
    result?.missing = errors
    if let result {
      self = errors.isEmpty ? .done(result) : .incomplete(result, errors)
    } else if errors.count > 1 {
      self = .incomplete(nil, errors)
    } else {
      guard let error = errors.first, let outcome = Self(error) else { return nil }
      self = outcome
    }
  }

  /// What went wrong.
  package var errors: [PlantainError] {
    switch self {
    case .done, .skipped, .elsewhere: []
    case .incomplete(_, let errors): errors
    case .ambiguous(let error), .failed(let error): [error]
    }
  }

  /// The errors of edits whose outcome is unknown, one for each edit.
  package var openErrors: [PlantainError] {
    if case .ambiguous(let error) = self { return [error] }
    return errors.filter(\.isOfOpenOutcome).reduce(into: []) { all, error in
      if error.editID == nil || !all.contains(where: { $0.editID == error.editID }) { all.append(error) }
    }
  }

  /// Whether something of the item has failed, for which the next run may send.
  package var hasFailed: Bool {
    switch self {
    case .failed: true
    case .incomplete(_, let errors): !errors.allSatisfy(\.isOfOpenOutcome)
    case .done, .skipped, .elsewhere, .ambiguous: false
    }
  }
}
