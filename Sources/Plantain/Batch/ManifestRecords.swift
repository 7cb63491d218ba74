import Finishing
import Gateways

extension Manifest {
  /// One JSON object a line; empty lines do not count. A line ends with LF, CR LF or CR.
  static func records(ofLines text: String) -> [Record] {
    let lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
    return lines.enumerated().compactMap { position, line in
      // Files that were joined have a byte order mark each.
      let line = line.trimmingPrefix("\u{FEFF}")
      guard line.contains(where: { !$0.isWhitespace }) else { return nil }
      return Record(line: position + 1, fields: JSONValue(parsing: Array(line.utf8)).flatMap(fields))
    }
  }

  private static func fields(_ value: JSONValue) -> [String: Field]? {
    guard case .object(let members) = value else { return nil }
    var fields: [String: Field] = [:]
    for (name, member) in members {
      guard let field = field(member) else { return nil }
      fields[name] = field
    }
    return fields
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

  /// Pictures by their names, in their order, or those that a folder or a pattern stands for, without results of earlier runs.
  static func records(
    ofNames names: [String], isRecursive: Bool, _ defaults: Defaults
  ) throws(PlantainError) -> [Record] {
    let list = try PictureList(names, isRecursive: isRecursive, sparing: defaults.folder)
    return list.withoutResults(of: defaults).enumerated().map { position, picture in
      Record(line: position + 1, fields: ["references": .list([picture.path])], picture: picture)
    }
  }
}
