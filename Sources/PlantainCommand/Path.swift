#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// File names for display.
enum Path {
  static func name(_ path: String) -> String {
    path.hasPrefix("data:") ? "data URI" : path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The path relative to the current folder, if it is below it.
  static func shown(_ path: String) -> String {
    let folder = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
