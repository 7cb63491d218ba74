#if canImport(Glibc)
  package import Glibc
#elseif canImport(Darwin)
  package import Darwin
#endif

/// Why prepared bytes are no longer available.
package enum ContentError: Error, Sendable, Equatable, Codable {
  /// The file with this name has changed since it was prepared.
  case changed(String)
  /// The file with this name cannot be read; `why` is the system's error message.
  case unreadable(String, why: String)
}

extension ContentError: CustomStringConvertible {
  /// The error as a sentence that names the file.
  package var description: String {
    switch self {
    case .changed(let name): "\(name) has changed since it was prepared"
    case .unreadable(let name, let why): "\(name) can no longer be read: \(why)"
    }
  }
}

/// An open file whose bytes are read on demand. It is never memory-mapped: when another program truncates a
/// mapped file, the process that reads it is killed.
package final class OpenFile: Sendable {
  /// The name to show in messages.
  package let name: String
  /// The size in bytes.
  package let count: Int
  private let descriptor: Int32
  private let modified: timespec

  /// Takes ownership of a regular file's descriptor, whose `fstat` result is `status`.
  package init(adopting descriptor: Int32, _ status: stat, name: String) {
    self.name = name
    self.descriptor = descriptor
    count = Int(status.st_size)
    modified = Self.modified(status)
  }

  deinit { close(descriptor) }

  /// Writes `content` to an unlinked temporary file, which disappears with the process, however that ends. It
  /// is created in TMPDIR, or else in /var/tmp or /tmp, where larger temporary files belong (Filesystem
  /// Hierarchy Standard, section 5.15).
  ///
  /// - Returns: `nil` when no such file can be created or there is no space for it.
  package static func nameless(holding content: PictureContent) throws(ContentError) -> OpenFile? {
    let folders = [getenv("TMPDIR").map { String(cString: $0) }, "/var/tmp", "/tmp"].compactMap(\.self)
    guard let descriptor = folders.lazy.compactMap(openNameless).first else { return nil }
    return try filled(descriptor, with: content)
  }

  /// Takes ownership of an empty file's descriptor and writes `content` to it.
  ///
  /// - Returns: `nil` when there is no space for it.
  package static func filled(
    _ descriptor: Int32, with content: PictureContent
  ) throws(ContentError) -> OpenFile? {
    var status = stat()
    do throws(ContentError) {
      guard try content.write(to: descriptor) == 0, fstat(descriptor, &status) == 0 else {
        close(descriptor)
        return nil
      }
    } catch {
      close(descriptor)
      throw error
    }
    return OpenFile(adopting: descriptor, status, name: "a temporary file")
  }

  private static func openNameless(in folder: String) -> Int32? {
    let path = "\(folder)/.plantain-\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    unlink(path)
    return descriptor
  }

  /// Calls `body` with the descriptor, for passing it to another process.
  package func withDescriptor<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
    try body(descriptor)
  }

  /// Fills `room` with the bytes from `offset` on.
  ///
  /// - Throws: `changed` when the file ends before `room` is full.
  package func read(into room: UnsafeMutableRawBufferPointer, at offset: Int) throws(ContentError) {
    var filled = 0
    while filled < room.count {
      let got = pread(
        descriptor, room.baseAddress.map { $0 + filled }, room.count - filled, off_t(offset + filled))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .unreadable(name, why: String(cString: strerror(errno))) }
      guard got > 0 else { throw .changed(name) }
      filled += got
    }
  }

  /// Reads the whole file into memory.
  package func readAll() throws(ContentError) -> PictureBytes {
    try PictureBytes(capacity: count) { room throws(ContentError) in
      try read(into: room, at: 0)
      try requireUnchanged()
      return count
    }
  }

  /// Checks that the file has not changed since it was opened.
  ///
  /// - Throws: `changed` when its size or modification time differ.
  package func requireUnchanged() throws(ContentError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(name, why: String(cString: strerror(errno)))
    }
    let now = Self.modified(status)
    guard Int(status.st_size) == count, now.tv_sec == modified.tv_sec, now.tv_nsec == modified.tv_nsec else {
      throw .changed(name)
    }
  }

  private static func modified(_ status: stat) -> timespec {
    #if canImport(Darwin)
      status.st_mtimespec
    #else
      status.st_mtim
    #endif
  }
}
