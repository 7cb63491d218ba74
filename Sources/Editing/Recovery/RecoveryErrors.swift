import Core
import Submission

extension PlantainError {
  static func nothingToFetch(
    _ state: AttemptState, _ id: String, asksForTasks: Bool
  ) -> PlantainError {
    switch state {
    case .done: .usage("the edit \(id) is done", hint: "There is nothing to fetch.")
    case .accepted where !asksForTasks:
      .usage("the edit \(id) has a task but no stored reply", hint: "Fetch it: plantain recover \(id)")
    case .prepared, .unbilled:
      .usage("the edit \(id) cost nothing, so there is nothing to fetch", hint: "Send it again if needed.")
    case .unusable:
      .usage("the picture of the edit \(id) cannot be read, and its reply is gone", hint: nil)
    case .withoutPicture: .usage("the reply to the edit \(id) contains no picture", hint: nil)
    case .lost, .writtenOff:
      .usage("the edit \(id) was settled as billed, and no picture will come", hint: nil)
    case .sending, .accepted, .ambiguous, .stored: .unknownOutcome(of: id)
    }
  }
}

extension PlantainError {
  static func unreadable(_ reply: String, _ error: StoredReply.Failure, _ id: String)
    -> PlantainError
  {
    PlantainError(
      .submission, .outcomeUnknown, "cannot read the stored reply \(reply): \(error.message)",
      hint: "The edit was done and billed. Check the gateway's own log.", subject: id, billed: .yes,
      underlying: error)
  }

  package static func unknownOutcome(of id: String) -> PlantainError {
    var error = PlantainError(
      .submission, .outcomeUnknown,
      "the outcome of the edit \(id) is unknown, and nothing of it can be fetched",
      hint: "It may have been done and billed. " + settling(id), subject: id, billed: .unknown)
    error.editID = id
    return error
  }

  /// The error for an edit that the user has settled as billed without a picture.
  package static func settledAsLost(_ id: String) -> PlantainError {
    var error = PlantainError(
      .reply, .noPicture, "the edit \(id) was settled as billed, and no picture will come",
      hint: "Nothing was sent now. To send it again, and pay again, use `again`.", subject: id)
    error.editID = id
    return error
  }

  /// The error for an edit whose equal may have been billed.
  static func equalUnknown(_ id: String) -> PlantainError {
    var error = PlantainError(
      .submission, .outcomeUnknown,
      "the same edit (\(id)) was sent before, and its outcome is unknown; nothing was sent now",
      hint: "It may have been done and billed. \(settling(id)) Or send it again with `again`.",
      subject: id, billed: .no)
    error.editID = id
    return error
  }

  /// The error for an edit whose equal is being sent by another process.
  static func equalUnderWay() -> PlantainError {
    PlantainError(
      .submission, .outcomeUnknown, "the same edit is under way in another process; nothing was sent now",
      hint: "Wait until it finishes. To get several pictures of one prompt, use `count`.",
      billed: .no)
  }

  private static func settling(_ id: String) -> String {
    "Check the gateway's own log, then settle it: \(settlingCommand(id))."
  }

  static func settlingCommand(_ id: String) -> String {
    "plantain settle \(id) `as` billed|unbilled|resend"
  }
}
