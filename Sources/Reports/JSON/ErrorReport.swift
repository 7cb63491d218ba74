import Core
import Batch
package import Editing

/// An error as a JSON object: `{"error": {…}}`.
package struct ErrorReport: Encodable, Sendable {
  /// The error.
  package let error: Content

  /// The members of an error.
  package struct Content: Encodable, Sendable {
    private let error: PlantainError

    init(_ error: PlantainError) { self.error = error }

    /// Encodes what happened, the remedy, and what can be said about a repetition and the bill.
    package func encode(to encoder: any Encoder) throws {
      try Members(error, in: .of(encoder)).encode(to: encoder)
    }
  }

  /// Creates the report of an error.
  package init(_ error: PlantainError) { self.error = Content(error) }
}

/// The members of an error in JSON.
private struct Members: Encodable {
  let stage: String
  let code: String
  let message: String
  let hint: String?
  /// The same as `hint`.
  let remedy: String?
  let nearest: String?
  let subject: String?
  /// The edit's id in the ledger.
  let id: String?
  /// Whether the same request may succeed later.
  let retryable: Bool
  /// For an unknown outcome: whether the result can be fetched without paying.
  let recoverable: Bool?
  /// The time that the gateway asks to wait, in seconds.
  let retryAfter: Double?
  let billed: String
  let exit: Int32?

  init(_ unstyled: PlantainError, in style: MessageStyle) {
    let error = unstyled.written(in: style)
    (stage, code, billed) = (error.stage.rawValue, error.code.rawValue, error.billed.rawValue)
    (message, hint, remedy) = (error.message, error.hint, error.hint)
    (nearest, subject, id) = (error.nearest, error.subject, error.editID)
    retryable = error.isRetryable
    recoverable = error.code == .outcomeUnknown ? error.isRecoverable : nil
    retryAfter = error.retryAfter?.seconds
    exit = style.exitStatus(error.code)
  }
}
