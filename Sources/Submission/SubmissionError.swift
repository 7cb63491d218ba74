/// Why no reply came back. What a reply *says* is an `Outcome`, not an error.
package enum SubmissionError: Error, Sendable, Equatable {
  /// Nothing was sent: the name, the connection or TLS failed.
  case unreachable(String)
  /// The connection was lost, or time ran out, after sending had begun: it may have been done and billed.
  case outcomeUnknown(String)
  /// The reply is longer than the limit; the edit was done.
  case replyTooLarge(limit: Int)
  /// The task was cancelled.
  case cancelled(afterSending: Bool)
}
