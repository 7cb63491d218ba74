import SwiftCSV

extension Manifest {
  /// A head with names, then a record for each edit; `|` stands between references. Rows in which nothing stands do not count,
  /// but are counted in the line numbers.
  static func records(ofCSV text: String, _ path: String) throws(PlantainError) -> [Record] {
    var table = Table()
    do {
      let (text, stated) = withoutSeparatorLine(text.replacing("\u{FEFF}", with: ""))
      let delimiter = stated ?? CSVDelimiter.guessed(string: text)
      try CSV<Unread>(string: text, delimiter: delimiter, loadColumns: false)
        .enumerateAsArray(startAt: 0, rowLimit: nil) { table.add($0) }
    } catch {
      throw unusable(
        path, "\(path) is not CSV: \(error)", hint: "Quote cells that hold quotes or commas.")
    }
    if let name = table.repeatedName {
      throw unusable(path, "\(path) has two columns called \(name)", hint: "Rename one of them.")
    }
    return table.records
  }

  private static func unusable(_ path: String, _ words: String, hint: String) -> PlantainError {
    PlantainError(.input, .unusableFile, words, hint: hint, subject: path)
  }

  /// Spreadsheets say in a first line `sep=;` what stands between cells.
  private static func withoutSeparatorLine(_ text: String) -> (String, CSVDelimiter?) {
    let line = text.prefix { !$0.isNewline }
    let words = line.replacing("\"", with: "")
    guard words.lowercased().hasPrefix("sep=") else { return (text, nil) }
    // Rows of a spreadsheet are equally long: it may be followed by empty cells.
    guard let separator = words.dropFirst(4).first else { return (text, nil) }
    return (String(text[line.endIndex...].dropFirst()), CSVDelimiter(unicodeScalarLiteral: separator))
  }

  /// The rows of a CSV as they are found.
  private struct Table {
    private(set) var records: [Record] = []
    private var names: [String]?
    /// Of the records, those without content included.
    private var count = 0

    mutating func add(_ row: [String]) {
      let isBlank = row.allSatisfy { $0.allSatisfy(\.isWhitespace) }
      guard let names else {
        if !isBlank { self.names = row.map(Self.columnName) }
        return
      }
      count += 1
      guard !isBlank else { return }
      var fields: [String: Field] = [:]
      for (name, cell) in zip(names, row) where !cell.isEmpty { fields[name] = .text(cell) }
      if case .text(let references)? = fields["references"] {
        fields["references"] = .list(references.split(separator: "|").map(String.init))
      }
      records.append(Record(line: count, fields: fields, hasColumns: true))
    }

    /// A name with a meaning counts however it is capitalized; others are the user's own.
    private static func columnName(_ cell: String) -> String {
      let name = String(cell.trimmed)
      return ItemReader.isKnown(name.lowercased()) ? name.lowercased() : name
    }

    /// A name with a meaning that two columns have.
    var repeatedName: String? {
      let known = (names ?? []).filter(ItemReader.isKnown).sorted()
      return zip(known, known.dropFirst()).first { $0 == $1 }?.0
    }
  }

  /// Nothing but the text: rows are taken one by one, as long as they are, and not filled up to the length of the longest.
  private struct Unread: CSVView {
    var rows: [[String]] { [] }
    var columns: Void? { nil }

    init(header: [String], text: String, delimiter: CSVDelimiter, loadColumns: Bool, rowLimit: Int?) {}

    func serialize(header: [String], delimiter: CSVDelimiter) -> String { "" }
  }
}
