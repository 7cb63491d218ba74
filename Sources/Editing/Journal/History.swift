import Finishing
import Gateways
package import Ledger
public import Logging
package import Submission
import Core

/// A reader of the ledger: the edits that were sent, and what can still be fetched.
public struct History: Sendable {
  package let store: LedgerStore

  package init(_ store: LedgerStore) { self.store = store }

  /// Creates a history. The ledger is opened when it is first used.
  ///
  /// - Parameters:
  ///   - ledger: the ledger to read. Default: `.standard`.
  ///   - logger: logs a warning if other users can read the ledger. Default: labeled `plantain`.
  /// - Throws: `PlantainError` with the code `configuration` when the ledger's path is unknown.
  public init(
    ledger: LedgerLocation = .standard, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    store = try LedgerStore(ledger, logger: logger)
  }

  /// The path of the ledger; `nil` if the file does not exist. Reading a history creates no file.
  public var path: String? { store.exists ? store.path : nil }

  /// Returns the newest edits, newest first. The result is empty if there is no ledger yet.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of edits; `nil`: no limit. Default: 50.
  ///   - filter: the edits to include. Default: all.
  /// - Throws: `PlantainError` with the code `missing` for a run or gateway that is not in the ledger,
  ///   `usage` when several runs have the given prefix, `ledgerUnusable` when the ledger cannot be read.
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

  /// Returns the newest probe of each gateway. The result is empty if there is no ledger yet.
  ///
  /// - Throws: `PlantainError` with the code `ledgerUnusable` when the ledger cannot be read.
  public func probes() async throws(PlantainError) -> [ProbeResult] {
    guard store.exists else { return [] }
    return try await store.with { ledger throws(LedgerError) in try await ledger.latestProbes() }.map {
      ProbeResult($0)
    }
  }

  /// Returns one edit by its id or a prefix of it.
  ///
  /// - Parameter id: the id or its prefix, in any case.
  /// - Throws: `PlantainError` with the code `missing` when no edit matches, `usage` when several do,
  ///   `ledgerUnusable` when the ledger cannot be read.
  public func edit(_ id: String) async throws(PlantainError) -> HistoryEntry {
    try await details(of: store.entry(id))
  }

  /// Returns the last picture that an edit has written, to edit it further.
  ///
  /// - Parameter id: the edit's id or a prefix of it; `nil`: the newest edit that has written a picture,
  ///   among the newest 100. Default: `nil`.
  /// - Returns: the edit's full id, and its last output.
  /// - Throws: `PlantainError` with the code `missing` when no edit matches, it has written no picture, or
  ///   the file no longer exists; `usage` when several edits match; `ledgerUnusable` when the ledger cannot
  ///   be read.
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
        hint: "plantain history lists the edits and their output files.", subject: id)
    }
    guard Path(path).exists else {
      throw PlantainError(
        .input, .missing, "\(path), the result of the edit \(found.id), no longer exists",
        hint: "Choose another edit with `from` ID, or give the path of a picture.", subject: path)
    }
    return (found.id, .file(path))
  }

  /// The number of newest edits that are searched for one with a picture.
  private static let maximumLookedAt = 100

  private func details(of entry: EditEntry) async throws(PlantainError) -> HistoryEntry {
    store.details(of: entry, try await store.attempts(of: entry))
  }
}

/// One edit in the ledger.
public struct HistoryEntry: Encodable, Sendable {
  /// The id of the edit.
  public let id: String
  /// When the edit began, in ISO 8601 and UTC.
  public let at: String
  /// The id of the gateway of the last attempt.
  public let gateway: String
  /// The id of the model of the last attempt.
  public let model: String
  /// The base URL of the last attempt; `nil` if there was no attempt.
  public let baseURL: String?
  /// The resolution tier requested.
  public let tier: String
  /// The aspect ratio requested; `nil` if none was sent.
  public let aspect: String?
  /// The number of pictures requested.
  public let count: Int
  /// The prompt; `nil` if it was not recorded.
  public let prompt: String?
  /// The names of the references.
  public let sources: [String]
  /// The paths of the written results; `nil` before any are written.
  public let outputs: [String]?
  /// The id of the edit whose result was edited.
  public let parent: String?
  /// The id of the batch run that the edit belongs to.
  public let run: String?
  /// The raw value of the `AttemptState` that determines the edit's state, such as `done` or `unbilled`.
  public let state: String
  /// Whether the edit was billed: `no`, `yes` or `unknown`.
  public let billed: String
  /// The cost of what was certainly billed, or, if nothing was, of what may have been, as reported or by the
  /// table; of an edit that cost nothing, its price.
  public let cost: EditResult.Cost
  /// What was certainly billed, and what may have been.
  package let spending: EditSpending
  /// All attempts, in order.
  public let attempts: [EditAttempt]
  /// What the user can do about the edit; `nil` if there is nothing to do.
  package var advice: String?
  /// The command in `advice`, if it has one.
  package let command: String?
  /// Whether a live process is working on the edit.
  public let isUnderWay: Bool
  /// When the edit began: the same time as `at`.
  public let began: Timestamp

  private enum CodingKeys: CodingKey {
    case id, at, gateway, model, baseURL, tier, aspect, count, prompt, sources, outputs, parent, run, state
    case billed, cost, attempts, advice
  }

  package init(
    _ entry: EditEntry, _ attempts: [AttemptEntry], isLive: Bool, hasReply: (AttemptEntry) -> Bool
  ) {
    let states = attempts.map { $0.settledState(isLive: isLive) }
    let state = AttemptState.combined(states)
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
    spending = EditSpending(entry, attempts, isLive: isLive)
    billed = spending.billing.rawValue
    cost = Self.cost(entry, attempts, spending)
    self.attempts = zip(attempts, states).map { attempt, state in
      EditAttempt(attempt, state, hasReply: hasReply(attempt))
    }
    let isKept = self.attempts.contains { $0.state == state.rawValue && $0.reply != nil }
    command = isLive ? nil : Self.command(state, entry.id, isKept: isKept)
    advice = Self.advice(state, command, isLive: isLive)
    isUnderWay = isLive
  }

  /// Whether the edit is neither done nor in progress: it failed, its outcome is unknown, or its result is
  /// not fetched yet.
  package var isOpenOrFailed: Bool { !isUnderWay && state != AttemptState.done.rawValue }

  /// Whether it was paid for, and its result can be fetched.
  package var isPaid: Bool {
    !isUnderWay && [AttemptState.accepted, .stored].map(\.rawValue).contains(state)
  }

  private static func cost(
    _ entry: EditEntry, _ attempts: [AttemptEntry], _ spending: EditSpending
  ) -> EditResult.Cost {
    if let cost = spending.certain ?? spending.uncertain, cost.amount != nil, cost.currency != nil {
      return cost
    }
    if let cost = EditResult.Cost(reported: attempts.compactMap(\.reportedCost)) { return cost }
    return EditResult.Cost(price: entry.price.map { Price($0, .ledger) }, count: 1)
  }

  /// The command that settles an open state; `nil` if no command is needed or can help.
  private static func command(_ state: AttemptState, _ id: String, isKept: Bool) -> String? {
    switch state {
    case .accepted: "plantain recover \(id)"
    case .stored: "plantain replay \(id)"
    case .withoutPicture where isKept, .unusable where isKept: "plantain replay \(id)"
    case .ambiguous, .sending, .withoutPicture: PlantainError.settlingCommand(id)
    case .prepared, .unbilled, .unusable, .done, .lost, .writtenOff: nil
    }
  }

  private static func advice(_ state: AttemptState, _ command: String?, isLive: Bool) -> String? {
    if isLive { return "it is in progress" }
    let why: String? =
      switch state {
      case .ambiguous, .sending: "it may have been done and billed; check the gateway's own log, then run: "
      case .withoutPicture where command?.contains(" replay ") == true:
        "it may have been billed; its reply is kept, and a later version may find a picture: "
      case .withoutPicture:
        "its reply has no picture, and it may have been billed; check the gateway's own log, then run: "
      case .unusable: "its picture cannot be read; a later version may read it: "
      case .prepared, .unbilled: "nothing was billed; it can be sent again"
      case .writtenOff: "counted as billed; it can be sent again"
      case .accepted, .stored, .done, .lost: nil
      }
    guard let command else { return state == .unusable ? nil : why }
    return (why ?? "") + command
  }
}

extension AttemptEntry {
  /// The recorded state, or what it becomes if the process of the attempt has ended.
  package func settledState(isLive: Bool) -> AttemptState {
    let recorded = AttemptState(rawValue: state) ?? .ambiguous
    guard !isLive else { return recorded }
    // Accepted without a task id to poll: the process ended while it received the reply.
    if recorded == .accepted, tasks == nil { return .ambiguous }
    return recorded.after(.abandon) ?? recorded
  }
}

extension LedgerStore {
  /// Returns the entry of an edit by its id or a prefix of it.
  ///
  /// - Throws: `missing` when no edit matches, `usage` when several do, `ledgerUnusable` when the ledger
  ///   cannot be read.
  package func entry(_ id: String) async throws(PlantainError) -> EditEntry {
    guard exists else { throw unknown(.edit, id) }
    let found = try await with { ledger throws(LedgerError) in
      try await ledger.edits(beginningWith: id.lowercased(), maximum: 2)
    }
    guard !id.isEmpty, let entry = found.first else { throw try await unknownEdit(id) }
    guard found.count == 1 || entry.id == id.lowercased() else {
      throw .usage("several edits begin with \(id)", hint: "Give more characters of the id.")
    }
    return entry
  }

  /// Combines an edit and its attempts into a history entry.
  package func details(of entry: EditEntry, _ attempts: [AttemptEntry]) -> HistoryEntry {
    HistoryEntry(entry, attempts, isLive: attempts.contains(where: isLive), hasReply: hasReply)
  }

  /// Assigns an edit to a run.
  package func move(_ id: String, toRun run: String) async throws(PlantainError) {
    var entry = try await entry(id)
    entry.run = run
    let moved = entry
    try await with { ledger throws(LedgerError) in try await ledger.save(moved) }
  }

  package func attempts(of entry: EditEntry) async throws(PlantainError) -> [AttemptEntry] {
    try await with { ledger throws(LedgerError) in try await ledger.attempts(of: entry.id) }
  }

  /// Whether any part of the attempt's reply is stored.
  func hasReply(_ attempt: AttemptEntry) -> Bool {
    guard let path = try? ledger().replyPath(attempt.reply) else { return false }
    return !StoredReply.isEmpty(path)
  }

  /// Whether a live process is working on the attempt.
  package func isLive(_ attempt: AttemptEntry) -> Bool {
    guard let ledger = try? ledger() else { return false }
    return StoredReply.isInUse(ledger.replyPath(attempt.reply))
  }
}
