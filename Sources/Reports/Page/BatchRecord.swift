public import Batch
package import Editing
import Finishing
import Gateways
import PictureFormats
import Ledger
import Options
import Core

/// The outcomes of the items of a run, for a report after it: `Editor.writeReport`,
/// `Editor.writeContactSheet`. It holds no pictures.
public struct BatchRecord: Sendable {
  package struct Entry: Sendable {
    package let line: Int
    /// Its id in the manifest, else the file name of its first reference, else of its output.
    package let name: String
    package let prompt: String
    package let state: State
    /// The first is the picture that was edited.
    package let references: [Reference]
    /// The options that differ from their defaults, as `name value`.
    package let options: [String]
    package var model: String?
    package var tier: String?
    package var outputs: [String] = []
    /// The path of a picture that could not be written to its output.
    package var kept: String?
    /// The id of the edit in the ledger.
    package var edit: String?
    package var cost: EditResult.Cost?
    /// Whether the cost was paid before the run.
    package var isPaidBefore = false
    package var elapsed: Duration?
    package var warnings: [String] = []
    package var reason: String?
    package var hint: String?
    /// The command that settles it, if it is still open.
    package var command: String?

    package var original: Reference? { references.first }
    /// The picture to show beside the original.
    package var result: String? { outputs.last ?? kept }
  }

  package enum State: String, Sendable { case done, skipped, elsewhere, ambiguous, failed }

  private(set) var entries: [Entry] = []
  private let style: MessageStyle

  /// Creates an empty record.
  public init() { self.init(in: .plain) }

  /// Creates an empty record, for a report that names options in a style.
  package init(in style: MessageStyle) { self.style = style }

  /// Adds the outcome of an item.
  public mutating func add(_ item: Manifest.Item, _ outcome: Batch.Outcome) {
    entries.append(Entry(item, outcome, style))
  }

  /// The command that settles an edit, for the edit's own ledger; `nil` if it needs none.
  fileprivate func command(for entry: HistoryEntry, in store: LedgerStore) -> String? {
    guard let command = entry.command else { return nil }
    let place = store.optionValue.map { style.text(" `ledger` ") + $0 }
    return style.text(command) + (place ?? "")
  }

  /// The entries in the manifest's order.
  package var sorted: [Entry] { entries.sorted { $0.line < $1.line } }
}

extension BatchRecord.Entry {
  fileprivate init(_ item: Manifest.Item, _ outcome: Batch.Outcome, _ style: MessageStyle) {
    line = item.line
    name =
      item.id ?? item.references.first.map { Path($0.name).name }
      ?? item.place.map { Path($0).name } ?? "line \(item.line)"
    prompt = item.prompt
    references = item.references
    options = OptionRow.words(of: item.options)
    model = item.options.model
    tier = item.options.effectiveTier.rawValue
    switch outcome {
    case .done(let result):
      state = .done
      tell(result, style)
    case .skipped(let id, let paths):
      state = .skipped
      outputs = paths
      edit = id
    case .elsewhere: state = .elsewhere
    case .incomplete, .ambiguous, .failed:
      state = outcome.openErrors.isEmpty ? .failed : .ambiguous
      if case .incomplete(let result?, _) = outcome { tell(result, style) }
      for error in outcome.openErrors + (outcome.hasFailed ? outcome.errors : []) {
        tell(error.written(in: style))
      }
    }
  }

  private mutating func tell(_ result: EditResult, _ style: MessageStyle) {
    outputs = result.images.compactMap(\.output)
    edit = result.id
    cost = result.copyOf == nil ? result.cost : nil
    elapsed = result.elapsed
    (model, tier) = (result.model, result.request.tier.rawValue)
    let notes = result.warnings.map(result.explanation) + (result.findings?.notes ?? [])
    warnings = notes.map(style.text)
  }

  private mutating func tell(_ error: PlantainError) {
    // The first is about the edit itself; pictures may be missing for several reasons.
    if let reason {
      if reason != error.message { self.reason = reason + "; " + error.message }
      return
    }
    (reason, hint, kept) = (error.message, error.hint, error.kept)
    // An unknown outcome is about the edit itself.
    edit = error.editID ?? (error.code == .outcomeUnknown ? error.subject : nil) ?? edit
  }

  fileprivate mutating func tell(_ known: HistoryEntry, command: String?) {
    edit = known.id
    (model, tier) = (known.model, known.tier)
    self.command = command
  }
}

extension Editor {
  /// The entries, completed from the ledger.
  ///
  /// - Parameter run: the id of the run.
  func completed(_ record: BatchRecord, run: String) async -> [BatchRecord.Entry] {
    var entries = record.sorted
    let began = try? await store.run(run).started
    var shown: Set<String> = []
    for position in entries.indices {
      let model = routes[0].gateway.defaultModel.id
      entries[position].model = entries[position].model ?? model
      guard let id = entries[position].edit, let known = try? await store.entry(id),
        let attempts = try? await store.attempts(of: known)
      else { continue }
      let details = store.details(of: known, attempts)
      if entries[position].state != .done {
        entries[position].tell(details, command: record.command(for: details, in: store))
      }
      // Pictures with the same bytes are paid for once.
      guard shown.insert(id).inserted else {
        entries[position].cost = nil
        continue
      }
      entries[position].isPaidBefore = known.run != run || began.map { known.created < $0 } ?? false
      if entries[position].state == .skipped {
        entries[position].cost = await paid(for: known)
      } else if entries[position].cost != nil, entries[position].state != .done {
        entries[position].cost = details.spending.certain
      }
    }
    return entries
  }

  /// What was certainly paid for the job of an edit.
  private func paid(for entry: EditEntry) async -> EditResult.Cost? {
    var edits = [entry]
    if let key = entry.jobKey {
      edits =
        (try? await store.with { ledger throws(LedgerError) in try await ledger.edits(ofJob: key) }) ?? edits
    }
    var sum = Costs()
    for edit in edits {
      if let cost = try? await store.spending(of: edit.id).0.certain { sum.add(cost) }
    }
    return sum.total.amount == 0 ? nil : sum.total
  }
}
