package import Core

/// Where attempts are written down. What a call wrote survives the process when the call returns.
package protocol AttemptJournal: Sendable {
  /// Records an attempt as one that is being sent, and makes the file for its raw reply.
  func begin(_ attempt: NewAttempt) async throws(JournalError) -> JournaledAttempt
  /// Records a change of an attempt's state.
  func record(_ change: AttemptChange, of attempt: Int64) async throws(JournalError)
}

/// The journal does not take an entry: a full disk, no permission, a damaged or locked file.
package struct JournalError: Error, Sendable, Equatable {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}

package struct NewAttempt: Sendable {
  /// Which of an edit's requests this is, and which try of it, from 1.
  package let part: Int
  package let number: Int
  package let gateway: String
  package let model: String
  package let baseURL: String
  package let idempotencyKey: String?
}

package struct JournaledAttempt: Sendable {
  package let id: Int64
  package let reply: StoredReply

  package init(id: Int64, reply: StoredReply) {
    self.id = id
    self.reply = reply
  }
}

package struct AttemptChange: Sendable {
  package var state: AttemptState
  package var status: Int?
  package var tasks: [String]?
  /// What went wrong, without anything secret.
  package var message: String?
  /// What the gateway says that it took.
  package var cost: (amount: Double, currency: String)?
  /// Where its pictures were written.
  package var outputs: [WrittenFile] = []

  init(_ state: AttemptState) {
    self.state = state
  }
}
