import Core
import Batch
public import Editing

/// One error as one JSON object: `{"error": {…}}`.
public struct ErrorReport: Encodable, Sendable {
  public let error: Content

  public struct Content: Encodable, Sendable {
    public let stage: String
    public let code: String
    public let message: String
    public let hint: String?
    /// The same as `hint`.
    public let remedy: String?
    /// The known name that a mistyped one is nearest to.
    public let nearest: String?
    public let subject: String?
    /// The edit's id in the ledger.
    public let id: String?
    public let retryable: Bool
    /// Of an unknown outcome: whether `recover` can fetch it without paying.
    public let recoverable: Bool?
    /// Seconds that the gateway asks to wait.
    public let retryAfter: Double?
    public let billed: String
    public let exit: Int32
  }

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
