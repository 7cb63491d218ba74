import Editing

extension Manifest {
  /// Named pictures in their order, and the pictures of folders and patterns, without those that have the
  /// name of a result.
  ///
  /// - Returns: also the paths of those that are left out.
  static func records(
    ofNames names: [String], isRecursive: Bool, _ defaults: Defaults
  ) throws(PlantainError) -> (records: [Record], leftOut: [String]) {
    let list = try PictureList(names, isRecursive: isRecursive, sparing: defaults.folder)
    let pictures = list.withoutResults(of: defaults)
    let records = pictures.enumerated().map { position, picture in
      Record(line: position + 1, fields: ["references": .list([picture.path])], picture: picture)
    }
    let kept = Set(pictures.map(\.path))
    return (records, list.pictures.map(\.path).filter { !kept.contains($0) })
  }

  /// The warning about pictures that are left out; `nil` without any.
  static func warning(leavingOut paths: [String]) -> String? {
    guard let first = paths.first else { return nil }
    if paths.count == 1 { return "\(first) is left out: it has the name of another picture's result" }
    return
      "\(paths.count) pictures are left out: they have the names of other pictures' results (\(first), …)"
  }
}
