import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds files whose names differ from the requested ones only in Unicode normalization. macOS and archives
/// made on it contain decomposed names, typed lists contain composed ones, and on Linux these name different
/// files.
package enum FileSpelling {
  /// Returns the path as it is spelled on the disk.
  ///
  /// - Returns: `path` itself if it exists; `nil` if no file has an equivalent name.
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

  /// A cache of the non-ASCII names in the folders looked at last: a long list of pictures looks into the
  /// same folders again and again.
  private final class Listings: Sendable {
    private struct Listing {
      let folder: String
      let changed: timespec
      /// Keyed by the name: strings are equal in any normal form.
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

    /// Whether the modification time is old enough to show a further change. A folder that changes again soon
    /// may keep its time: FAT stores it in steps of two seconds.
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
