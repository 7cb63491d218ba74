import Core
package import Gateways
import Submission

extension PlantainError {
  package static func key(_ error: APIKey.KeyError, _ gateway: Gateway) -> PlantainError {
    let (what, hint) =
      switch error {
      case .missing(let variables):
        (
          "there is no key for \(gateway.id)",
          "Set \(variables.joined(separator: " or ")) in the environment."
        )
      case .unavailable(let why):
        ("the key for \(gateway.id) cannot be had: \(why)", "Check the configuration.")
      case .malformed:
        (
          "the key for \(gateway.id) is not one: it has spaces or odd characters",
          "Copy the key again, without quotes and line breaks."
        )
      }
    return PlantainError(
      .configuration, .keyMissing, what, hint: hint, subject: gateway.id, underlying: error)
  }

  /// The ledger does not take an entry, so nothing is sent.
  package static func ledger(_ message: String, _ path: String) -> PlantainError {
    PlantainError(
      .output, .ledgerUnusable, "cannot use the ledger \(path): \(message)",
      hint: "Nothing was sent. Mend its permissions or space, or name another with --ledger.", subject: path)
  }

  /// Why a request brought nothing.
  ///
  /// - Parameter edit: the id under which the ledger knows it.
  static func delivering(
    _ failure: ExecutionFailure, _ route: Route, ledger: String, edit: String
  ) -> PlantainError {
    let gateway = route.gateway
    var error = row(for: failure, route, ledger: ledger, edit: edit)
    error.editID = edit
    error.attempts = failure.attempts
    error.subject = error.subject ?? gateway.id
    if error.code == .interrupted, failure.state == .accepted, gateway.taskRoute != nil {
      error.hint = (error.hint.map { $0 + " " } ?? "") + "Fetch it: plantain recover \(edit)"
    } else if error.code == .interrupted, error.billed != .no {
      error.hint = (error.hint.map { $0 + " " } ?? "") + "What is known: plantain history \(edit)"
    }
    if error.code == .outcomeUnknown, error.billed == .unknown {
      error.hint = (error.hint.map { $0 + " " } ?? "") + "When you know, say so: " + settlingCommand(edit)
    }
    if let kept = failure.keptReply, error.hint?.contains(kept) != true {
      let isReadable = [.stored, .withoutPicture].contains(failure.state)
      let again = isReadable ? "; plantain replay \(edit) reads it again" : ""
      error.hint = (error.hint.map { $0 + " " } ?? "") + "What came of the reply is kept in \(kept)\(again)."
    }
    return error
  }

  private static func row(
    for failure: ExecutionFailure, _ route: Route, ledger: String, edit: String
  ) -> PlantainError {
    let gateway = route.gateway
    let billed = Billing(failure.state.billing)
    switch failure.cause {
    case .journal(let error): return .ledger(error.message, ledger)
    case .submission(let error): return submitting(error, route, billed)
    case .failed(let error): return failed(error, route, billed, tries: failure.attempts.count)
    case .cutShort(let why):
      return PlantainError(
        .reply, .outcomeUnknown, "the answer of \(gateway.id) cannot be read to its end: \(why)",
        hint: "It was done and billed, so it is not sent again.", billed: .yes, underlying: failure)
    case .refused(let reason, let message): return refused(reason, message, gateway)
    case .noPicture(let reason, let message, let links): return noPicture(reason, message, links, gateway)
    case .pending(_, let why):
      return PlantainError(
        .reply, .outcomeUnknown, "\(gateway.id) has accepted the edit, but its result is not here: \(why)",
        hint: "It is billed and not sent again. Fetch it later: plantain recover \(edit)", billed: .yes,
        underlying: failure)
    case .download(let error, let host):
      let what = "the picture that \(gateway.id) made cannot be fetched from \(host): \(error)"
      return PlantainError(
        .reply, .outcomeUnknown, what,
        hint: "It is billed and not sent again. Try once more: plantain recover \(edit)", billed: .yes,
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
        hint: "The request was not sent to its end, so nothing was billed. Check the network and --base-url.",
        underlying: error)
    case .sourceLost(let error):
      return .losing(error, "The request ended before its last byte, so nothing was billed. ")
    case .settings(let mistake):
      return PlantainError(
        .configuration, .configuration,
        "cannot use \(mistake.variable) in the environment: \(mistake.message)",
        hint: "Mend it, or unset it. Nothing was sent.", subject: mistake.variable, underlying: error)
    case .outcomeUnknown(let why):
      return PlantainError(
        .submission, .outcomeUnknown, "\(id) was sent the request, but no answer came: \(why)",
        hint: "It may have been done and billed, so it is not sent again. Look at the gateway's own log.",
        billed: billed, underlying: error)
    case .replyTooLarge(let limit):
      return PlantainError(
        .reply, .noPicture, "\(id) answered with more than \(limit.grouped) bytes",
        hint: "No picture needs that much; the gateway is at fault.", billed: .yes, underlying: error)
    case .canceled: return .interrupted(billed: billed)
    }
  }

  private static func failed(
    _ failure: GatewayFailure, _ route: Route, _ billed: Billing, tries: Int
  ) -> PlantainError {
    let row = row(for: failure, route)
    let message = failure.message
    let says = message.isEmpty ? "status \(failure.status)" : "status \(failure.status), \"\(message)\""
    let times = tries > 1 ? ", asked \(tries) times" : ""
    // A web page under a good status may be nobody's work.
    let billed = failure.kind == .unreadableReply ? .unknown : billed
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
      failure.retryAfter.map { "Wait \(seconds($0)) and try again." } ?? "Wait a little and try again."
    switch failure.kind {
    case .rateLimited:
      return FailureRow(
        code: .rateLimited, what: "takes no more requests for now", hint: "\(wait) Nothing was billed.")
    case .dayQuotaUsed:
      let end = failure.retryAfter.map { Timestamp(milliseconds: .now + Int($0.seconds) * 1_000) }
      return FailureRow(
        code: .rateLimited, what: "has used up the account's quota of this day",
        hint:
          "It begins anew \(end.map { "at \($0)" } ?? "tomorrow") (midnight Pacific time). Nothing was billed."
      )
    case .needsBilling:
      return FailureRow(
        code: .needsBilling, what: "has no quota for this model under the account's plan",
        hint:
          "The project needs billing, or a plan that has the model; waiting does not help. Nothing was billed."
      )
    case .placeNotServed:
      return FailureRow(
        code: .placeNotServed, what: "does not serve the place that the request comes from",
        hint: "Another gateway may, or a machine somewhere else. Nothing was billed.")
    case .overloaded:
      return FailureRow(code: .overloaded, what: "is overloaded", hint: "\(wait) Nothing was billed.")
    case .keyRejected:
      return FailureRow(
        code: .keyRejected, what: "rejects the key or the account",
        hint: "Check \(route.key.place): is it this gateway's?")
    case .outOfCredit:
      return FailureRow(
        code: .outOfCredit, what: "says that the account is out of credit", hint: "Top up the account.")
    case .malformedRequest:
      return FailureRow(
        code: .requestRejected, what: "refuses the request",
        hint:
          "Nothing was billed. Its words say why; options are described at \(route.gateway.documentation).")
    case .unknownModel:
      return unknownModel(failure, route.gateway)
    case .refusedByPolicy:
      return FailureRow(
        code: .refused, what: "refuses the prompt or the picture",
        hint: "Change the prompt or the picture; the same request will be refused again.")
    case .redirected:
      return FailureRow(
        code: .requestRejected, what: "redirects elsewhere, which is not followed with a key",
        hint: "Check --base-url: scheme and host must be the final ones.")
    case .outcomeUnknown:
      return FailureRow(
        code: .outcomeUnknown, what: "failed in a way that leaves the outcome open",
        hint: "It may have been done and billed, so it is not sent again.")
    case .unreadableReply:
      return FailureRow(
        code: .noPicture, what: "answered with something that is not its API's language",
        hint: "Check --base-url: is this the API and not a web page?")
    case .taskFailed:
      return FailureRow(
        code: .noPicture, what: "could not make the picture",
        hint: "Whether that is billed is the gateway's to say; look at its own log before trying again.")
    case .unknownTask:
      return FailureRow(
        code: .outcomeUnknown, what: "does not know the task that it gave",
        hint: "It may have been done and billed, so it is not sent again.")
    }
  }

  private static func unknownModel(_ failure: GatewayFailure, _ gateway: Gateway) -> FailureRow {
    let models = gateway.models.map(\.id).joined(separator: ", ")
    let isWithdrawn = failure.status == 503
    return FailureRow(
      code: .unknownModel,
      what: isWithdrawn
        ? "has no channel to the model: it may be withdrawn, or out of service for now"
        : "does not know the model or the path",
      hint: "Check --model and --base-url; \(gateway.id) is known to have \(models). Nothing was billed.")
  }

  private static func seconds(_ duration: Duration) -> String {
    let count = Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
    return "\(count) s"
  }

  private static func refused(_ reason: String, _ message: String?, _ gateway: Gateway) -> PlantainError {
    PlantainError(
      .reply, .refused, "\(gateway.id) refuses the prompt or the picture (\(reason))" + quoted(message),
      hint: "Change the prompt or the picture; the same request will be refused again.", billed: .unknown)
  }

  private static func noPicture(
    _ reason: String, _ message: String?, _ links: TextLinks, _ gateway: Gateway
  ) -> PlantainError {
    let reason = reason.isEmpty ? "" : " (\(reason))"
    // What stands behind ? can be a key.
    let all = links.shown + links.plain
    let places = all.map { $0.contains("?") ? $0.prefix { $0 != "?" } + "?…" : $0 }
    let message = message.map { message in
      zip(all, places).reduce(message) { $0.replacing($1.0, with: $1.1) }
    }
    let tried = places.isEmpty ? "" : "; no picture was found at \(places.joined(separator: ", "))"
    // Without a word of the model's there is nothing that it may have misunderstood.
    let hint =
      message == nil
      ? "Nothing in the reply was recognized as a picture; --verbose shows it."
      : "Say more plainly what the picture should become, then try again."
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
  /// Whether something is there that can be fetched without paying: a task, or a picture at an address.
  package var isRecoverable: Bool {
    guard let failure = underlying as? ExecutionFailure else { return false }
    return switch failure.cause {
    case .pending, .download: true
    default: false
    }
  }

  /// Whether the gateway takes nothing more on this day.
  package var isOfWholeDay: Bool { (underlying as? GatewayFailure)?.kind == .dayQuotaUsed }
}

extension PlantainError.Billing {
  init(_ billing: AttemptState.Billing) {
    switch billing {
    case .no: self = .no
    case .yes: self = .yes
    case .unknown: self = .unknown
    }
  }
}
