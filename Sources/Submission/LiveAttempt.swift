import Gateways
import Synchronization
import Core

/// An attempt under way: its state goes on by the rules, and every change is written down.
final class LiveAttempt: Sendable {
  let entry: JournaledAttempt
  private let gateway: String
  private let journal: any AttemptJournal
  private let timing: Timing
  private let begun: Duration
  private let current: Mutex<(state: AttemptState, status: Int?)>
  /// The entry that the answer has begun, which is made beside its reading.
  private let acceptance = Mutex<Task<Void, Never>?>(nil)

  init(
    _ entry: JournaledAttempt, gateway: String, journal: any AttemptJournal, timing: Timing,
    state: AttemptState = .sending
  ) {
    self.entry = entry
    self.gateway = gateway
    self.journal = journal
    self.timing = timing
    begun = timing.now()
    current = Mutex((state, nil))
  }

  var state: AttemptState { current.withLock { $0.state } }

  var summary: AttemptNote {
    let (state, status) = current.withLock { ($0.state, $0.status) }
    return AttemptNote(gateway: gateway, state: state, status: status, elapsed: timing.now() - begun)
  }

  /// What is written down beside the state.
  struct Details {
    var status: Int?
    var tasks: [String]?
    var message: String?
    var facts: ReplyFacts?
    var outputs: [WrittenFile] = []
  }

  /// Goes on, and returns when that is written down.
  func happen(
    _ event: AttemptState.Event, _ details: Details = Details()
  ) async throws(JournalError) {
    await acceptance.withLock { $0 }?.value
    let next = current.withLock { current in
      // What cannot happen changes nothing.
      current.state = current.state.after(event) ?? current.state
      current.status = details.status ?? current.status
      return current.state
    }
    var change = AttemptChange(next)
    (change.status, change.tasks, change.message) = (details.status, details.tasks, details.message)
    change.cost = details.facts?.cost.map { ($0.amount, $0.currency) }
    change.outputs = details.outputs
    try await journal.record(change, of: entry.id)
  }

  /// The same where the journal's failure must not cost what was paid for: then the entry stays behind, on the safe side.
  func note(_ event: AttemptState.Event, _ details: Details = Details()) async {
    try? await happen(event, details)
  }

  /// The head of a good answer came: called on the connection's loop, which cannot wait.
  func accept() {
    let next = current.withLock { current in
      current.state = current.state.after(.begin) ?? current.state
      return current.state
    }
    acceptance.withLock { acceptance in
      acceptance = Task { [journal, entry] in
        try? await journal.record(AttemptChange(next), of: entry.id)
      }
    }
  }
}
