import Core
import Editing

/// Protects the pictures that a manifest reads from its own results.
extension Batch {
  /// Checks that no result would get the path of a picture that any item reads, however that is named. An
  /// earlier result that is an item's source stays, as the job that wrote it is done.
  ///
  /// - Throws: 73 when one would.
  func requireApart(_ jobs: [BatchJob], of manifest: Manifest) async throws(PlantainError) {
    var readers: [OutputFile.Identity: Manifest.Item] = [:]
    for item in manifest.items {
      for case .file(let path) in item.references + [item.options.finish.mask].compactMap(\.self) {
        guard let file = OutputFile.Identity(path) else { continue }
        readers[file] = readers[file] ?? item
      }
    }
    for item in jobs.flatMap(\.items) where !skipsExisting || item.existing == nil {
      for path in item.possiblePaths {
        guard let reader = OutputFile.Identity(path).flatMap({ readers[$0] }) else { continue }
        // An unreadable picture is reported when its job runs.
        if case .done(isInPlace: true)? = try? await editor.outlook(of: item, again) { break }
        throw .replacing(path, readBy: reader, item, in: manifest.path)
      }
    }
  }
}

extension PlantainError {
  fileprivate static func replacing(
    _ path: String, readBy reader: Manifest.Item, _ item: Manifest.Item, in manifest: String?
  ) -> PlantainError {
    let place = item.isPicture ? item.name : "\(manifest.map { "\($0), " } ?? "")\(item.name)"
    let owner = reader.line == item.line ? "its own pictures" : "the pictures of \(reader.name)"
    return PlantainError(
      .output, .outputExists, "\(place): cannot write \(path): it is one of \(owner)",
      hint: "Choose another output. An original is never replaced by a result. Nothing was sent.",
      subject: path)
  }
}
