import Gateways
import Synchronization
import Core

/// An attempt in progress. Its state changes by the rules of `AttemptState`, and every change is recorded in
/// the journal.
final class LiveAttempt: Sendable {
  let entry: JournaledAttempt
  private let gateway: String
  private let journal: any AttemptJournal
  private let timing: Timing
  private let begun: Duration
  private let current: Mutex<(state: AttemptState, status: Int?)>
  /// The task that records the beginning of the reply while the reply is being read.
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

  /// The details that are recorded with a state.
  struct Details {
    var status: Int?
    var tasks: [String]?
    var message: String?
    var facts: ReplyFacts?
    var outputs: [WrittenFile] = []
  }

  /// Changes the state by an event, and returns when the change is recorded.
  func happen(
    _ event: AttemptState.Event, _ details: Details = Details()
  ) async throws(JournalError) {
    await acceptance.withLock { $0 }?.value
    let next = current.withLock { current in
      // An event that cannot happen in this state leaves it unchanged.
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

  /// Like `happen`, but ignores a failure of the journal, which must not discard a paid result. The entry
  /// then keeps an earlier state, which is safe.
  func note(_ event: AttemptState.Event, _ details: Details = Details()) async {
    try? await happen(event, details)
  }

  /// Records that the head of a successful reply has arrived. It is called on the event loop of the
  /// connection, and does not block.
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
