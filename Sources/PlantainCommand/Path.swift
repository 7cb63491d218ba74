#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Names of files as they are shown.
enum Path {
  static func name(_ path: String) -> String {
    path.hasPrefix("data:") ? "data URI" : path.split(separator: "/").last.map(String.init) ?? path
  }

  /// From the current folder, where it lies below that.
  static func shown(_ path: String) -> String {
    let folder = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
