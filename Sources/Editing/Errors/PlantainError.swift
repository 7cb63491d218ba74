public import Core
package import Submission

/// The error of every call: the stage, a code, a message, and a hint at the remedy.
public struct PlantainError: Error, Sendable {
  /// The stage that failed.
  public let stage: Stage
  /// The kind of error.
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
  package var nearest: String?
  /// The options that the message names in backquotes. Anything else in backquotes there is quoted text, such
  /// as that of a gateway.
  package var messageOptions: [String] = []
  /// The column or key of a manifest that the error concerns.
  package var column: String?
  /// The earlier attempts at the gateway.
  package var attempts: [AttemptNote] = []
  /// The wait that the gateway requests.
  public let retryAfter: Duration?
  /// The cause, if it is an error of another type.
  public let underlying: (any Error)?

  /// A stage of an edit, or of another call.
  public enum Stage: String, Sendable {
    case configuration, input, preparation, request, submission, reply, finishing, output
  }

  /// Whether money may have been spent.
  public typealias Billing = Core.Billing

  package init(
    _ stage: Stage, _ code: Code, _ message: String, hint: String? = nil, subject: String? = nil,
    billed: Billing = .no, retryAfter: Duration? = nil, underlying: (any Error)? = nil,
    naming options: [String] = []
  ) {
    messageOptions = options
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

  /// The long names of the options that the message and the hint name, there in backquotes.
  package var options: [String] {
    messageOptions + MessageStyle.options(in: hint ?? "").filter { !messageOptions.contains($0) }
  }

  /// The error with its options written in a style, such as flags of a command line.
  package func written(in style: MessageStyle) -> PlantainError {
    var error = self
    error.message = messageOptions.reduce(message) { style.written($1, in: $0) }
    error.hint = hint.map(style.text)
    return error
  }

  /// Whether the same call may succeed later without changes and without paying twice.
  public var isRetryable: Bool { code == .rateLimited || code == .overloaded || code == .unreachable }
}

extension PlantainError {
  /// The kind of an error, by what the user can do about it. The raw value is a stable name.
  public enum Code: String, Sendable, CaseIterable {
    /// The call is wrong: an option, another parameter, or their combination.
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
  }
}

extension PlantainError: CustomStringConvertible {
  /// The message, with the hint on a second line if there is one.
  public var description: String {
    hint.map { "\(message)\n\($0)" } ?? message
  }
}
