import Finishing
import Gateways
import Ledger
import Submission
import Vocabulary

/// What was sent, and what can still be fetched: the ledger, read.
public struct History: Sendable {
  let book: Book

  init(_ book: Book) { self.book = book }

  /// - Throws: 78 when there is no place for a ledger.
  public init(ledger: LedgerLocation = .standard) throws(PlantainError) {
    book = try Book(ledger)
  }

  /// The newest edits, the newest first.
  ///
  /// - Parameter run: only those of that run of a batch.
  /// - Throws: 73 when the ledger cannot be read.
  public func edits(most: Int = 50, ofRun run: String? = nil) async throws(PlantainError) -> [HistoryEntry] {
    let entries = try await book.with { ledger throws(LedgerError) in
      try await ledger.edits(most: most, ofRun: run)
    }
    var found: [HistoryEntry] = []
    for entry in entries { found.append(try await details(of: entry)) }
    return found
  }

  /// The newest probe of each gateway; none when there is no ledger yet.
  ///
  /// - Throws: 73.
  public func probes() async throws(PlantainError) -> [ProbeResult] {
    guard OutputFile.exists(book.path) else { return [] }
    return try await book.with { ledger throws(LedgerError) in try await ledger.latestProbes() }.map {
      ProbeResult($0)
    }
  }

  /// One edit, by its id or the beginning of it.
  ///
  /// - Throws: 66 when there is none, 64 when there are several, 73.
  public func edit(_ id: String) async throws(PlantainError) -> HistoryEntry {
    try await details(of: book.entry(id))
  }

  /// The last picture that an edit brought, to be edited further.
  ///
  /// - Parameter id: the edit's id or the beginning of it; `nil`: the newest edit that brought one.
  /// - Returns: the edit's whole id, and its last output.
  /// - Throws: 66 when there is no such edit, or its picture is not there any more; 73.
  public func result(of id: String? = nil) async throws(PlantainError) -> (id: String, picture: Reference) {
    let entries: [EditEntry]
    if let id {
      entries = [try await book.entry(id)]
    } else {
      entries = try await book.with { ledger throws(LedgerError) in
        try await ledger.edits(most: Self.mostLookedAt)
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
  private static let mostLookedAt = 100

  private func details(of entry: EditEntry) async throws(PlantainError) -> HistoryEntry {
    let attempts = try await book.attempts(of: entry)
    return HistoryEntry(
      entry, attempts, isLive: attempts.contains(where: book.isLive), hasReply: book.hasReply)
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
  public let cost: EditReport.Cost
  public let attempts: [Attempt]
  /// What can be done about it; `nil`: nothing has to be.
  public let advice: String?

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

  init(
    _ entry: EditEntry, _ attempts: [AttemptEntry], isLive: Bool, hasReply: (AttemptEntry) -> Bool
  ) {
    let states = attempts.map { $0.settledState(isLive: isLive) }
    let state = HistoryEntry.state(of: states)
    id = entry.id
    at = Self.date(entry.created)
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
    cost = EditReport.Cost(Self.cost(entry, attempts))
    self.attempts = zip(attempts, states).map { attempt, state in
      Attempt(
        gateway: attempt.gateway, state: state.rawValue, status: attempt.status,
        task: attempt.tasks?.joined(separator: ","),
        seconds: Double(attempt.changed - attempt.started) / 1_000, message: attempt.words,
        reply: state == .done || state == .unbilled || !hasReply(attempt) ? nil : attempt.reply)
    }
    let isKept = self.attempts.contains { $0.state == state.rawValue && $0.reply != nil }
    advice = Self.advice(state, entry.id, isKept: isKept, isLive: isLive)
  }

  /// What of several attempts matters: what is open before what is done, and that before what cost nothing.
  static func state(of states: [AttemptState]) -> AttemptState {
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

  private static func advice(_ state: AttemptState, _ id: String, isKept: Bool, isLive: Bool) -> String? {
    if isLive { return "it is under way" }
    return switch state {
    case .accepted: "plantain recover \(id)"
    case .stored: "plantain replay \(id)"
    case .ambiguous, .sending:
      "it may have been done and billed: look at the gateway's own log, then plantain settle \(id) --as billed|unbilled|resend"
    case .prepared, .unbilled: "nothing was billed; it can be sent again"
    case .withoutPicture where isKept:
      "its reply is kept; a later version may find a picture: plantain replay \(id)"
    case .writtenOff: "counted as billed; it can be sent again"
    case .withoutPicture, .done, .lost: nil
    }
  }

  private static func date(_ milliseconds: Int) -> String {
    Timestamp(milliseconds: milliseconds).description
  }
}

extension AttemptEntry {
  /// The state, with what is known of a process that is gone.
  func settledState(isLive: Bool) -> AttemptState {
    let recorded = AttemptState(rawValue: state) ?? .ambiguous
    guard !isLive else { return recorded }
    // Accepted without an id that one could ask for: its answer was cut by whatever ended the process.
    if recorded == .accepted, tasks == nil { return .ambiguous }
    return recorded.after(.abandon) ?? recorded
  }
}

extension Book {
  /// - Throws: 66 when there is none, 64 when there are several, 73.
  func entry(_ id: String) async throws(PlantainError) -> EditEntry {
    let found = try await with { ledger throws(LedgerError) in
      try await ledger.edits(beginningWith: id, most: 2)
    }
    guard let entry = found.first else {
      throw PlantainError(
        .input, .missing, "the ledger \(path) knows no edit \(id)",
        hint: "plantain history lists those that it knows.", subject: id)
    }
    guard found.count == 1 || entry.id == id else {
      throw .usage("several edits begin with \(id)", hint: "Give more of the id.")
    }
    return entry
  }

  func attempts(of entry: EditEntry) async throws(PlantainError) -> [AttemptEntry] {
    try await with { ledger throws(LedgerError) in try await ledger.attempts(of: entry.id) }
  }

  /// Whether anything of a reply lies there.
  func hasReply(_ attempt: AttemptEntry) -> Bool {
    guard let path = try? ledger().replyPath(attempt.reply) else { return false }
    return !StoredReply.isEmpty(path)
  }

  /// Whether a process that lives works on it.
  func isLive(_ attempt: AttemptEntry) -> Bool {
    guard let ledger = try? ledger() else { return false }
    return StoredReply.isInUse(ledger.replyPath(attempt.reply))
  }
}
