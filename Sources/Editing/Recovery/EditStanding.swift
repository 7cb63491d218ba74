import Core
import Ledger
import Submission

/// The standing of one edit of a job.
package enum EditStanding: Sendable {
  case underWay
  case done
  /// No picture came, and an earlier version took the request for done: it is not sent for again.
  case forgone
  /// It is billed, and its result can be fetched.
  case paid
  /// The outcome is unknown.
  case unknown(isKept: Bool)
  case withoutPicture(isKept: Bool)
  case lost
  /// It cost nothing, or may be sent again all the same.
  case nothing

  var isDone: Bool {
    switch self {
    case .done, .forgone: true
    default: false
    }
  }
}

extension LedgerStore {
  /// What the edits of a job in the ledger have made of its pictures. Creates no ledger.
  ///
  /// - Parameters:
  ///   - keys: the keys of the job.
  ///   - count: the number of pictures that the job asks for.
  package func pictures(
    ofJob keys: [String], count: Int, _ again: ResendPolicy
  ) async throws(PlantainError) -> JobPictures {
    var pictures = JobPictures(count: count)
    guard exists else { return pictures }
    let entries = try await with { ledger throws(LedgerError) in try await ledger.edits(ofJobs: keys) }
    for entry in entries {
      let attempts = try await attempts(of: entry)
      if attempts.contains(where: isLive) { pictures.isUnderWay = true }
      pictures.add(entry, entry.pictures(attempts, standing), again)
    }
    return pictures
  }

  /// Whether a result may still exist after it could not be fetched. A task that the gateway does not know
  /// may have been done all the same, and a reply that cannot be read now may be readable later.
  func isStillPaid(_ entry: EditEntry) async throws(PlantainError) -> Bool {
    switch try await standing(of: entry) {
    case .paid, .unknown: true
    case .underWay, .done, .forgone, .withoutPicture, .lost, .nothing: false
    }
  }

  func standing(of entry: EditEntry) async throws(PlantainError) -> EditStanding {
    standing(of: try await attempts(of: entry))
  }

  /// The standing of an edit, or of one of its requests, by its attempts.
  func standing(of attempts: [AttemptEntry]) -> EditStanding {
    if attempts.contains(where: isLive) { return .underWay }
    let isKept = attempts.contains(where: hasReply)
    let hasTask = attempts.contains { $0.tasks != nil }
    return switch AttemptState.combined(attempts.map { $0.settledState(isLive: false) }) {
    case .done: .done
    // A stored reply whose file is gone was billed, and its result is lost.
    case .stored where !isKept && !hasTask: .unknown(isKept: false)
    case .accepted, .stored: .paid
    case .sending, .ambiguous: .unknown(isKept: isKept)
    // A task may deliver another picture the next time.
    case .unusable where hasTask: .unknown(isKept: isKept)
    case .withoutPicture, .unusable: .withoutPicture(isKept: isKept)
    case .lost: .lost
    case .prepared, .unbilled, .writtenOff: .nothing
    }
  }
}
