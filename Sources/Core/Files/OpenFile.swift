#if canImport(Glibc)
  package import Glibc
#elseif canImport(Darwin)
  package import Darwin
#endif

/// Why bytes that were prepared cannot be had any more.
public enum ContentError: Error, Sendable, Equatable, Codable {
  /// The file of that name is not what it was when it was prepared.
  case changed(String)
  /// With the system's words.
  case unreadable(String, why: String)
}

extension ContentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .changed(let name): "\(name) has changed since it was prepared"
    case .unreadable(let name, let why): "\(name) cannot be read any more: \(why)"
    }
  }
}

/// An open file whose bytes are read where they are needed. It is never mapped: a mapped file that somebody shortens ends
/// the process that reads it, in the middle of what it was doing.
package final class OpenFile: Sendable {
  /// For messages.
  package let name: String
  package let count: Int
  private let descriptor: Int32
  private let modified: timespec

  /// Takes ownership of a regular file's descriptor, which `status` is of.
  package init(adopting descriptor: Int32, _ status: stat, name: String) {
    self.name = name
    self.descriptor = descriptor
    count = Int(status.st_size)
    modified = Self.modified(status)
  }

  deinit { close(descriptor) }

  /// A file of its own that has no name, so that it goes with the process, however that ends; `nil` when there is no room
  /// for one. It lies in TMPDIR, or where larger temporary files belong (Filesystem Hierarchy Standard, section 5.15).
  package static func nameless(holding content: PictureContent) throws(ContentError) -> OpenFile? {
    let folders = [getenv("TMPDIR").map { String(cString: $0) }, "/var/tmp", "/tmp"].compactMap(\.self)
    guard let descriptor = folders.lazy.compactMap(openNameless).first else { return nil }
    return try filled(descriptor, with: content)
  }

  /// Takes ownership of an empty file's descriptor, and writes `content` into it; `nil` when there is no room for it.
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

  /// Lends the descriptor, for handing it to another process.
  package func withDescriptor<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
    try body(descriptor)
  }

  /// Fills `room` with the bytes from `offset` on.
  ///
  /// - Throws: `changed` when the file ends sooner.
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

  /// The whole, in memory.
  package func readAll() throws(ContentError) -> PictureBytes {
    try PictureBytes(capacity: count) { room throws(ContentError) in
      try read(into: room, at: 0)
      try requireUnchanged()
      return count
    }
  }

  /// - Throws: `changed` when size or time of the last change are not what they were.
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
