#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is at a path.
extension Path {
  package var exists: Bool { access(string, F_OK) == 0 }

  package var isFolder: Bool { status?.st_mode.isFolder == true }

  package var isLink: Bool {
    var status = stat()
    return lstat(string, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether two paths lead to one existing file, also through links.
  package func isSame(as other: Path) -> Bool {
    guard let identity else { return false }
    return identity == other.identity
  }

  /// Identifies a file, whichever path leads to it, by its device and inode.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    fileprivate init(_ status: stat) {
      (device, number) = (
        UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)
      )
    }
  }

  /// The identity of the file; `nil` when it does not exist.
  package var identity: Identity? { statusOnceCreated.map(Identity.init) }

  /// The status of the file that the path leads to.
  var status: stat? {
    var status = stat()
    return stat(string, &status) == 0 ? status : nil
  }

  /// The status of the file that the path leads to once its missing folders are created.
  var statusOnceCreated: stat? { status ?? onceCreated.status }

  /// The absolute path, from the current folder. Symbolic links are kept.
  package var absolute: Path {
    guard !isAbsolute, let folder = getcwd(nil, 0) else { return self }
    defer { free(folder) }
    return Path(String(cString: folder) + "/" + string)
  }

  /// The absolute path with the links of its folders resolved, as far as those exist, so that two paths of
  /// one file are equal.
  package var canonical: Path {
    if let real = parent.real { return real.appending(name) }
    var (folder, missing) = (parent.absolute.onceCreated, [name])
    while true {
      if let real = folder.real { return missing.reversed().reduce(real) { $0.appending($1) } }
      guard folder.parent != folder else { return absolute }
      missing.append(folder.name)
      folder = folder.parent
    }
  }

  /// The path with its symbolic links resolved; `nil` if it does not exist.
  package var real: Path? {
    guard let real = realpath(string, nil) else { return nil }
    defer { free(real) }
    return Path(String(cString: real))
  }

  /// The path without the folders that do not exist and that `..` leaves again. Once they are created, both
  /// paths lead to the same file.
  private var onceCreated: Path {
    var found = Path(isAbsolute ? "/" : "")
    for component in components where component != "." {
      if component == "..", !["", ".."].contains(found.name), !found.isThere {
        found = found.parent
      } else {
        found = found.appending(component)
      }
    }
    return found
  }

  /// Whether something has this name, be it a link to a missing file.
  private var isThere: Bool {
    var status = stat()
    return lstat(string, &status) == 0
  }

  /// The path from the current folder if it is below that; otherwise the path itself.
  package var shown: String {
    let folder = Path(".").absolute.parent.string + "/"
    return string.hasPrefix(folder) ? String(string.dropFirst(folder.count)) : string
  }

  /// The folder for temporary files: TMPDIR, or `/tmp`.
  package static var temporaryFolder: Path { Path(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") }
}

extension mode_t {
  var isFolder: Bool { self & S_IFMT == S_IFDIR }
  var isFile: Bool { self & S_IFMT == S_IFREG }
}
