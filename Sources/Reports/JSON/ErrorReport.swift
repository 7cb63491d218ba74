import Core
import Batch
public import Editing

/// An error as a JSON object: `{"error": {…}}`.
public struct ErrorReport: Encodable, Sendable {
  /// The error.
  public let error: Content

  /// The members of an error.
  public struct Content: Encodable, Sendable {
    /// The stage that failed.
    public let stage: String
    /// The error code.
    public let code: String
    /// What happened.
    public let message: String
    /// What the user can do about it.
    public let hint: String?
    /// The same as `hint`.
    public let remedy: String?
    /// The known name that is nearest to a misspelled one.
    public let nearest: String?
    /// The path or name that the error is about.
    public let subject: String?
    /// The edit's id in the ledger.
    public let id: String?
    /// Whether the same request may succeed later.
    public let retryable: Bool
    /// For an unknown outcome: whether `recover` can fetch the result without paying.
    public let recoverable: Bool?
    /// The time that the gateway asks to wait, in seconds.
    public let retryAfter: Double?
    /// Whether money was, or may have been, spent.
    public let billed: String
    /// The exit status of the command.
    public let exit: Int32
  }

  /// Creates the report of an error.
  public init(_ error: PlantainError) {
    self.error = Content(
      stage: error.stage.rawValue, code: error.code.rawValue, message: error.message, hint: error.hint,
      remedy: error.hint, nearest: error.nearest,
      subject: error.subject, id: error.editID, retryable: error.isRetryable,
      recoverable: error.code == .outcomeUnknown ? error.isRecoverable : nil,
      retryAfter: error.retryAfter?.seconds,
      billed: error.billed.rawValue, exit: error.exitStatus)
  }
}
