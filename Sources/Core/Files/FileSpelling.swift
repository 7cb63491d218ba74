import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Path {
  /// The path as it is spelled on the disk, where names may differ from the given ones in Unicode
  /// normalization: macOS and archives made on it contain decomposed names, typed lists contain composed
  /// ones, and on Linux these name different files.
  ///
  /// - Returns: the path itself if it exists; `nil` if no file has an equivalent name.
  package var onDisk: Path? {
    if exists { return self }
    guard string.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
    var found = Path(isAbsolute ? "/" : "")
    for component in components {
      let place = found.string.isEmpty ? Path(".") : found
      guard let name = place.entry(named: component) else { return nil }
      found = found.appending(name)
    }
    return namesFolder ? Path(found.string + "/") : found
  }

  /// The path as it is spelled on the disk, or the path itself if there is no such file.
  package var asOnDisk: Path { onDisk ?? self }

  /// The name of the entry of this folder, as it is spelled there.
  private func entry(named name: String) -> String? {
    appending(name).exists ? name : FileListings.shared.name(equivalentTo: name, in: string)
  }
}

/// A cache of the non-ASCII names in the folders looked at last: a long list of pictures looks into the
/// same folders again and again.
private final class FileListings: Sendable {
  static let shared = FileListings()

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
