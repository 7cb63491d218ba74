import Finishing
import Gateways
package import Ledger
public import Logging
package import Submission
import Core

/// What was sent, and what can still be fetched: the ledger, read.
public struct History: Sendable {
  package let store: LedgerStore

  package init(_ store: LedgerStore) { self.store = store }

  /// - Throws: 78 when there is no place for a ledger.
  public init(
    ledger: LedgerLocation = .standard, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    store = try LedgerStore(ledger, logger: logger)
  }

  /// Where the ledger lies; `nil` while there is none. Looking into a history makes no file.
  public var path: String? { store.exists ? store.path : nil }

  /// The newest edits, the newest first; none when there is no ledger yet.
  ///
  /// - Parameters:
  ///   - limit: how many; `nil`: all of them. Default: 50.
  ///   - filter: which; default: any.
  /// - Throws: 66 for a run or gateway that the ledger does not know, 64 when several runs begin so, 73 when the ledger cannot be
  ///   read.
  public func edits(
    limit: Int? = 50, matching filter: HistoryFilter = HistoryFilter()
  ) async throws(PlantainError) -> [HistoryEntry] {
    var found: [HistoryEntry] = []
    try await forEach(matching: filter) { entry in
      found.append(entry)
      return found.count != limit
    }
    return found
  }

  /// The newest probe of each gateway; none when there is no ledger yet.
  ///
  /// - Throws: 73.
  public func probes() async throws(PlantainError) -> [ProbeResult] {
    guard store.exists else { return [] }
    return try await store.with { ledger throws(LedgerError) in try await ledger.latestProbes() }.map {
      ProbeResult($0)
    }
  }

  /// One edit, by its id or the beginning of it.
  ///
  /// - Throws: 66 when there is none, 64 when there are several, 73.
  public func edit(_ id: String) async throws(PlantainError) -> HistoryEntry {
    try await details(of: store.entry(id))
  }

  /// The last picture that an edit brought, to be edited further.
  ///
  /// - Parameter id: the edit's id or the beginning of it; `nil`: the newest edit that brought one.
  /// - Returns: the edit's whole id, and its last output.
  /// - Throws: 66 when there is no such edit, or its picture is not there any more; 73.
  public func result(of id: String? = nil) async throws(PlantainError) -> (id: String, picture: Reference) {
    let entries: [EditEntry]
    if let id {
      entries = [try await store.entry(id)]
    } else if !store.exists {
      entries = []
    } else {
      entries = try await store.with { ledger throws(LedgerError) in
        try await ledger.edits(maximum: Self.maximumLookedAt)
      }
    }
    let found = entries.first { $0.outputs?.isEmpty == false }
    guard let found, let path = found.outputs?.last else {
      throw PlantainError(
        .input, .missing,
        id.map { "the edit \($0) has written no picture" } ?? "no edit has written a picture yet",
        hint: "plantain history lists what was edited, and where it went.", subject: id)
    }
    guard OutputFile.exists(path) else {
      throw PlantainError(
        .input, .missing, "\(path), the result of the edit \(found.id), is not there any more",
        hint: "Name another edit with --from ID, or give the picture itself.", subject: path)
    }
    return (found.id, .file(path))
  }

  /// For the newest result.
  private static let maximumLookedAt = 100

  private func details(of entry: EditEntry) async throws(PlantainError) -> HistoryEntry {
    store.details(of: entry, try await store.attempts(of: entry))
  }
}

/// One edit as the ledger knows it; its encoding is the JSON of `history`.
public struct HistoryEntry: Encodable, Sendable {
  public let id: String
  /// ISO 8601, in UTC.
  public let at: String
  public let gateway: String
  public let model: String
  /// Where it was sent.
  public let baseURL: String?
  public let tier: String
  public let aspect: String?
  public let count: Int
  public let prompt: String?
  public let sources: [String]
  /// Where results were written.
  public let outputs: [String]?
  /// The edit whose result was edited.
  public let parent: String?
  /// The run of a batch that it belongs to.
  public let run: String?
  /// The state of its last attempt that matters: a word of the billing rules.
  public let state: String
  public let billed: String
  public let cost: EditResult.Cost
  public let attempts: [Attempt]
  /// What can be done about it; `nil`: nothing has to be.
  public let advice: String?
  /// The command of `advice`, if it has one.
  package let command: String?
  /// A process that lives works on it.
  public let isUnderWay: Bool
  /// The same as `at`.
  public let began: Timestamp

  private enum CodingKeys: CodingKey {
    case id, at, gateway, model, baseURL, tier, aspect, count, prompt, sources, outputs, parent, run, state
    case billed, cost, attempts, advice
  }

  public struct Attempt: Encodable, Sendable {
    public let gateway: String
    public let state: String
    public let status: Int?
    public let task: String?
    public let seconds: Double
    public let message: String?
    /// Where the raw reply lies.
    public let reply: String?
  }

  package init(
    _ entry: EditEntry, _ attempts: [AttemptEntry], isLive: Bool, hasReply: (AttemptEntry) -> Bool
  ) {
    let states = attempts.map { $0.settledState(isLive: isLive) }
    let state = HistoryEntry.state(of: states)
    id = entry.id
    began = Timestamp(milliseconds: entry.created)
    at = began.description
    gateway = attempts.last?.gateway ?? entry.gateway
    model = attempts.last?.model ?? entry.model
    baseURL = attempts.last?.baseURL
    tier = entry.tier
    aspect = entry.aspect
    count = entry.count
    prompt = entry.prompt
    sources = entry.sources.map(\.name)
    outputs = entry.outputs
    parent = entry.parent
    run = entry.run
    self.state = state.rawValue
    // Good answers are billed, also those that broke off.
    let isCut = state == .ambiguous && attempts.contains { (200..<300).contains($0.status ?? 0) }
    billed = (isCut ? .yes : PlantainError.Billing(state.billing)).rawValue
    cost = Self.cost(entry, attempts)
    self.attempts = zip(attempts, states).map { attempt, state in
      Attempt(
        gateway: attempt.gateway, state: state.rawValue, status: attempt.status,
        task: attempt.tasks?.joined(separator: ","),
        seconds: Double(attempt.changed - attempt.started) / 1_000, message: attempt.message,
        reply: state == .done || state == .unbilled || !hasReply(attempt) ? nil : attempt.reply)
    }
    let isKept = self.attempts.contains { $0.state == state.rawValue && $0.reply != nil }
    command = isLive ? nil : Self.command(state, entry.id, isKept: isKept)
    advice = Self.advice(state, command, isLive: isLive)
    isUnderWay = isLive
  }

  /// It is neither done nor under way: it failed, nobody knows, or it is still to be fetched.
  public var isOpenOrFailed: Bool { !isUnderWay && state != AttemptState.done.rawValue }

  /// What of several attempts matters: what is open before what is done, and that before what cost nothing.
  package static func state(of states: [AttemptState]) -> AttemptState {
    let order: [AttemptState] = [
      .sending, .accepted, .stored, .ambiguous, .done, .lost, .writtenOff, .withoutPicture, .prepared,
      .unbilled,
    ]
    return order.first(where: states.contains) ?? .prepared
  }

  private static func cost(_ entry: EditEntry, _ attempts: [AttemptEntry]) -> EditResult.Cost {
    let reported = attempts.compactMap { attempt in
      attempt.costAmount.map {
        ReplyFacts.ReportedCost(amount: $0, currency: attempt.costCurrency ?? "credits")
      }
    }
    if let cost = EditResult.Cost(reported: reported) { return cost }
    let price = entry.priceMillionths.map {
      Price(millionths: $0, currency: entry.currency ?? "USD", checked: "")
    }
    return EditResult.Cost(price: price, count: 1)
  }

  /// The command that ends what is open; `nil` where there is nothing to do, or to do by a command.
  private static func command(_ state: AttemptState, _ id: String, isKept: Bool) -> String? {
    switch state {
    case .accepted: "plantain recover \(id)"
    case .stored: "plantain replay \(id)"
    case .withoutPicture where isKept: "plantain replay \(id)"
    case .ambiguous, .sending: PlantainError.settlingCommand(id)
    case .prepared, .unbilled, .withoutPicture, .done, .lost, .writtenOff: nil
    }
  }

  private static func advice(_ state: AttemptState, _ command: String?, isLive: Bool) -> String? {
    if isLive { return "it is under way" }
    let why: String? =
      switch state {
      case .ambiguous, .sending: "it may have been done and billed; look at the gateway's own log, then: "
      case .withoutPicture: "its reply is kept; a later version may find a picture: "
      case .prepared, .unbilled: "nothing was billed; it can be sent again"
      case .writtenOff: "counted as billed; it can be sent again"
      case .accepted, .stored, .done, .lost: nil
      }
    guard let command else { return state == .withoutPicture ? nil : why }
    return (why ?? "") + command
  }
}

extension AttemptEntry {
  /// The state, with what is known of a process that is gone.
  package func settledState(isLive: Bool) -> AttemptState {
    let recorded = AttemptState(rawValue: state) ?? .ambiguous
    guard !isLive else { return recorded }
    // Accepted without an id that one could ask for: its answer was cut by whatever ended the process.
    if recorded == .accepted, tasks == nil { return .ambiguous }
    return recorded.after(.abandon) ?? recorded
  }
}

extension LedgerStore {
  /// - Throws: 66 when there is none, 64 when there are several, 73.
  package func entry(_ id: String) async throws(PlantainError) -> EditEntry {
    guard exists else { throw unknown(.edit, id) }
    let found = try await with { ledger throws(LedgerError) in
      try await ledger.edits(beginningWith: id.lowercased(), maximum: 2)
    }
    guard !id.isEmpty, let entry = found.first else { throw try await unknownEdit(id) }
    guard found.count == 1 || entry.id == id.lowercased() else {
      throw .usage("several edits begin with \(id)", hint: "Give more of the id.")
    }
    return entry
  }

  /// What the ledger knows of an edit.
  package func details(of entry: EditEntry, _ attempts: [AttemptEntry]) -> HistoryEntry {
    HistoryEntry(entry, attempts, isLive: attempts.contains(where: isLive), hasReply: hasReply)
  }

  /// Counts an edit to a run.
  package func move(_ id: String, toRun run: String) async throws(PlantainError) {
    var entry = try await entry(id)
    entry.run = run
    let moved = entry
    try await with { ledger throws(LedgerError) in try await ledger.save(moved) }
  }

  package func attempts(of entry: EditEntry) async throws(PlantainError) -> [AttemptEntry] {
    try await with { ledger throws(LedgerError) in try await ledger.attempts(of: entry.id) }
  }

  /// Whether anything of a reply lies there.
  func hasReply(_ attempt: AttemptEntry) -> Bool {
    guard let path = try? ledger().replyPath(attempt.reply) else { return false }
    return !StoredReply.isEmpty(path)
  }

  /// Whether a process that lives works on it.
  package func isLive(_ attempt: AttemptEntry) -> Bool {
    guard let ledger = try? ledger() else { return false }
    return StoredReply.isInUse(ledger.replyPath(attempt.reply))
  }
}
