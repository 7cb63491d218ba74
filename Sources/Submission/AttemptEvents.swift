import Gateways

extension ExecutionFailure.Cause {
  /// The reason for a wait, in a progress message.
  var message: String {
    switch self {
    case .failed(let failure): "status \(failure.status)"
    case .submission(let error): error.message
    case .cutShort(let why): why
    default: "the attempt failed"
    }
  }
}

extension SubmissionError {
  /// The event of this error in the attempt's state machine.
  var event: AttemptState.Event {
    switch self {
    case .unreachable, .sourceLost, .settings, .canceled(afterSending: false): .notSent
    case .outcomeUnknown, .canceled(afterSending: true): .lost
    case .replyTooLarge: .cut
    }
  }

  /// The message for the journal.
  var message: String {
    switch self {
    case .unreachable(let message), .outcomeUnknown(let message): message
    case .sourceLost: "a picture changed or became unreadable while it was sent"
    case .settings(let mistake): "\(mistake.variable): \(mistake.message)"
    case .canceled: "interrupted"
    case .replyTooLarge(let limit): "the reply has more than \(limit) bytes"
    }
  }
}

extension GatewayFailure {
  /// The event of this failure in the attempt's state machine.
  var event: AttemptState.Event {
    switch kind {
    case .rateLimited, .dayQuotaUsed, .overloaded, .keyRejected, .needsBilling, .placeNotServed, .outOfCredit,
      .malformedRequest, .unknownModel, .redirected, .refusedByPolicy, .unknownTask:
      .refused
    case .outcomeUnknown: .lost
    // A web page with a success status may not be the gateway's reply, so it may not be billed.
    case .unreadableReply, .taskFailed: .findNothing
    }
  }
}
