import Editing

extension Manifest {
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
