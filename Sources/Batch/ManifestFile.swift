public import Editing
import Finishing
import Core

/// Which kind of file a manifest is, and which gateway it is for.
extension Manifest {
  /// The lines or rows of a file, and a table's head.
  static func records(
    ofFile path: String
  ) throws(PlantainError) -> ([Record], ManifestTable.Head?) {
    try requireKnownKind(path)
    let text = try TextFile.read(path, as: "a manifest", limit: sizeLimit)
    guard path.lowercased().hasSuffix(".csv") else { return (try records(ofLines: text, path), nil) }
    let table = try ManifestTable.read(text, path)
    return (table.records, table.head)
  }

  /// The gateways that a manifest's lines name, as `--gateway` takes them; `nil` where no line names any, and for folders.
  ///
  /// - Throws: 64 where lines name different ones, or some name none; as `init` where it cannot be read.
  public static func gateway(statedIn name: String) throws(PlantainError) -> String? {
    let path = FileSpelling.onDisk(name) ?? name
    guard !OutputFile.isFolder(path) else { return nil }
    let records = try records(ofFile: path).0.filter { $0.mistake == nil }
    let names = records.map { $0.fields["gateway"]?.texts.joined(separator: ",") }
    guard let first = names.firstIndex(where: { $0 != nil }), let stated = names[first] else { return nil }
    if let other = names.firstIndex(where: { $0 != stated }) {
      let message = names[other].map { "names the gateway \($0)" } ?? "names no gateway"
      throw .usage(
        "\(path), line \(records[other].line) \(message), and line \(records[first].line) \(stated)",
        hint: "All lines of a run go one way: write it into each, or choose one for all with --gateway.")
    }
    return stated
  }

  /// Tables are told by their names.
  private static func requireKnownKind(_ path: String) throws(PlantainError) {
    let kinds = [
      "tsv": "Rename it to .csv: cells may stand between tabs.",
      "tab": "Rename it to .csv: cells may stand between tabs.",
      "xlsx": "Save it as CSV in UTF-8.", "xls": "Save it as CSV in UTF-8.",
      "ods": "Save it as CSV in UTF-8.",
      "numbers": "Export it as CSV in UTF-8.",
    ]
    let name = OutputFile.name(of: path).lowercased()
    guard let dot = name.lastIndex(of: "."), let hint = kinds[String(name[name.index(after: dot)...])],
      OutputFile.exists(path)
    else { return }
    throw PlantainError(
      .input, .unusableFile, "a manifest is a .jsonl or a .csv file, received \(path)", hint: hint,
      subject: path)
  }

  /// In bytes; a line of a manifest has some hundred.
  private static let sizeLimit = ByteCount.megabytes(64)
}
