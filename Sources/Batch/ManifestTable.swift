import Core
import Editing
import SwiftCSV

/// The rows of a CSV file: a header with names, then one record per edit. `|` separates references. Empty
/// rows are skipped.
struct ManifestTable {
  /// The row with the names of the columns.
  struct Head: Sendable {
    package let line: Int
    package let columns: [String]
  }

  private(set) var head: Head?
  private(set) var records: [Manifest.Record] = []
  /// The line numbers on which the next row begins, and the last one began, from 1.
  private var (next, last): (Int, Int)

  private init(firstLine: Int) { (next, last) = (firstLine, firstLine) }

  /// - Throws: `unusableFile` for text that is not a table, or whose header cannot be understood.
  package static func read(_ text: String, _ path: String) throws(PlantainError) -> ManifestTable {
    let (text, stated) = withoutSeparatorLine(text.replacing("\u{FEFF}", with: ""))
    try requireNoJSON(text, path)
    var table = ManifestTable(firstLine: stated == nil ? 1 : 2)
    do {
      let delimiter = stated ?? CSVDelimiter.guessed(string: text)
      try CSV<Unread>(string: text, delimiter: delimiter, loadColumns: false)
        .enumerateAsArray(startAt: 0, rowLimit: nil) { table.add($0) }
    } catch {
      throw unusable(
        path, table.next, "a cell contains a quote but does not begin with one",
        hint: #"Write the cell as "…", and double each quote in it."#)
    }
    // In a valid table, quotes come in pairs.
    guard text.utf8.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
      throw unusable(
        path, table.last, "a quote in this row is never closed",
        hint: "Close it at the end of the cell.")
    }
    try table.head?.check(path)
    table.markThoseOfWordsAlone()
    return table
  }

  private static func requireNoJSON(_ text: String, _ path: String) throws(PlantainError) {
    guard let first = text.first(where: { !$0.isWhitespace }), "{[".contains(first) else { return }
    throw unusable(
      path, nil, "the file contains JSON, but its name is that of a table",
      hint: "Rename it to .jsonl, and write one object per line.")
  }

  fileprivate static func unusable(
    _ path: String, _ line: Int?, _ words: String, hint: String
  ) -> PlantainError {
    let place = line.map { "\(path), line \($0)" } ?? path
    return PlantainError(.input, .unusableFile, "\(place): \(words)", hint: hint, subject: path)
  }

  /// Spreadsheets state the separator of cells in a first line, `sep=;`.
  private static func withoutSeparatorLine(_ text: String) -> (String, CSVDelimiter?) {
    let line = text.prefix { !$0.isNewline }
    let words = line.replacing("\"", with: "")
    guard words.lowercased().hasPrefix("sep=") else { return (text, nil) }
    // All rows of a spreadsheet have the same length: empty cells may follow.
    guard let separator = words.dropFirst(4).first else { return (text, nil) }
    return (String(text[line.endIndex...].dropFirst()), CSVDelimiter(unicodeScalarLiteral: separator))
  }

  private mutating func add(_ row: [String]) {
    last = next
    next += 1 + row.reduce(0) { $0 + $1.count { ["\n", "\r\n", "\r"].contains($0) } }
    guard !row.allSatisfy(\.isBlank) else { return }
    if let head {
      records.append(head.record(row, line: last))
    } else {
      head = Head(row, line: last)
    }
  }

  /// When no row has a reference, all pictures are generated from prompts alone.
  private mutating func markThoseOfWordsAlone() {
    guard head?.columns.contains("references") == true,
      records.allSatisfy({ $0.fields["references"] == nil })
    else { return }
    for position in records.indices { records[position].fields["references"] = .list([]) }
  }

  /// A view that holds no rows: rows are read one by one, each at its own length, not padded to that of the
  /// longest.
  private struct Unread: CSVView {
    var rows: [[String]] { [] }
    var columns: Void? { nil }

    init(header: [String], text: String, delimiter: CSVDelimiter, loadColumns: Bool, rowLimit: Int?) {}

    func serialize(header: [String], delimiter: CSVDelimiter) -> String { "" }
  }
}

extension ManifestTable.Head {
  /// Known names are matched ignoring case; others are the user's own. Spreadsheets pad rows with empty
  /// cells.
  fileprivate init(_ row: [String], line: Int) {
    let named = row.lastIndex { !$0.isBlank } ?? -1
    columns = row[...named].map { FieldName.known($0) ?? String($0.trimmed) }
    self.line = line
  }

  fileprivate func check(_ path: String) throws(PlantainError) {
    let known = columns.filter { FieldName.known($0) != nil }.sorted()
    if let twice = zip(known, known.dropFirst()).first(where: { $0 == $1 })?.0 {
      throw ManifestTable.unusable(
        path, line, "two columns are called \(twice)", hint: "Rename one of them.")
    }
    guard columns[0].hasPrefix("#") || columns[0].hasPrefix("//") else { return }
    throw ManifestTable.unusable(
      path, line, "this looks like a comment, which a table cannot have",
      hint: "Remove it: the first line is the header, such as references,prompt,output.")
  }

  fileprivate func record(_ row: [String], line: Int) -> Manifest.Record {
    var record = Manifest.Record(line: line, columns: columns)
    for (name, cell) in zip(columns, row) where name == "prompt" ? !cell.isEmpty : !cell.isBlank {
      record.fields[name] = .text(cell)
    }
    if case .text(let references)? = record.fields["references"] {
      let names = references.split(separator: "|").filter { !$0.isBlank }.map(String.init)
      record.fields["references"] = names.isEmpty ? nil : .list(names)
    }
    if let stray = row.dropFirst(columns.count).first(where: { !$0.isBlank }) {
      record.mistake = .usage(
        "the row has \(row.count) cells, but the header \(columns.count): \(stray.quoted) has no column",
        hint: "Put a cell that contains the separator in quotes, such as \"warm, late\".")
    }
    return record
  }
}
