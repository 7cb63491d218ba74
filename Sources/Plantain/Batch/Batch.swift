import Finishing
public import Gateways
import Imaging
import Ledger
import Submission
import Synchronization

/// Does the edits of a manifest, many at a time. Each is known by its content: a second run does only what is not done yet, fetches
/// what was paid for, and leaves alone what nobody knows the outcome of. Several processes may share the work by one ledger.
public struct Batch: Sendable {
  /// What became of one item.
  public enum Outcome: Sendable {
    case done(EditResult)
    /// It was done before, by the edit of that id.
    case skipped(id: String, outputs: [String])
    /// Another process is at it.
    case elsewhere
    /// It may be done and billed, and is not sent again.
    case ambiguous(PlantainError)
    case failed(PlantainError)
  }

  private let editor: Editor
  private let most: Int
  private let throttle: Throttle
  private let purse: Purse

  /// - Parameters:
  ///   - spending: the most that the run may spend in all. `nil`: no limit.
  ///   - most: how many edits may be under way at once; how many are, the route decides by how it answers. Default: 64.
  public init(_ editor: Editor, spending: Money? = nil, most: Int = 64) {
    self.editor = editor
    self.most = max(1, most)
    throttle = Throttle(most: self.most)
    purse = Purse(spending)
  }

  /// - Parameters:
  ///   - drain: ends the run when what is under way is done.
  ///   - watch: called for each item when it ends, one at a time.
  /// - Throws: 65 when the manifest has problems: then nothing is sent.
  public func run(
    _ manifest: Manifest, until drain: Drain = Drain(), watch: (Manifest.Item, Outcome) -> Void
  ) async throws(PlantainError) -> BatchSummary {
    if let problem = manifest.problems.first { throw problem }
    var summary = BatchSummary()
    var rest = manifest.items[...]
    await withTaskGroup(of: (Manifest.Item, Outcome).self) { group in
      var underWay = 0
      while true {
        while underWay < most, !drain.isAsked, !Task.isCancelled, let item = rest.popFirst() {
          underWay += 1
          group.addTask { (item, await perform(item)) }
        }
        guard let (item, outcome) = await group.next() else { break }
        underWay -= 1
        summary.count(outcome)
        watch(item, outcome)
      }
    }
    summary.left = rest.count
    return summary
  }

  private func perform(_ item: Manifest.Item) async -> Outcome {
    do throws(PlantainError) {
      let key = try await editor.key(of: item).text
      guard let claim = try JobClaim(editor.book.ledger().replyPath("\(key).job")) else { return .elsewhere }
      defer { withExtendedLifetime(claim) {} }
      if let earlier = try await settle(key) { return earlier }
      return .done(try await edit(item, key))
    } catch {
      return error.code == .outcomeUnknown ? .ambiguous(error) : .failed(error)
    }
  }

  private func edit(_ item: Manifest.Item, _ key: String) async throws(PlantainError) -> EditResult {
    var options = item.options
    options.jobKey = key
    let throttle = throttle
    let choices = try RequestChoices(options, editor.routes[0].gateway)
    await throttle.enter()
    var aside = 0
    do throws(PlantainError) {
      aside = try purse.take(choices.price, count: options.count, editor.routes[0].gateway.id)
      let result = try await editor.edit(item.prompt, references: item.references, options: options) {
        event in
        guard case .waiting(let wait, _) = event else { return }
        Task { await throttle.backOff(for: wait) }
      }
      await throttle.leave(isSuccess: true)
      return result
    } catch {
      if error.billed == .no { purse.giveBack(aside) }
      await throttle.leave(isSuccess: false)
      throw error
    }
  }

  /// What is known of the same job from before; `nil` when it is to be done.
  private func settle(_ key: String) async throws(PlantainError) -> Outcome? {
    let book = editor.book
    for entry in try await book.with({ ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }) {
      let attempts = try await book.attempts(of: entry)
      switch HistoryEntry.state(of: attempts.map { $0.settledState(isLive: false) }) {
      case .done:
        let outputs = entry.outputs ?? entry.placesThatExist
        guard !outputs.isEmpty, outputs.allSatisfy(OutputFile.exists) else { continue }
        return .skipped(id: entry.id, outputs: outputs)
      case .accepted, .stored:
        var options = EditOptions()
        // Its name was free before it was sent: what lies there was written just before a process ended.
        options.overwrites = true
        return .done(try await editor.recover(entry.id, options: options))
      case .sending, .ambiguous: return .ambiguous(.unknownOutcome(of: entry.id))
      case .prepared, .unbilled, .withoutPicture: continue
      }
    }
    return nil
  }

  /// Asks a run to begin nothing more.
  public final class Drain: Sendable {
    private let asked = Mutex(false)

    public init() {}

    public func ask() { asked.withLock { $0 = true } }
    public var isAsked: Bool { asked.withLock { $0 } }
  }
}

extension EditEntry {
  /// Where its result lies when the process ended before it could say so.
  fileprivate var placesThatExist: [String] {
    guard let output else { return [] }
    let places =
      output.isFile
      ? [output.path] : PictureFormat.all.filter(\.isWritable).map { "\(output.path).\($0.extensions[0])" }
    return places.filter(OutputFile.exists)
  }
}

/// What became of all items; its encoding is the last line of `batch --json`.
public struct BatchSummary: Encodable, Sendable {
  public private(set) var done = 0
  /// Done before, or under way in another process.
  public private(set) var skipped = 0
  public private(set) var failed = 0
  public private(set) var ambiguous = 0
  /// Not begun, because the run was asked to end.
  public internal(set) var left = 0
  /// Those of this run that were certainly billed.
  public private(set) var billed = 0
  /// Of this run; without an amount where one is not known, or there are several currencies.
  public var cost: EditReport.Cost { EditReport.Cost(costs) }
  private var costs = Costs()

  private enum CodingKeys: CodingKey { case done, skipped, failed, ambiguous, left, billed, cost }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(done, forKey: .done)
    try container.encode(skipped, forKey: .skipped)
    try container.encode(failed, forKey: .failed)
    try container.encode(ambiguous, forKey: .ambiguous)
    if left > 0 { try container.encode(left, forKey: .left) }
    try container.encode(billed, forKey: .billed)
    try container.encode(cost, forKey: .cost)
  }

  mutating func count(_ outcome: Batch.Outcome) {
    switch outcome {
    case .done(let result):
      done += 1
      billed += 1
      costs.add(result.cost)
    case .skipped, .elsewhere: skipped += 1
    case .ambiguous: ambiguous += 1
    case .failed(let error):
      failed += 1
      if error.billed == .yes { billed += 1 }
    }
  }

  /// 0 when all is done, 1 with failed items, 76 with none but ambiguous ones, 130 when it was asked to end before.
  public var exitStatus: Int32 { left > 0 ? 130 : failed > 0 ? 1 : ambiguous > 0 ? 76 : 0 }
}

/// Sums of what edits cost.
struct Costs: Sendable {
  private var amount: Double? = 0
  private var currency: String?
  private var basis = EditResult.Cost.Basis.table

  mutating func add(_ cost: EditResult.Cost) {
    guard let more = cost.amount, let sum = amount, currency == nil || currency == cost.currency else {
      amount = nil
      return
    }
    amount = sum + more
    currency = cost.currency
    basis = cost.basis
  }

  var total: (amount: Double?, currency: String?, basis: EditResult.Cost.Basis) {
    // Millionths are exact; what a sum of thousands adds behind them is not.
    amount.map { ($0.rounded(to: 6), currency, basis) } ?? (nil, nil, .unknown)
  }
}

extension EditReport.Cost {
  init(_ costs: Costs) {
    (amount, currency, basis) = (costs.total.amount, costs.total.currency, costs.total.basis.rawValue)
  }
}
