import Ledger
package import Submission
import Core

/// One attempt to send a request of an edit.
public struct EditAttempt: Encodable, Sendable {
  /// The id of the gateway.
  public let gateway: String
  /// The raw value of the attempt's state: `unbilled`, `stored`, `done`…
  public let state: String
  /// The HTTP status of the reply; `nil` if there was none.
  public let status: Int?
  /// The gateway's task ids, separated by commas; `nil` if there are none, or if they are in the result.
  public let task: String?
  /// The duration of the attempt; for an attempt in the ledger, until the last change of its state.
  public let elapsed: Duration
  /// The message of a failure in the ledger; `nil` if there is none.
  public let message: String?
  /// The file name of the stored raw reply; `nil` if there is none to read.
  public let reply: String?

  private enum CodingKeys: CodingKey { case gateway, state, status, task, seconds, message, reply }

  /// An attempt of an edit whose pictures are written.
  package init(_ note: AttemptNote) {
    gateway = note.gateway
    // A billed attempt is done: its pictures are written.
    state = note.state.billing == .yes ? AttemptState.done.rawValue : note.state.rawValue
    status = note.status
    elapsed = note.elapsed
    (task, message, reply) = (nil, nil, nil)
  }

  /// An attempt in the ledger.
  init(_ entry: AttemptEntry, _ state: AttemptState, hasReply: Bool) {
    gateway = entry.gateway
    self.state = state.rawValue
    status = entry.status
    task = entry.tasks?.joined(separator: ",")
    elapsed = .milliseconds(entry.changed - entry.started)
    message = entry.message
    reply = state == .done || state == .unbilled || !hasReply ? nil : entry.reply
  }

  /// Encodes the duration as `seconds`, rounded to milliseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(gateway, forKey: .gateway)
    try container.encode(state, forKey: .state)
    try container.encodeIfPresent(status, forKey: .status)
    try container.encodeIfPresent(task, forKey: .task)
    try container.encode(elapsed.seconds, forKey: .seconds)
    try container.encodeIfPresent(message, forKey: .message)
    try container.encodeIfPresent(reply, forKey: .reply)
  }
}
