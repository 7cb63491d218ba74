import Core
import Editing
import Gateways

extension Manifest {
  /// Reads JSON lines: one object per line, ended by LF, CR LF or CR. Empty lines are skipped.
  ///
  /// - Throws: `unusableFile` for a file that is a JSON array.
  static func records(ofLines text: String, _ path: String) throws(PlantainError) -> [Record] {
    let lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
    let records = lines.enumerated().compactMap { position, line -> Record? in
      // In concatenated files, each begins with its own byte order mark.
      let line = line.trimmingPrefix("\u{FEFF}")
      guard line.contains(where: { !$0.isWhitespace }) else { return nil }
      return record(String(line), line: position + 1)
    }
    try requireNoArray(text, path)
    return records
  }

  private static func requireNoArray(_ text: String, _ path: String) throws(PlantainError) {
    guard text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) == "[" else { return }
    throw PlantainError(
      .input, .unusableFile, "\(path) is a JSON array, but a manifest has one JSON object per line",
      hint: "Remove the brackets and the commas between objects, as jq -c '.[]' does.", subject: path)
  }

  private static func record(_ text: String, line: Int) -> Record {
    var record = Record(line: line)
    guard case .object(let members)? = JSONValue(parsing: Array(text.utf8)) else {
      record.mistake = notAnObject(text)
      return record
    }
    if let key = RepeatedKey.find(in: text) {
      record.mistake = repeated(key)
      return record
    }
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      let known = FieldName.known(name) ?? name
      guard let field = field(member) else {
        record.mistake = .usage(
          "\(expected), but \(name) is something else", hint: objectHint)
        continue
      }
      if record.fields.updateValue(field, forKey: known) != nil {
        record.mistake = repeated(known)
      }
    }
    return record
  }

  private static func repeated(_ key: String) -> PlantainError {
    .usage("the key \(key) occurs twice", hint: "Remove one of them.")
  }

  private static let expected =
    "expected one JSON object with strings, numbers, true, false, and lists of strings"
  private static let objectHint =
    #"Write, for example, {"references": ["a.jpg"], "prompt": "a warm evening"}."#

  private static func notAnObject(_ text: String) -> PlantainError {
    let text = text.trimmed
    if text.hasPrefix("#") || text.hasPrefix("//") {
      return .usage(
        "this looks like a comment, which JSON does not allow; \(expected)", hint: "Remove the line.")
    }
    if text.hasPrefix("{") {
      return .usage(
        "\(expected), but this is not valid JSON",
        hint: "Keep an object on one line, and write quotes in a string as \\\". \(objectHint)")
    }
    return .usage(
      "\(expected), received \(text.quoted)",
      hint: "\(objectHint) Save a table under a name that ends in .csv.")
  }

  private static func field(_ value: JSONValue) -> Field? {
    switch value {
    case .string(let text): .text(text)
    case .bool(let isOn): .text(isOn ? "true" : "false")
    case .number(let number): .text(Int(exactly: number).map { "\($0)" } ?? "\(number)")
    case .array(let values): texts(values).map(Field.list)
    case .null, .object, .lifted: nil
    }
  }

  private static func texts(_ values: [JSONValue]) -> [String]? {
    let texts = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    return texts.count == values.count ? texts : nil
  }
}
