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
  /// The details that the journal could not record. They are recorded with the next change.
  private let unrecorded = Mutex(Details())

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

  /// Keeps the raw reply of a failed attempt if it may contain something billed, because a later version may
  /// find a picture in it. Otherwise deletes it.
  ///
  /// - Returns: Its path, if it is kept and not empty.
  func keepReply() -> String? {
    let reply = entry.reply
    let isOfUse =
      switch state {
      case .accepted, .stored: true
      // Only replies with status 2xx are stored, and an error in such a reply may be wrong.
      case .ambiguous, .withoutPicture, .unusable, .unbilled, .lost, .writtenOff: !reply.isEmpty
      default: false
      }
    if isOfUse { reply.release() } else { reply.discard() }
    return isOfUse && !reply.isEmpty ? reply.path : nil
  }

  /// The details that are recorded with a state.
  struct Details {
    var status: Int?
    var tasks: [String]?
    var message: String?
    var facts: ReplyFacts?
    var outputs: [WrittenFile] = []

    /// These details, and those of `earlier` that they do not replace.
    func after(_ earlier: Details) -> Details {
      Details(
        status: status ?? earlier.status, tasks: tasks ?? earlier.tasks, message: message ?? earlier.message,
        facts: facts ?? earlier.facts, outputs: outputs.isEmpty ? earlier.outputs : outputs)
    }
  }

  /// Changes the state by an event, and returns when the change is recorded.
  private func happen(_ event: AttemptState.Event, _ details: Details) async throws(JournalError) {
    await acceptance.withLock { $0 }?.value
    let next = current.withLock { current in
      // An event that cannot happen in this state leaves it unchanged.
      current.state = current.state.after(event) ?? current.state
      current.status = details.status ?? current.status
      return current.state
    }
    var change = AttemptChange(next)
    (change.status, change.tasks, change.message) = (details.status, details.tasks, details.message)
    change.cost = details.facts?.cost
    change.outputs = details.outputs
    try await journal.record(change, of: entry.id)
  }

  /// Changes the state by an event, and returns when the change is recorded or the journal has failed. Such a
  /// failure must not discard a paid result. The entry then keeps an earlier state, which is safe.
  ///
  /// - Returns: Whether the journal has recorded the change, and all changes before it.
  @discardableResult
  func note(_ event: AttemptState.Event, _ details: Details = Details()) async -> Bool {
    let details = unrecorded.withLock { details.after($0) }
    let isRecorded = (try? await happen(event, details)) != nil
    unrecorded.withLock { $0 = isRecorded ? Details() : details }
    return isRecorded
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
