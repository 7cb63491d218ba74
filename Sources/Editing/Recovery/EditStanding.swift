import Core
package import Ledger
import Submission

/// The standing of one edit of a job.
package enum EditStanding: Sendable {
  case underWay
  case done
  /// It is billed, and its result can be fetched.
  case paid
  /// The outcome is unknown.
  case unknown(isKept: Bool)
  case withoutPicture(isKept: Bool)
  case lost
  /// It cost nothing, or may be sent again all the same.
  case nothing
}

extension LedgerStore {
  /// The edits of a job in the ledger with their standings, the newest first.
  package func standings(of key: String) async throws(PlantainError) -> [(
    entry: EditEntry, standing: EditStanding
  )] {
    let entries = try await with { ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }
    var found: [(EditEntry, EditStanding)] = []
    for entry in entries { found.append((entry, try await standing(of: entry))) }
    return found
  }

  /// Whether a result may still exist after it could not be fetched. A task that the gateway does not know
  /// may have been done all the same, and a reply that cannot be read now may be readable later.
  func isStillPaid(_ entry: EditEntry) async throws(PlantainError) -> Bool {
    switch try await standing(of: entry) {
    case .paid, .unknown: true
    case .underWay, .done, .withoutPicture, .lost, .nothing: false
    }
  }

  func standing(of entry: EditEntry) async throws(PlantainError) -> EditStanding {
    let attempts = try await attempts(of: entry)
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
