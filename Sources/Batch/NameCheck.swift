import Core
import Editing
import Options

/// Checks the unknown names of columns and keys. A name that no prompt uses is an error when it resembles a
/// known one: the edit would be paid for without the option that was meant.
struct NameCheck {
  private(set) var problems: [PlantainError] = []
  /// Warnings for other unused names, one for each.
  private(set) var warnings: [String] = []
  /// The names that are errors.
  private(set) var mistaken: Set<String> = []

  private let path: String?

  /// - Parameters:
  ///   - head: the header of a table; `nil`: each record has its own names.
  ///   - prompt: the prompt of records that have none.
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

  /// The unknown names, each with the first line that it occurs on.
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
      warnings.append("line \(line): a \(kind) without a name is ignored")
      return
    }
    let shown = name.shortened
    let plain = name.lowercased().replacing("_", with: "-")
    if let option = Self.ofRun.first(where: { $0 == plain || $0.replacing("-", with: "") == plain }) {
      mistaken.insert(name)
      return report(
        "\(shown) is an option of the whole run, not of a single edit", line, shown, isColumn,
        hint: "Pass it on the command line: --\(option).")
    }
    guard let meant = FieldName.meant(by: name) else {
      warnings.append(
        "line \(line): the \(kind) \(shown) is ignored: it is not an option, and no prompt uses {\(shown)}")
      return
    }
    mistaken.insert(name)
    report(
      "there is no option \(shown), and no prompt uses {\(shown)}", line, shown, isColumn,
      hint: "Did you mean \(meant)? If the name is your own, choose another.", nearest: meant)
  }

  /// Options that a user may expect to work in a line, and that apply to a whole run only.
  private static let ofRun = OptionRow.all.filter { row in
    row.commands.contains(.batch) && row.setting == nil
      && [.request, .spending, .naming].contains(row.group)
  }.map(\.name)

  private mutating func report(
    _ words: String, _ line: Int, _ name: String?, _ isColumn: Bool, hint: String, nearest: String? = nil
  ) {
    var error = PlantainError.usage(words, hint: hint)
    (error.column, error.nearest) = (name, nearest)
    problems.append(error.of(nil, line: line, in: path, isTable: isColumn))
  }

  /// Without the column references, all pictures of a table would be generated from prompts alone.
  private mutating func requireReferences(_ head: ManifestTable.Head) {
    guard !head.columns.contains("references"), !problems.contains(where: { $0.nearest == "references" })
    else { return }
    report(
      "there is no column references among \(head.columns.joined(separator: ", ").shortened)", head.line, nil,
      true,
      hint:
        "Add it with the pictures to edit, or leave it empty in every row to use only the prompts."
    )
  }

  /// A prompt's reference to one of two equal columns would be ambiguous.
  private mutating func requireOne(of used: Set<String>, _ head: ManifestTable.Head) {
    let twice = Dictionary(grouping: head.columns, by: \.self).filter { $1.count > 1 }.keys.sorted()
    for name in twice where used.contains(name.lowercased()) {
      report(
        "two columns are called \(name), and a prompt uses {\(name)}", head.line, nil, true,
        hint: "Rename one of them.")
    }
  }
}
