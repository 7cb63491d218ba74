import Core
import Editing

/// A table of edits for a terminal: time, state, cost, picture, prompt, and as much of the id as other
/// commands need.
struct HistoryTable {
  private struct Row {
    let time: String
    let state: String
    let cost: String
    let picture: String
    let prompt: String
    let id: String

    init(_ entry: HistoryEntry, idLength: Int) {
      time = entry.began.localShort
      state = entry.stateWord
      cost = entry.costWords
      picture = Console.printable(entry.pictureWords)
      prompt = Console.printable(
        (entry.prompt ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " "))
      id = String(entry.id.prefix(idLength))
    }
  }

  private let rows: [Row]

  init(_ entries: [HistoryEntry]) {
    let length = Self.idLength(entries.map(\.id))
    rows = entries.map { Row($0, idLength: length) }
  }

  /// The lines, of at most `columns` columns each. On a narrow terminal, each edit takes two lines.
  func lines(columns: Int) -> [String] {
    let state = width("STATE", \.state)
    let cost = width("COST", \.cost)
    let id = width("ID", \.id)
    let rest = columns - Self.timeWidth - state - cost - id - 5 * Self.gap
    guard rest >= Self.leastText else { return narrowLines(columns, state: state, cost: cost) }
    let picture = min(width("PICTURE", \.picture), rest * 45 / 100)
    let line = { (time: String, word: String, sum: String, name: String, prompt: String, key: String) in
      [
        Terminal.fitted(time, Self.timeWidth), Terminal.fitted(word, state), Terminal.fitted(sum, cost),
        Terminal.fitted(name, picture, keepsEnd: true), Terminal.fitted(prompt, rest - picture), key,
      ].joined(separator: "  ")
    }
    return [line("TIME", "STATE", "COST", "PICTURE", "PROMPT", "ID")]
      + rows.map { line($0.time, $0.state, $0.cost, $0.picture, $0.prompt, $0.id) }
  }

  private func narrowLines(_ columns: Int, state: Int, cost: Int) -> [String] {
    rows.flatMap { row in
      let facts = [Terminal.fitted(row.state, state), row.id, row.time, row.cost].joined(separator: "  ")
      let text = row.picture + (row.prompt.isEmpty ? "" : ": " + row.prompt)
      return [facts, "  " + text].map { Self.trimmed(Terminal.fitted($0, columns)) }
    }
  }

  private func width(_ title: String, _ column: KeyPath<Row, String>) -> Int {
    rows.reduce(title.count) { max($0, Terminal.width(of: $1[keyPath: column])) }
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// The length of the prefix that distinguishes the ids; at least 8, which rarely becomes ambiguous.
  private static func idLength(_ ids: [String]) -> Int {
    (8...36).first { length in Set(ids.map { $0.prefix(length) }).count == Set(ids).count } ?? 36
  }

  private static let timeWidth = 12
  private static let gap = 2
  /// The minimum columns for picture and prompt together.
  private static let leastText = 24
}

extension HistoryEntry {
  /// The state, for people to read.
  var stateWord: String {
    if isUnderWay { return "under way" }
    return switch state {
    case "unbilled": "failed"
    case "ambiguous", "sending": "unknown"
    case "accepted", "stored": "to fetch"
    case "without-picture": "no picture"
    case "unusable": "unusable picture"
    case "prepared": "not sent"
    case "written-off": "to send again"
    default: state
    }
  }

  /// The cost, or with a question mark the cost if it was billed.
  var costWords: String {
    guard billed != "no" else { return "-" }
    let sum = cost.amount.map { "\(Summary.number($0)) \(cost.currency ?? "")" } ?? "?"
    return billed == "yes" || sum == "?" ? sum : sum + "?"
  }

  /// The path of its last picture, or else the name of its first source.
  fileprivate var pictureWords: String {
    guard let path = outputs?.last else {
      guard let source = sources.first else { return "" }
      return source.hasPrefix("data:") ? "data URI" : Path(source).name
    }
    return Path(path).shown + (Path(path).exists ? "" : " (gone)")
  }

  /// The path of each picture, and whether it still exists.
  var placeLines: [String] {
    (outputs ?? []).map { "          written: \($0)" + (Path($0).exists ? "" : " (no longer exists)") }
  }
}
