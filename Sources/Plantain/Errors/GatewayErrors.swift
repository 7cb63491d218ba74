import Gateways
import Submission

extension PlantainError {
  static func key(_ error: APIKey.KeyError, _ gateway: Gateway) -> PlantainError {
    switch error {
    case .missing(let variable):
      PlantainError(
        .configuration, .keyMissing, "there is no key for \(gateway.id)",
        hint: "Set \(variable) in the environment.", subject: gateway.id, underlying: error)
    case .malformed:
      PlantainError(
        .configuration, .keyMissing, "the key for \(gateway.id) is not one: it has spaces or odd characters",
        hint: "Copy the key again, without quotes and line breaks.", subject: gateway.id, underlying: error)
    }
  }

  /// - Parameter kept: where the part of a reply lies that came before its end was lost.
  static func submitting(
    _ error: SubmissionError, _ gateway: Gateway, host: String, keptAt kept: String?
  ) -> PlantainError {
    let remains = kept.map { " What came of the reply is kept in \($0)." } ?? ""
    return switch error {
    case .unreachable(let why):
      PlantainError(
        .submission, .unreachable, "cannot send the request to \(gateway.id) at \(host): \(why)",
        hint: "The request was not sent to its end, so nothing was billed. Check the network and --base-url.",
        subject: gateway.id,
        underlying: error)
    case .sourceLost(let error):
      .losing(error, "The request ended before its last byte, so nothing was billed. ")
    case .outcomeUnknown(let why):
      PlantainError(
        .submission, .outcomeUnknown, "\(gateway.id) was sent the request, but no answer came: \(why)",
        hint: "It may have been done and billed, so it is not sent again. Look at the gateway's own log."
          + remains,
        subject: gateway.id, billed: .unknown, underlying: error)
    case .replyTooLarge(let limit):
      PlantainError(
        .reply, .noPicture, "\(gateway.id) answered with more than \(limit.grouped) bytes",
        hint: "No picture needs that much; the gateway is at fault." + remains, subject: gateway.id,
        billed: .yes, underlying: error)
    case .cancelled(let afterSending): .interrupted(billed: afterSending ? .unknown : .no, keptAt: kept)
    }
  }

  /// An answer under 2xx that ended before its end.
  ///
  /// - Parameter kept: where what came of it lies.
  static func cutShort(_ why: String, _ gateway: Gateway, keptAt kept: String?) -> PlantainError {
    let remains = kept.map { " What came of the reply is kept in \($0)." } ?? ""
    return PlantainError(
      .reply, .outcomeUnknown, "the answer of \(gateway.id) was cut short: \(why)",
      hint: "It was done and billed, so it is not sent again." + remains, subject: gateway.id, billed: .yes)
  }

  /// - Parameter kept: where a reply that cannot be read lies.
  static func failed(_ failure: GatewayFailure, _ gateway: Gateway, keptAt kept: String?) -> PlantainError {
    let row = row(for: failure, gateway)
    let words = failure.message
    let hint = kept.map { "\(row.hint) The reply is kept in \($0)." } ?? row.hint
    let says = words.isEmpty ? "status \(failure.status)" : "status \(failure.status), \"\(words)\""
    return PlantainError(
      .reply, row.code, "\(gateway.id) \(row.what) (\(says))", hint: hint, subject: gateway.id,
      billed: row.billed, retryAfter: failure.retryAfter, underlying: failure)
  }

  private struct FailureRow {
    let code: Code
    let what: String
    let hint: String
    var billed = Billing.no
  }

  private static func row(for failure: GatewayFailure, _ gateway: Gateway) -> FailureRow {
    let wait =
      failure.retryAfter.map { "Wait \(seconds($0)) and try again." } ?? "Wait a little and try again."
    switch failure.kind {
    case .rateLimited:
      return FailureRow(
        code: .rateLimited, what: "takes no more requests for now", hint: "\(wait) Nothing was billed.")
    case .overloaded:
      return FailureRow(code: .overloaded, what: "is overloaded", hint: "\(wait) Nothing was billed.")
    case .keyRejected:
      return FailureRow(
        code: .keyRejected, what: "rejects the key",
        hint: "Check \(gateway.keyVariable): is it this gateway's?")
    case .outOfCredit:
      return FailureRow(
        code: .outOfCredit, what: "says that the account is out of credit", hint: "Top up the account.")
    case .malformedRequest:
      return FailureRow(
        code: .requestRejected, what: "refuses the request",
        hint: "Nothing was billed. Its words say why; options are described at \(gateway.documentation).")
    case .unknownModel:
      return FailureRow(
        code: .unknownModel, what: "does not know the model or the path",
        hint: "Check --model and --base-url. Nothing was billed.")
    case .redirected:
      return FailureRow(
        code: .requestRejected, what: "redirects elsewhere, which is not followed with a key",
        hint: "Check --base-url: scheme and host must be the final ones.")
    case .outcomeUnknown:
      return FailureRow(
        code: .outcomeUnknown, what: "failed in a way that leaves the outcome open",
        hint: "It may have been done and billed, so it is not sent again.", billed: .unknown)
    case .unreadableReply:
      return FailureRow(
        code: .noPicture, what: "answered with something that is not its API's language",
        hint: "Check --base-url: is this the API and not a web page?", billed: .unknown)
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let count = Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
    return "\(count) s"
  }

  static func refused(_ reason: String, _ words: String?, _ gateway: Gateway) -> PlantainError {
    PlantainError(
      .reply, .refused, "\(gateway.id) refuses the prompt or the picture (\(reason))" + quoted(words),
      hint: "Change the prompt or the picture; the same request will be refused again.",
      subject: gateway.id, billed: .unknown)
  }

  /// - Parameter kept: where a reply lies that has a picture in a place where none belongs.
  static func noPicture(
    _ reason: String, _ words: String?, _ gateway: Gateway, keptAt kept: String?
  ) -> PlantainError {
    let remains = kept.map { " The reply is kept in \($0)." } ?? ""
    let reason = reason.isEmpty ? "" : " (\(reason))"
    return PlantainError(
      .reply, .noPicture, "\(gateway.id) answered without a picture\(reason)" + quoted(words),
      hint: "Say more plainly what the picture should become, then try again." + remains,
      subject: gateway.id, billed: .unknown)
  }

  private static func quoted(_ words: String?) -> String {
    guard let words, !words.isEmpty else { return "" }
    let line = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return ": \"\(line.count > 500 ? line.prefix(499) + "…" : line)\""
  }
}
