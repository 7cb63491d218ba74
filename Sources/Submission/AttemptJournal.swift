package import Core

/// A durable record of attempts. When a call returns, its entry survives a crash of the process.
package protocol AttemptJournal: Sendable {
  /// Records an attempt in the state `sending`, and creates the file for its raw reply.
  func begin(_ attempt: NewAttempt) async throws(JournalError) -> JournaledAttempt
  /// Records a change of an attempt's state.
  func record(_ change: AttemptChange, of attempt: Int64) async throws(JournalError)
}

/// The error of an entry that the journal cannot record: a full disk, a missing permission, or a damaged or
/// locked file.
package struct JournalError: Error, Sendable, Equatable {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}

/// An attempt that is about to begin.
package struct NewAttempt: Sendable {
  /// The index of the request within its edit.
  package let part: Int
  /// The number of the attempt at that request, from 1.
  package let number: Int
  package let gateway: String
  package let model: String
  package let baseURL: String
  package let idempotencyKey: String?
}

/// A recorded attempt and the file for its raw reply.
package struct JournaledAttempt: Sendable {
  package let id: Int64
  package let reply: StoredReply

  package init(id: Int64, reply: StoredReply) {
    self.id = id
    self.reply = reply
  }
}

/// A change of an attempt's state. Values that are `nil` are left as they are.
package struct AttemptChange: Sendable {
  package var state: AttemptState
  /// The HTTP status of the reply.
  package var status: Int?
  package var tasks: [String]?
  /// What went wrong, without secrets.
  package var message: String?
  /// The cost that the gateway reports.
  package var cost: Money?
  /// The files of its pictures.
  package var outputs: [WrittenFile] = []

  init(_ state: AttemptState) {
    self.state = state
  }
}
