import Finishing
import Gateways
import Imaging
import Ledger
import Vocabulary

/// What became of the items of a run, one by one, for those who look at it afterwards: `Editor.writeReport`,
/// `Editor.writeContactSheet`. It holds no pictures.
public struct BatchRecord: Sendable {
  struct Entry: Sendable {
    let line: Int
    /// Its id in the manifest, else the name of its first reference, else of its output.
    let name: String
    let prompt: String
    let state: State
    /// The picture that was edited.
    let original: Reference?
    var outputs: [String] = []
    /// The edit's id in the ledger.
    var edit: String?
    var cost: EditReport.Cost?
    var elapsed: Duration?
    var reason: String?
    var hint: String?
  }

  enum State: String, Sendable { case done, skipped, elsewhere, ambiguous, failed }

  private(set) var entries: [Entry] = []

  public init() {}

  public mutating func add(_ item: Manifest.Item, _ outcome: Batch.Outcome) {
    entries.append(Entry(item, outcome))
  }

  /// In the manifest's order.
  var sorted: [Entry] { entries.sorted { $0.line < $1.line } }
}

extension BatchRecord.Entry {
  fileprivate init(_ item: Manifest.Item, _ outcome: Batch.Outcome) {
    line = item.line
    name =
      item.id ?? item.references.first.map { OutputFile.name(of: $0.name) }
      ?? item.place.map(OutputFile.name) ?? "line \(item.line)"
    prompt = item.prompt
    original = item.references.first
    switch outcome {
    case .done(let result):
      state = .done
      outputs = result.images.compactMap(\.output)
      edit = result.id
      cost = EditReport.Cost(result.cost)
      elapsed = result.elapsed
    case .skipped(let id, let paths):
      state = .skipped
      outputs = paths
      edit = id
    case .elsewhere: state = .elsewhere
    case .ambiguous(let error):
      state = .ambiguous
      tell(error)
    case .failed(let error):
      state = .failed
      tell(error)
    }
  }

  private mutating func tell(_ error: PlantainError) {
    (reason, hint, edit) = (error.message, error.hint, error.editID)
  }
}

extension Editor {
  /// The entries with what the ledger knows of those that were done before.
  func completed(_ record: BatchRecord) async -> [BatchRecord.Entry] {
    var entries = record.sorted
    for position in entries.indices where entries[position].state == .skipped {
      guard let id = entries[position].edit, let known = try? await book.entry(id),
        let attempts = try? await book.attempts(of: known)
      else { continue }
      entries[position].cost =
        HistoryEntry(known, attempts, isLive: false, hasReply: book.hasReply).cost
    }
    return entries
  }
}
