public import Core
package import Submission

/// The error of every call: the stage, a code, a message, and a hint at the remedy.
public struct PlantainError: Error, Sendable {
  /// The stage that failed.
  public let stage: Stage
  /// The kind of error, which determines the exit status.
  public let code: Code
  /// One sentence that names the subject, quotes the invalid value and says what was expected. Never contains
  /// a key.
  public package(set) var message: String
  /// The remedy, as an instruction.
  public package(set) var hint: String?
  /// The file, gateway or option that the error concerns.
  public package(set) var subject: String?
  /// The edit's id in the ledger; `nil` before the edit is recorded.
  public package(set) var editID: String?
  /// Whether the request was billed.
  public let billed: Billing
  /// The path of a billed picture that could not be written to its output path; `nil` if there is none.
  public package(set) var kept: String?
  /// The known name that is nearest to a mistyped one.
  public package(set) var nearest: String?
  /// The long names of the options that the message and the hint mention, there in backquotes.
  public package(set) var options: [String] = []
  /// The column or key of a manifest that the error concerns.
  package var column: String?
  /// The earlier attempts at the gateway.
  package var attempts: [AttemptNote] = []
  /// The wait that the gateway requests.
  public let retryAfter: Duration?
  /// The cause, if it is an error of another type.
  public let underlying: (any Error)?

  /// A stage of an edit, or of a command.
  public enum Stage: String, Sendable {
    case configuration, input, preparation, request, submission, reply, finishing, output
  }

  /// Whether money may have been spent.
  public typealias Billing = Core.Billing

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

  /// Returns the error with the path of the kept picture.
  func keeping(_ path: String?) -> PlantainError {
    var error = self
    error.kept = path
    return error
  }

  /// The error with its options written in another way, such as the flags of a command line.
  ///
  /// - Parameter text: the text for an option, by its long name.
  package func writingOptions(_ text: (String) -> String) -> PlantainError {
    var error = self
    for option in options {
      error.message.replace("`\(option)`", with: text(option))
      error.hint?.replace("`\(option)`", with: text(option))
    }
    return error
  }

  /// The exit status of the command for this error.
  public var exitStatus: Int32 { code.exitStatus }

  /// Whether the same call may succeed later without changes and without paying twice.
  public var isRetryable: Bool { code == .rateLimited || code == .overloaded || code == .unreachable }
}

extension PlantainError {
  /// The kind of an error, by what the user can do about it. The raw value is the code in JSON.
  public enum Code: String, Sendable, CaseIterable {
    /// The call is wrong: an option, an argument or their combination.
    case usage
    /// The file is not a picture.
    case notAPicture = "not-a-picture"
    /// The format, or a variant of it, is not supported or not allowed.
    case unsupportedFormat = "unsupported-format"
    /// The picture is cut short.
    case truncatedPicture = "truncated-picture"
    /// The picture is damaged, or its decoder failed.
    case damagedPicture = "damaged-picture"
    /// The picture has more pixels than the limit.
    case tooManyPixels = "too-many-pixels"
    /// The file has more bytes than the limit.
    case tooLarge = "too-large"
    /// The picture cannot be encoded within the byte limit.
    case capNotReachable = "cap-not-reachable"
    /// The picture may need more memory than the limit.
    case overMemory = "over-memory"
    /// Encoding the picture exceeded the timeout.
    case tookTooLong = "took-too-long"
    /// The content of a file, such as a mask or a script, is invalid.
    case unusableFile = "unusable-file"
    /// A file, or an id in the ledger, does not exist.
    case missing
    /// The path is not a regular file.
    case notAFile = "not-a-file"
    /// A file or URL cannot be read, or a text is not UTF-8.
    case unreadable
    /// A host cannot be reached. Nothing was billed.
    case unreachable
    /// A defect of the program or its installation.
    case internalError = "internal"
    /// The output file already exists.
    case outputExists = "output-exists"
    /// The output cannot be written.
    case outputNotWritable = "output-not-writable"
    /// The ledger cannot be opened, read or written.
    case ledgerUnusable = "ledger-unusable"
    /// The gateway limits the rate, or the quota of the day is used up. Nothing was billed.
    case rateLimited = "rate-limited"
    /// The gateway is overloaded. Nothing was billed.
    case overloaded
    /// The request was or may have been billed, and its result has not arrived.
    case outcomeUnknown = "outcome-unknown"
    /// The API key is missing, unreadable or malformed.
    case keyMissing = "key-missing"
    /// The gateway rejects the API key or the account.
    case keyRejected = "key-rejected"
    /// The account is out of credit.
    case outOfCredit = "out-of-credit"
    /// The account's plan has no quota for the model.
    case needsBilling = "needs-billing"
    /// The gateway does not serve the location of the request.
    case placeNotServed = "place-not-served"
    /// A setting, or the installation, is invalid.
    case configuration
    /// The gateway refuses the prompt or the picture by policy.
    case refused
    /// The gateway answered without a usable picture.
    case noPicture = "no-picture"
    /// The gateway rejects the request as malformed, or redirects it.
    case requestRejected = "request-rejected"
    /// The gateway does not know the model.
    case unknownModel = "unknown-model"
    /// The gateway or model does not support an option or its value.
    case unsupportedOption = "unsupported-option"
    /// The result differs from its original by more than the limit.
    case drifted
    /// The request could exceed a spending limit. It was not sent.
    case overSpending = "over-spending-limit"
    /// The call was interrupted.
    case interrupted

    /// The exit status of the command for this code.
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

  /// The stage and the code. It contains no user data, so it is safe for metrics.
  public var shortForm: String { "\(stage.rawValue)/\(code.rawValue)" }
}

extension PlantainError: CustomStringConvertible {
  /// The message, with the hint on a second line if there is one.
  public var description: String {
    hint.map { "\(message)\n\($0)" } ?? message
  }
}
