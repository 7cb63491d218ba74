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
    let path = overwriting ? Path(name).real?.string ?? name : name
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
    synchronize(Path(path).parent.string)
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

  /// The maximum length of a file name in bytes on common file systems (NAME_MAX).
  private static let longestName = 255

  /// Checks that `path` could be written: nothing is in the way, and its folder, or the nearest existing one
  /// above it, accepts new files. Changes nothing.
  package static func check(_ path: String, overwriting: Bool) throws(WriteError) {
    let name = Path(path).name
    guard !name.isEmpty, name != ".", name != "..", !Path(path).namesFolder else {
      throw .notWritable("it is not a file name")
    }
    guard name.utf8.count <= longestName else {
      throw .notWritable("its name is longer than \(longestName) bytes")
    }
    if let status = Path(path).statusOnceCreated {
      guard status.st_mode.isFile else { throw .notWritable("it exists but is not a file") }
      guard overwriting else { throw .exists }
    } else if Path(path).isLink {
      throw .notWritable("it is a symbolic link to a missing file")
    }
    var folder = Path(path).parent
    while !folder.exists {
      guard errno == ENOENT, folder.parent != folder else { throw .notWritable(lastError()) }
      folder = folder.parent
    }
    guard folder.isFolder else { throw .notWritable("\(folder) is not a folder") }
    guard access(folder.string, W_OK | X_OK) == 0 else { throw .notWritable(lastError()) }
  }

  /// Creates the folder of `path` and briefly writes a file of one megabyte to it. This is the last check
  /// before something is paid for.
  package static func prepareFolder(of path: String) throws(WriteError) {
    try createFolder(Path(path).parent)
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
  package static func createFolder(_ folder: Path) throws(WriteError) {
    if let status = folder.status {
      guard status.st_mode.isFolder else { throw .notWritable("\(folder) is not a folder") }
      return
    }
    if folder.parent != folder { try createFolder(folder.parent) }
    guard mkdir(folder.string, 0o777) == 0 || errno == EEXIST else { throw .notWritable(lastError()) }
  }

  /// A path in the same folder, so that a rename suffices.
  private static func temporaryName(for path: String) -> String {
    let mark = String(UInt64.random(in: .min ... .max), radix: 36)
    return Path(path).parent.appending(".plantain-\(mark).partial").string
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
