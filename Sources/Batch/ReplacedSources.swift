import Core
import Editing
import Ledger

/// Protects the pictures that a manifest reads from its own results.
extension Batch {
  /// Checks that no result would get the path of a picture that any item reads, however that is named. An
  /// earlier result that is an item's source stays, as the job that wrote it is done.
  ///
  /// - Throws: `outputExists` when one would.
  func requireApart(_ jobs: [BatchJob], of manifest: Manifest) async throws(PlantainError) {
    var readers: [Path.Identity: Manifest.Item] = [:]
    for item in manifest.items {
      for case .file(let path) in item.references + [item.options.finish.mask].compactMap(\.self) {
        guard let file = Path(path).identity else { continue }
        readers[file] = readers[file] ?? item
      }
    }
    let foreign = try await foreignPictures(in: manifest)
    for item in jobs.flatMap(\.items) where !skipsExisting || item.existing == nil {
      for path in item.possiblePaths {
        if item.options.overwrites, Path(path).identity.map(foreign.contains) == true {
          throw .replacingForeign(path, item)
        }
        guard let reader = Path(path).identity.flatMap({ readers[$0] }) else { continue }
        // An unreadable picture is reported when its job runs.
        if case .done(isInPlace: true)? = try? await editor.outlook(of: item, again) { break }
        throw .replacing(path, readBy: reader, item, in: manifest.path)
      }
    }
  }
}

extension Batch {
  /// The pictures that have the name of a result, although no edit in the ledger has written them.
  private func foreignPictures(in manifest: Manifest) async throws(PlantainError) -> Set<Path.Identity> {
    guard !manifest.leftOut.isEmpty else { return [] }
    let store = editor.store
    let names = manifest.leftOut.map { [Path($0).absolute.string, Path($0).canonical.string] }
    let written: Set<String> =
      store.exists
      ? try await store.with { ledger throws(LedgerError) in
        try await ledger.written(among: names.flatMap(\.self))
      } : []
    let foreign = zip(manifest.leftOut, names).filter { written.isDisjoint(with: $0.1) }
    return Set(foreign.compactMap { Path($0.0).identity })
  }
}

extension PlantainError {
  fileprivate static func replacingForeign(_ path: String, _ item: Manifest.Item) -> PlantainError {
    PlantainError(
      .output, .outputExists, "\(item.name): cannot write \(path): no edit in the ledger has written it",
      hint: "Choose another output or name pattern. An original is never replaced. Nothing was sent.",
      subject: path)
  }

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
