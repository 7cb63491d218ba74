package import Editing
import Finishing
import Core

/// The file of a manifest, whose lines or rows are read once: standard input cannot be read again.
package struct ManifestFile: Sendable {
  /// The path as it is spelled on the disk.
  package let path: String
  let records: [Manifest.Record]
  /// The header of a table; `nil` for lines.
  let head: ManifestTable.Head?

  /// Reads the lines of a manifest, without interpreting them.
  ///
  /// - Throws: the errors of `Manifest.init` when it cannot be read.
  package init(reading name: String) throws(PlantainError) {
    path = Path(name).asOnDisk.string
    try Self.requireKnownKind(path)
    let text = try TextFile.read(path, as: "a manifest", mayBeEmpty: true, limit: Self.sizeLimit)
    if Path(path).fileExtension.lowercased() == "csv" {
      let table = try ManifestTable.read(text, path)
      (records, head) = (table.records, table.head)
    } else {
      (records, head) = (try Manifest.records(ofLines: text, path), nil)
    }
  }

  /// The gateways that the lines name, in the form of the option; `nil` when no line names any.
  ///
  /// - Throws: `usage` when lines name different ones, or only some name one.
  package func gateway() throws(PlantainError) -> String? {
    let records = records.filter { $0.mistake == nil }
    let names = records.map { $0.fields["gateway"]?.texts.joined(separator: ",") }
    guard let first = names.firstIndex(where: { $0 != nil }), let stated = names[first] else { return nil }
    if let other = names.firstIndex(where: { $0 != stated }) {
      let message = names[other].map { "names the gateway \($0)" } ?? "names no gateway"
      throw .usage(
        "\(path), line \(records[other].line) \(message), and line \(records[first].line) \(stated)",
        hint: "A run uses the same gateway for all lines: write it into each, or pass one with `gateway`.")
    }
    return stated
  }

  /// Rejects other kinds of tables, by their extensions.
  private static func requireKnownKind(_ path: String) throws(PlantainError) {
    let kinds = [
      "tsv": "Rename it to .csv: tabs may separate its cells.",
      "tab": "Rename it to .csv: tabs may separate its cells.",
      "xlsx": "Save it as CSV in UTF-8.", "xls": "Save it as CSV in UTF-8.",
      "ods": "Save it as CSV in UTF-8.",
      "numbers": "Export it as CSV in UTF-8.",
    ]
    guard let hint = kinds[Path(path).fileExtension.lowercased()], Path(path).exists
    else { return }
    throw PlantainError(
      .input, .unusableFile, "expected a .jsonl or .csv file as a manifest, received \(path)", hint: hint,
      subject: path)
  }

  /// In bytes; a line of a manifest takes a few hundred.
  private static let sizeLimit = ByteCount.megabytes(64)
}
