import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds files whose names are written in another Unicode normal form than on the disk: macOS and its archives have decomposed
/// names, lists that people write have composed ones, and on Linux these are different files.
package enum FileSpelling {
  /// The path as it is on the disk.
  ///
  /// - Returns: `path` itself where there is such a file; `nil` where none has an equivalent name.
  package static func onDisk(_ path: String) -> String? {
    if access(path, F_OK) == 0 { return path }
    guard path.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
    var found = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      let place = found + name
      if access(place, F_OK) == 0 {
        found = place + "/"
      } else {
        guard let name = listings.name(equivalentTo: String(name), in: found.isEmpty ? "." : found) else {
          return nil
        }
        found += name + "/"
      }
    }
    return path.hasSuffix("/") ? found : String(found.dropLast())
  }

  private static let listings = Listings()

  /// The names in the folders last looked at, those in ASCII left out: a long list of pictures looks into the same ones again and
  /// again.
  private final class Listings: Sendable {
    private struct Listing {
      let folder: String
      let changed: timespec
      /// Strings are equal in any normal form.
      let names: [String: String]
    }

    private static let maximum = 8
    private let kept = Mutex<[Listing]>([])

    func name(equivalentTo name: String, in folder: String) -> String? {
      var status = stat()
      guard stat(folder, &status) == 0 else { return nil }
      #if canImport(Darwin)
        let changed = status.st_mtimespec
      #else
        let changed = status.st_mtim
      #endif
      return kept.withLock { kept in
        if let known = kept.first(where: { $0.folder.utf8.elementsEqual(folder.utf8) }),
          known.changed.tv_sec == changed.tv_sec, known.changed.tv_nsec == changed.tv_nsec
        {
          return known.names[name]
        }
        kept.removeAll { $0.folder.utf8.elementsEqual(folder.utf8) }
        let listing = Listing(folder: folder, changed: changed, names: Self.names(in: folder))
        if Self.isOld(changed) {
          if kept.count == Self.maximum { kept.removeFirst() }
          kept.append(listing)
        }
        return listing.names[name]
      }
    }

    /// A folder that changes again so soon may do so without another time: of FAT it is told in steps of two seconds.
    private static func isOld(_ changed: timespec) -> Bool {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return now.tv_sec - changed.tv_sec > 2
    }

    private static func names(in folder: String) -> [String: String] {
      guard let stream = opendir(folder) else { return [:] }
      defer { closedir(stream) }
      var names: [String: String] = [:]
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
        }
        if let name, name.utf8.contains(where: { $0 >= 0x80 }) { names[name] = names[name] ?? name }
      }
      return names
    }
  }
}
