#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be written. No partial file is left behind.
package enum WriteError: Error, Sendable, Equatable {
  /// A file with this name already exists.
  case exists
  /// A reason, or the system's error message, such as "No space left on device".
  case notWritable(String)
  /// The content to write is no longer available.
  case sourceLost(ContentError)
}

extension WriteError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists: "it already exists"
    case .notWritable(let why): why
    case .sourceLost(let error): "\(error)"
    }
  }
}

/// Writes files atomically: a file appears under its name only when it is complete and on the disk. The steps
/// are a temporary file in the same folder, fsync, rename, and fsync of the folder.
package enum OutputFile {
  /// Writes a file atomically.
  ///
  /// - Parameters:
  ///   - content: read while it is written, so that it need not fit into memory.
  ///   - overwriting: replaces an existing file, following symbolic links. If `false`, an existing file is
  ///     left as it is.
  ///   - isPrivate: makes the file accessible to this user only, whatever the umask. Default: `false`.
  package static func write(
    _ content: PictureContent, to name: String, overwriting: Bool, isPrivate: Bool = false
  ) throws(WriteError) {
    // The intent is to replace a link's target, not the link.
    let path = overwriting ? resolved(name) : name
    let temporary = temporaryName(for: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
    guard descriptor >= 0 else { throw .notWritable(lastError()) }
    do throws(WriteError) {
      try finish(descriptor, with: content)
      try move(temporary, to: path, overwriting: overwriting)
    } catch {
      unlink(temporary)
      throw error
    }
    synchronize(parent(of: path))
  }

  private static func finish(_ descriptor: Int32, with content: PictureContent) throws(WriteError) {
    defer { close(descriptor) }
    let code: Int32
    do throws(ContentError) {
      code = try content.write(to: descriptor)
    } catch {
      throw .sourceLost(error)
    }
    guard code == 0 else { throw .notWritable(String(cString: strerror(code))) }
    guard fsync(descriptor) == 0 else { throw .notWritable(lastError()) }
  }

  /// Resolves symbolic links. Returns the path itself if it does not exist.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// The maximum length of a file name in bytes on common file systems (NAME_MAX).
  private static let longestName = 255

  /// Checks that `path` could be written: nothing is in the way, and its folder, or the nearest existing one
  /// above it, accepts new files. Changes nothing.
  package static func check(_ path: String, overwriting: Bool) throws(WriteError) {
    let name = name(of: path)
    guard !name.isEmpty, name != ".", name != "..", !path.hasSuffix("/") else {
      throw .notWritable("it is not a file name")
    }
    guard name.utf8.count <= longestName else {
      throw .notWritable("its name is longer than \(longestName) bytes")
    }
    var status = stat()
    if read(&status, of: path) {
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notWritable("it exists but is not a file") }
      guard overwriting else { throw .exists }
    } else if lstat(path, &status) == 0 {
      throw .notWritable("it is a symbolic link to a missing file")
    }
    var folder = parent(of: path)
    while stat(folder, &status) != 0 {
      guard errno == ENOENT, parent(of: folder) != folder else { throw .notWritable(lastError()) }
      folder = parent(of: folder)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notWritable("\(folder) is not a folder") }
    guard access(folder, W_OK | X_OK) == 0 else { throw .notWritable(lastError()) }
  }

  /// Creates the folder of `path` and briefly writes a file of one megabyte to it. This is the last check
  /// before something is paid for.
  package static func prepareFolder(of path: String) throws(WriteError) {
    try createFolder(parent(of: path))
    let probe = temporaryName(for: path)
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .notWritable(lastError()) }
    let code = [UInt8](repeating: 1, count: leastRoom).withUnsafeBytes { writeAll($0, to: descriptor) }
    close(descriptor)
    unlink(probe)
    guard code == 0 else { throw .notWritable(String(cString: strerror(code))) }
  }

  /// The least free space to require: less cannot hold a picture and the response that contains it.
  private static let leastRoom = 1 << 20

  /// Creates the folder and the missing ones above it.
  package static func createFolder(_ path: String) throws(WriteError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw .notWritable("\(path) is not a folder") }
      return
    }
    let above = parent(of: path)
    if above != path { try createFolder(above) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .notWritable(lastError()) }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Reads the status of the file that the path leads to, once its missing folders are created.
  ///
  /// - Returns: `false` if there is no file.
  private static func read(_ status: inout stat, of path: String) -> Bool {
    stat(path, &status) == 0 || stat(onceCreated(path), &status) == 0
  }

  /// Identifies a file, whichever path leads to it, by its device and inode.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// - Returns: `nil` when the file does not exist.
    package init?(_ path: String) {
      var status = stat()
      guard OutputFile.read(&status, of: path) else { return nil }
      (device, number) = (
        UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)
      )
    }
  }

  /// The folder for temporary files: TMPDIR, or `/tmp`.
  package static var temporaryFolder: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  }

  /// The path of the containing folder, `.` for a bare name.
  package static func parent(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// The last component of the path.
  package static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  /// A path in the same folder, so that a rename suffices.
  private static func temporaryName(for path: String) -> String {
    "\(parent(of: path))/.plantain-\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
  }

  /// The absolute path, relative to the current folder. Symbolic links are kept.
  package static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  /// Whether two paths lead to one existing file, also through links.
  package static func isSame(_ path: String, _ other: String) -> Bool {
    guard let one = Identity(path) else { return false }
    return one == Identity(other)
  }

  /// The path without the folders that do not exist and that `..` leaves again. Once they are created, both
  /// paths lead to the same file.
  private static func onceCreated(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      let folder = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
      var status = stat()
      if part == "..", let last = parts.last, last != "..", lstat(folder, &status) != 0 {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// The absolute path with the links of its folder resolved, if that folder exists, so that two paths of one
  /// file are equal.
  package static func canonical(_ path: String) -> String {
    let folder = parent(of: path)
    guard let real = realpath(folder, nil) ?? realpath(onceCreated(absolute(folder)), nil) else {
      return absolute(path)
    }
    defer { free(real) }
    let place = String(cString: real)
    return (place == "/" ? "" : place) + "/" + name(of: path)
  }

  private static func move(_ temporary: String, to path: String, overwriting: Bool) throws(WriteError) {
    if overwriting {
      guard rename(temporary, path) == 0 else { throw .notWritable(lastError()) }
      return
    }
    // A hard link fails if a file with that name exists, even one that has just appeared.
    guard link(temporary, path) == 0 else {
      let code = errno
      let why = lastError()
      // Some file systems have no hard links; there the earlier check must suffice.
      let moved =
        (code == EPERM || code == ENOTSUP) && access(path, F_OK) != 0 && rename(temporary, path) == 0
      if moved { return }
      throw code == EEXIST ? .exists : .notWritable(why)
    }
    unlink(temporary)
  }

  private static func synchronize(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}
