import Editing

extension Manifest {
  /// Named pictures in their order, and the pictures of folders and patterns, without results of earlier
  /// runs.
  static func records(
    ofNames names: [String], isRecursive: Bool, _ defaults: Defaults
  ) throws(PlantainError) -> [Record] {
    let list = try PictureList(names, isRecursive: isRecursive, sparing: defaults.folder)
    return list.withoutResults(of: defaults).enumerated().map { position, picture in
      Record(line: position + 1, fields: ["references": .list([picture.path])], picture: picture)
    }
  }
}
