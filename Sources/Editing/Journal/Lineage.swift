import Core
import Ledger

/// Edits of the results of earlier edits.
extension LedgerStore {
  /// Checks that the results of an edit can be written, and replace neither a picture that it reads nor an
  /// original of the edits that it continues.
  func requireWritable(_ job: EditJob) async throws(PlantainError) {
    try job.requireWritable()
    guard job.options.overwrites, let parent = job.options.parent, exists else { return }
    try job.output.requireApart(from: try await originals(of: parent))
  }

  /// The pictures that an edit and the edits before it have read, without those that one of them has written.
  private func originals(of edit: String) async throws(PlantainError) -> [Reference] {
    var (next, read, written): (String?, [Reference], Set<Path>) = (edit, [], [])
    for _ in 0..<Self.maximumLineage {
      guard let id = next else { break }
      let entry = try await entry(id)
      read += entry.readPictures
      written.formUnion((entry.outputs ?? []).map { Path($0).canonical })
      next = entry.parent
    }
    return read.filter { reference in
      if case .file(let path) = reference { !written.contains(Path(path).canonical) } else { false }
    }
  }

  /// Longer lineages are not followed.
  private static let maximumLineage = 1_000
}
