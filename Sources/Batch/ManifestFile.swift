package import Editing
import Finishing
import Core

/// The kind of a manifest file, and its gateway.
extension Manifest {
  /// The lines or rows of a file, and the header of a table.
  static func records(
    ofFile path: String
  ) throws(PlantainError) -> ([Record], ManifestTable.Head?) {
    try requireKnownKind(path)
    let text = try TextFile.read(path, as: "a manifest", limit: sizeLimit)
    guard path.lowercased().hasSuffix(".csv") else { return (try records(ofLines: text, path), nil) }
    let table = try ManifestTable.read(text, path)
    return (table.records, table.head)
  }

  /// The gateways that a manifest's lines name, their ids separated by commas; `nil` when no line names any,
  /// and for folders.
  ///
  /// - Throws: `usage` when lines name different ones, or only some name one; the errors of `init` when it
  ///   cannot be read.
  package static func gateway(statedIn name: String) throws(PlantainError) -> String? {
    let path = FileSpelling.onDisk(name) ?? name
    guard !OutputFile.isFolder(path) else { return nil }
    let records = try records(ofFile: path).0.filter { $0.mistake == nil }
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
    let name = OutputFile.name(of: path).lowercased()
    guard let dot = name.lastIndex(of: "."), let hint = kinds[String(name[name.index(after: dot)...])],
      OutputFile.exists(path)
    else { return }
    throw PlantainError(
      .input, .unusableFile, "expected a .jsonl or .csv file as a manifest, received \(path)", hint: hint,
      subject: path)
  }

  /// In bytes; a line of a manifest takes a few hundred.
  private static let sizeLimit = ByteCount.megabytes(64)
}
