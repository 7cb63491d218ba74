import Core
import Editing

/// Looks at names of columns and keys that have no meaning: one that no prompt uses is a mistake where it is near a name that has
/// one, as an edit without what was meant would be paid for.
struct NameCheck {
  private(set) var problems: [PlantainError] = []
  /// The others, each once.
  private(set) var warnings: [String] = []
  /// Names that are mistakes.
  private(set) var mistaken: Set<String> = []

  private let path: String?

  /// - Parameters:
  ///   - head: of a table; `nil`: each record has names of its own.
  ///   - prompt: of records that have none.
  init(_ records: [Manifest.Record], _ head: ManifestTable.Head?, prompt: String?, _ path: String?) {
    self.path = path
    let names = Self.names(of: records, head)
    let used = Self.used(by: records, prompt)
    for (name, line) in names where name.isEmpty || !used.contains(name.lowercased()) {
      look(at: name, line, isColumn: head != nil)
    }
    guard let head else { return }
    requireReferences(head)
    requireOne(of: used, head)
  }

  /// Those without a meaning, with the line in which each stands first.
  private static func names(
    of records: [Manifest.Record], _ head: ManifestTable.Head?
  ) -> [(name: String, line: Int)] {
    let all =
      head.map { head in head.columns.map { ($0, head.line) } }
      ?? records.filter { $0.picture == nil }.flatMap { record in
        record.fields.keys.filter { !FieldName.ofLines.contains($0) }.sorted().map { ($0, record.line) }
      }
    var seen: Set<String> = []
    return all.filter { name, _ in FieldName.known(name) == nil && seen.insert(name).inserted }
  }

  private static func used(by records: [Manifest.Record], _ prompt: String?) -> Set<String> {
    let prompts = records.compactMap { $0.fields["prompt"]?.texts.first } + [prompt].compactMap(\.self)
    return Set(prompts.flatMap { PromptTemplate($0).names.map { $0.lowercased() } })
  }

  private mutating func look(at name: String, _ line: Int, isColumn: Bool) {
    let kind = isColumn ? "column" : "key"
    guard !name.isEmpty else {
      warnings.append("line \(line): a \(kind) without a name is not used")
      return
    }
    let shown = name.shortened
    let plain = name.lowercased().replacing("_", with: "-")
    if let option = Self.ofRun.first(where: { $0 == plain || $0.replacing("-", with: "") == plain }) {
      mistaken.insert(name)
      return report(
        "\(shown) is an option of the whole run, not of a line", line, shown, isColumn,
        hint: "Give it to the command: --\(option).")
    }
    guard let meant = FieldName.meant(by: name) else {
      warnings.append(
        "line \(line): the \(kind) \(shown) is not used: it is no option, and no prompt has {\(shown)}")
      return
    }
    mistaken.insert(name)
    report(
      "there is no option \(shown), and no prompt has {\(shown)}", line, shown, isColumn,
      hint: "Did you mean \(meant)? One of your own needs another name.", nearest: meant)
  }

  /// What somebody may rely on, and no line can have.
  private static let ofRun = ["max-cost", "again", "skip-existing", "dry-run", "base-url", "prompt-file"]

  private mutating func report(
    _ words: String, _ line: Int, _ name: String?, _ isColumn: Bool, hint: String, nearest: String? = nil
  ) {
    var error = PlantainError.usage(words, hint: hint)
    (error.column, error.nearest) = (name, nearest)
    problems.append(error.of(nil, line: line, in: path, isTable: isColumn))
  }

  /// In a table without the column all edits would be made from words alone.
  private mutating func requireReferences(_ head: ManifestTable.Head) {
    guard !head.columns.contains("references"), !problems.contains(where: { $0.nearest == "references" })
    else { return }
    report(
      "there is no column references among \(head.columns.joined(separator: ", ").shortened)", head.line, nil,
      true,
      hint:
        "Name in it the pictures to edit; where it is empty in every row, pictures are made from words alone."
    )
  }

  /// Which of two would a prompt mean?
  private mutating func requireOne(of used: Set<String>, _ head: ManifestTable.Head) {
    let twice = Dictionary(grouping: head.columns, by: \.self).filter { $1.count > 1 }.keys.sorted()
    for name in twice where used.contains(name.lowercased()) {
      report(
        "there are two columns called \(name), and a prompt has {\(name)}", head.line, nil, true,
        hint: "Rename one of them.")
    }
  }
}
