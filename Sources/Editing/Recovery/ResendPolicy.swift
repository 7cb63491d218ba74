package import Ledger

/// Whether to send edits that were sent before.
public enum ResendPolicy: Sendable, Equatable {
  /// Does not send them again.
  case no
  /// Sends them again.
  case yes
  /// Continues an interrupted run, given by its id or the beginning of it: what that run has sent is not sent
  /// again.
  case goingOn(run: String)

  /// Whether an interrupted run is continued.
  package var isResuming: Bool { if case .goingOn = self { true } else { false } }

  /// Whether an edit of a job is passed over, so that it does not keep the job from being sent.
  package func passesOver(_ entry: EditEntry) -> Bool {
    switch self {
    case .no: false
    case .yes: true
    case .goingOn(let run): entry.run != run
    }
  }
}
