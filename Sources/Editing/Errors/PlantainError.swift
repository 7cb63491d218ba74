package import Submission

/// Everything that can go wrong, wrapped once: where, what, and what to do about it.
public struct PlantainError: Error, Sendable {
  public let stage: Stage
  public let code: Code
  /// One sentence that names the thing, quotes the offending value and says what was expected. Never holds a key.
  public let message: String
  /// What to do.
  public package(set) var hint: String?
  /// The file, gateway or option it is about.
  public package(set) var subject: String?
  /// The id under which the ledger knows the edit, once it does.
  public package(set) var editID: String?
  public let billed: Billing
  /// Where a picture lies that was paid for and could not go under its name; `nil`: there is none.
  public package(set) var kept: String?
  /// The known name that a mistyped one is nearest to.
  public package(set) var nearest: String?
  /// The column or key of a manifest that it is about.
  package var column: String?
  /// What was tried at the gateway before.
  package var attempts: [AttemptNote] = []
  /// How long the gateway asks to wait.
  public let retryAfter: Duration?
  public let underlying: (any Error)?

  public enum Stage: String, Sendable {
    case configuration, input, preparation, request, submission, reply, finishing, output
  }

  /// Whether money may have been spent.
  public enum Billing: String, Sendable {
    case no, yes, unknown
  }

  package init(
    _ stage: Stage, _ code: Code, _ message: String, hint: String? = nil, subject: String? = nil,
    billed: Billing = .no, retryAfter: Duration? = nil, underlying: (any Error)? = nil
  ) {
    self.stage = stage
    self.code = code
    self.message = message
    self.hint = hint
    self.subject = subject
    self.billed = billed
    self.retryAfter = retryAfter
    self.underlying = underlying
  }

  /// The same, with the place of what was kept.
  func keeping(_ path: String?) -> PlantainError {
    var error = self
    error.kept = path
    return error
  }

  /// The exit status of the command for this error.
  public var exitStatus: Int32 { code.exitStatus }

  /// Whether the same call may succeed later, unchanged and without paying twice.
  public var isRetryable: Bool { code == .rateLimited || code == .overloaded || code == .unreachable }
}

extension PlantainError {
  /// One case per thing that a user can act on. The raw value is the code in JSON.
  public enum Code: String, Sendable, CaseIterable {
    case usage
    case notAPicture = "not-a-picture"
    case unsupportedFormat = "unsupported-format"
    case truncatedPicture = "truncated-picture"
    case damagedPicture = "damaged-picture"
    case tooManyPixels = "too-many-pixels"
    case tooLarge = "too-large"
    case capNotReachable = "cap-not-reachable"
    case overMemory = "over-memory"
    case tookTooLong = "took-too-long"
    case unusableFile = "unusable-file"
    case missing
    case notAFile = "not-a-file"
    case unreadable
    case unreachable
    case internalError = "internal"
    case outputExists = "output-exists"
    case outputNotWritable = "output-not-writable"
    case ledgerUnusable = "ledger-unusable"
    case rateLimited = "rate-limited"
    case overloaded
    case outcomeUnknown = "outcome-unknown"
    case keyMissing = "key-missing"
    case keyRejected = "key-rejected"
    case outOfCredit = "out-of-credit"
    case needsBilling = "needs-billing"
    case placeNotServed = "place-not-served"
    case configuration
    case refused
    case noPicture = "no-picture"
    case requestRejected = "request-rejected"
    case unknownModel = "unknown-model"
    case unsupportedOption = "unsupported-option"
    case drifted
    case overSpending = "over-spending-limit"
    case interrupted

    public var exitStatus: Int32 {
      switch self {
      case .drifted: 1
      case .usage: 64
      case .notAPicture, .unsupportedFormat, .truncatedPicture, .damagedPicture, .tooManyPixels, .tooLarge,
        .capNotReachable, .overMemory, .tookTooLong, .unusableFile:
        65
      case .missing, .notAFile, .unreadable: 66
      case .unreachable: 69
      case .internalError: 70
      case .outputExists, .outputNotWritable, .ledgerUnusable: 73
      case .rateLimited, .overloaded: 75
      case .outcomeUnknown: 76
      case .keyMissing, .keyRejected, .outOfCredit, .needsBilling, .placeNotServed: 77
      case .configuration: 78
      case .refused: 79
      case .noPicture: 80
      case .overSpending: 81
      case .requestRejected, .unknownModel, .unsupportedOption: 82
      case .interrupted: 130
      }
    }
  }

  /// Without any data of the user's: safe for metrics.
  public var shortForm: String { "\(stage.rawValue)/\(code.rawValue)" }
}

extension PlantainError: CustomStringConvertible {
  public var description: String {
    hint.map { "\(message)\n\($0)" } ?? message
  }
}
