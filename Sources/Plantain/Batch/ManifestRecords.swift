import Finishing
import Gateways
import Imaging
import SwiftCSV

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Manifest {
  /// One JSON object a line; empty lines do not count.
  static func records(ofLines text: String) -> [Record] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { position, line in
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

  /// A head with names, then a record for each edit; `|` stands between references.
  static func records(ofCSV text: String, _ path: String) throws(PlantainError) -> [Record] {
    let rows: [[String: String]]
    do {
      rows = try CSV<Named>(string: text.replacing("\u{FEFF}", with: ""), loadColumns: false).rows
    } catch {
      throw PlantainError(
        .input, .unusableFile, "\(path) is not CSV: \(error)",
        hint: "Quote cells that hold quotes or commas.", subject: path)
    }
    return rows.enumerated().map { position, row in
      var fields = row.filter { !$0.value.isEmpty }.mapValues { Field.text($0) }
      if case .text(let references)? = fields["references"] {
        fields["references"] = .list(references.split(separator: "|").map(String.init))
      }
      return Record(line: position + 1, fields: fields, hasColumns: true)
    }
  }

  /// Every picture in a folder, by its name's extension, in the names' order.
  static func records(inFolder path: String) throws(PlantainError) -> [Record] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw PlantainError(
        .input, .unreadable, "cannot read the folder \(path)", hint: "Check its permissions.", subject: path)
    }
    let pictures = names.filter { name in
      guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
      return PictureFormat.named(byExtension: String(name[name.index(after: dot)...]))?.isReadable == true
    }
    return pictures.enumerated().map { position, name in
      Record(line: position + 1, fields: ["references": .list(["\(path)/\(name)"])])
    }
  }
}
