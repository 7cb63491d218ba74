import Core
package import Gateways
import Submission

extension PlantainError {
  /// An error of a missing, unreadable or malformed API key.
  package static func key(_ error: APIKey.KeyError, _ gateway: Gateway) -> PlantainError {
    let (what, hint) =
      switch error {
      case .missing(let variables):
        (
          "no key is set for \(gateway.id)",
          "Set \(variables.joined(separator: " or ")) in the environment."
        )
      case .unavailable(let why):
        ("the key for \(gateway.id) cannot be read: \(why)", "Check the configuration.")
      case .malformed:
        (
          "the key for \(gateway.id) is malformed: it contains spaces or invalid characters",
          "Copy the key again, without quotes or line breaks."
        )
      }
    return PlantainError(
      .configuration, .keyMissing, what, hint: hint, subject: gateway.id, underlying: error)
  }

  /// An error of a ledger that cannot be opened, read or written. Without an entry, nothing is sent.
  package static func ledger(_ message: String, _ path: String) -> PlantainError {
    PlantainError(
      .output, .ledgerUnusable, "cannot use the ledger \(path): \(message)",
      hint: "Nothing was sent. Fix its permissions, free disk space, or choose another file with `ledger`.",
      subject: path)
  }

  /// The error of a request that delivered no picture.
  ///
  /// - Parameter edit: the id of the edit in the ledger.
  static func delivering(
    _ failure: ExecutionFailure, _ route: Route, ledger: String, edit: String
  ) -> PlantainError {
    let gateway = route.gateway
    var error = row(for: failure, route, ledger: ledger, edit: edit)
    error.editID = edit
    error.attempts = failure.attempts
    error.subject = error.subject ?? gateway.id
    if error.code == .interrupted, failure.state == .accepted, gateway.taskRoute != nil {
      error.advise("To fetch it: plantain recover \(edit)")
    } else if error.code == .interrupted, error.billed != .no {
      error.advise("To see its state: plantain history \(edit)")
    }
    let isOpen = if case .cutShort = failure.cause { true } else { error.billed == .unknown }
    if error.code == .outcomeUnknown, isOpen {
      error.advise("When you know the outcome, record it: " + settlingCommand(edit))
    }
    if let kept = failure.keptReply, error.hint?.contains(kept) != true {
      let isReadable = [.stored, .withoutPicture].contains(failure.state)
      let again = isReadable ? "; plantain replay \(edit) reads it again" : ""
      error.advise("What was received of the reply is kept in \(kept)\(again).")
    }
    return error
  }

  private static func row(
    for failure: ExecutionFailure, _ route: Route, ledger: String, edit: String
  ) -> PlantainError {
    let gateway = route.gateway
    let billed = failure.state.billing
    switch failure.cause {
    case .journal(let error): return .ledger(error.message, ledger)
    case .submission(let error): return submitting(error, route, billed)
    case .failed(let error): return failed(error, route, billed, tries: failure.attempts.count)
    case .cutShort(let why):
      return PlantainError(
        .reply, .outcomeUnknown, "the reply of \(gateway.id) cannot be read to its end: \(why)",
        hint: "The request was done and billed, so it is not sent again.", billed: .yes, underlying: failure)
    case .refused(let reason, let message): return refused(reason, message, gateway)
    case .noPicture(let reason, let message, let links): return noPicture(reason, message, links, gateway)
    case .pending(_, let why):
      return PlantainError(
        .reply, .outcomeUnknown, "\(gateway.id) accepted the edit, but its result has not arrived: \(why)",
        hint: "It is billed and not sent again. To fetch it later: plantain recover \(edit)", billed: .yes,
        underlying: failure)
    case .download(let error, let host):
      let what = "the picture that \(gateway.id) made cannot be downloaded from \(host): \(error)"
      return PlantainError(
        .reply, .outcomeUnknown, what,
        hint: "It is billed and not sent again. To download it: plantain recover \(edit)", billed: .yes,
        underlying: failure)
    case .interrupted:
      return .interrupted(billed: billed)
    }
  }

  private static func submitting(
    _ error: SubmissionError, _ route: Route, _ billed: Billing
  ) -> PlantainError {
    let id = route.gateway.id
    switch error {
    case .unreachable(let why):
      return PlantainError(
        .submission, .unreachable, "cannot send the request to \(id) at \(route.baseURL.host): \(why)",
        hint: "The request was not sent completely, so nothing was billed. Check the network and `base-url`.",
        underlying: error)
    case .sourceLost(let error):
      return .losing(error, "The request ended before its last byte, so nothing was billed. ")
    case .settings(let mistake):
      return PlantainError(
        .configuration, .configuration,
        "cannot use the environment variable \(mistake.variable): \(mistake.message)",
        hint: "Fix it, or unset it. Nothing was sent.", subject: mistake.variable, underlying: error)
    case .outcomeUnknown(let why):
      return PlantainError(
        .submission, .outcomeUnknown, "the request was sent to \(id), but no reply arrived: \(why)",
        hint: "It may have been done and billed, so it is not sent again. Check the gateway's own log.",
        billed: billed, underlying: error)
    case .replyTooLarge(let limit):
      return PlantainError(
        .reply, .noPicture, "the reply of \(id) has more than \(limit.grouped) bytes",
        hint: "No picture needs that many bytes. The gateway is at fault.", billed: .yes, underlying: error)
    case .canceled: return .interrupted(billed: billed)
    }
  }

  private static func failed(
    _ failure: GatewayFailure, _ route: Route, _ billed: Billing, tries: Int
  ) -> PlantainError {
    let row = row(for: failure, route)
    let message = failure.message
    let says = message.isEmpty ? "status \(failure.status)" : "status \(failure.status), \"\(message)\""
    let times = tries > 1 ? ", \(tries) attempts" : ""
    return PlantainError(
      .reply, row.code, "\(route.gateway.id) \(row.what) (\(says)\(times))", hint: row.hint, billed: billed,
      retryAfter: failure.retryAfter, underlying: failure)
  }

  private struct FailureRow {
    let code: Code
    let what: String
    let hint: String
  }

  private static func row(for failure: GatewayFailure, _ route: Route) -> FailureRow {
    let wait =
      failure.retryAfter.map { "Wait \(seconds($0)) and try again." } ?? "Wait a moment and try again."
    switch failure.kind {
    case .rateLimited:
      return FailureRow(
        code: .rateLimited, what: "accepts no more requests for now", hint: "\(wait) Nothing was billed.")
    case .dayQuotaUsed:
      let end = failure.retryAfter.map { Timestamp(milliseconds: .now + Int($0.seconds) * 1_000) }
      return FailureRow(
        code: .rateLimited, what: "has no quota left for the account today",
        hint:
          """
          The quota resets \(end.map { "at \($0)" } ?? "tomorrow") (midnight Pacific time). Nothing was \
          billed.
          """
      )
    case .needsBilling:
      return FailureRow(
        code: .needsBilling, what: "has no quota for this model under the account's plan",
        hint: """
          Enable billing for the project, or choose a plan that includes the model. Waiting does not help. \
          Nothing was billed.
          """
      )
    case .placeNotServed:
      return FailureRow(
        code: .placeNotServed, what: "does not serve the location that the request comes from",
        hint: "Use another gateway, or a machine in another location. Nothing was billed.")
    case .overloaded:
      return FailureRow(code: .overloaded, what: "is overloaded", hint: "\(wait) Nothing was billed.")
    case .keyRejected:
      return FailureRow(
        code: .keyRejected, what: "rejects the key or the account",
        hint: "Check that \(route.key.place) is for this gateway.")
    case .outOfCredit:
      return FailureRow(
        code: .outOfCredit, what: "reports an account without credit", hint: "Add credit to the account.")
    case .malformedRequest:
      return FailureRow(
        code: .requestRejected, what: "rejects the request",
        hint: "Nothing was billed. Its message says why; see \(route.gateway.documentation) for the options.")
    case .unknownModel:
      return unknownModel(failure, route.gateway)
    case .refusedByPolicy:
      return FailureRow(
        code: .refused, what: "refuses the prompt or the picture",
        hint: "Change the prompt or the picture. The same request will be refused again.")
    case .redirected:
      return FailureRow(
        code: .requestRejected, what: "redirects the request, and a redirect is not followed with a key",
        hint: "Check `base-url`: it must have the final scheme and host.")
    case .outcomeUnknown:
      return FailureRow(
        code: .outcomeUnknown, what: "failed, and the outcome is unknown",
        hint: "The request may have been done and billed, so it is not sent again.")
    case .unreadableReply:
      return FailureRow(
        code: .noPicture, what: "sent a reply that is not in the format of its API",
        hint: "Check that `base-url` is the API, not a web page.")
    case .taskFailed:
      return FailureRow(
        code: .noPicture, what: "could not make the picture",
        hint: "The gateway may have billed it. Check its own log before you try again.")
    case .unknownTask:
      return FailureRow(
        code: .outcomeUnknown, what: "does not know its own task",
        hint: "The request may have been done and billed, so it is not sent again.")
    }
  }

  private static func unknownModel(_ failure: GatewayFailure, _ gateway: Gateway) -> FailureRow {
    let models = gateway.models.map(\.id).joined(separator: ", ")
    let isWithdrawn = failure.status == 503
    return FailureRow(
      code: .unknownModel,
      what: isWithdrawn
        ? "has no channel to the model: the model may be withdrawn, or temporarily unavailable"
        : "does not know the model or the path",
      hint: "Check `model` and `base-url`; \(gateway.id) is known to have \(models). Nothing was billed.")
  }

  private static func seconds(_ duration: Duration) -> String {
    let count = Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
    return "\(count) s"
  }

  private static func refused(_ reason: String, _ message: String?, _ gateway: Gateway) -> PlantainError {
    PlantainError(
      .reply, .refused, "\(gateway.id) refuses the prompt or the picture (\(reason))" + quoted(message),
      hint:
        "It may have been billed. Change the prompt or the picture: the same request will be refused again.",
      billed: .unknown)
  }

  private static func noPicture(
    _ reason: String, _ message: String?, _ links: TextLinks, _ gateway: Gateway
  ) -> PlantainError {
    let reason = reason.isEmpty ? "" : " (\(reason))"
    let all = links.shown + links.plain
    let places = all.map(\.loggableURL)
    let message = message.map { message in
      zip(all, places).reduce(message) { $0.replacing($1.0, with: $1.1) }
    }
    let tried = places.isEmpty ? "" : "; no picture was found at \(places.joined(separator: ", "))"
    // Without a text from the model, the prompt is not known to be the cause.
    let hint =
      message == nil
      ? "It may have been billed. No part of it was recognized as a picture; add `verbose` to see it."
      : "It may have been billed. Before you pay again, describe the wanted picture more clearly."
    return PlantainError(
      .reply, .noPicture, "\(gateway.id) answered without a picture\(reason)" + quoted(message) + tried,
      hint: hint, billed: .unknown)
  }

  private static func quoted(_ message: String?) -> String {
    guard let message, !message.isEmpty else { return "" }
    let line = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return ": \"\(line.count > 500 ? line.prefix(499) + "…" : line)\""
  }
}

extension PlantainError {
  /// Adds a sentence to the hint.
  mutating func advise(_ sentence: String) {
    let before = hint.map { $0.hasSuffix(".") ? $0 + " " : $0 + ". " }
    hint = (before ?? "") + sentence
  }

  /// Whether a result can still be fetched free of charge: from a task, or from the URL of a picture.
  package var isRecoverable: Bool {
    guard let failure = underlying as? ExecutionFailure else { return false }
    return switch failure.cause {
    case .pending, .download: true
    default: false
    }
  }

  /// Whether the gateway's daily quota is used up.
  package var isOfWholeDay: Bool { (underlying as? GatewayFailure)?.kind == .dayQuotaUsed }
}
