package import Ledger

/// Whether edits are sent that were sent before.
public enum ResendPolicy: Sendable, Equatable {
  case no
  case yes
  /// As a run did that was interrupted, by its id or the beginning of it: what it has sent is not sent a second time.
  case goingOn(run: String)

  /// Whether an earlier edit of a job does not keep it from being sent.
  package func passesOver(_ entry: EditEntry) -> Bool {
    switch self {
    case .no: false
    case .yes: true
    case .goingOn(let run): entry.run != run
    }
  }
}
