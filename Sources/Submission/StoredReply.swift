package import Gateways
import Synchronization
import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file with the raw bytes of a reply, which is kept until the pictures are written. If the process is
/// interrupted after the request was billed, the result is not lost.
///
/// The file is created before anything is sent, and is locked (`flock`) while a process works on it. A file
/// without a lock belongs to no running process.
package final class StoredReply: Sendable {
  private struct File {
    var descriptor: Int32
    var count = 0
    var failure: Int32 = 0
  }

  package let path: String
  private let file: Mutex<File>

  /// The error of a file that cannot be created, opened, or read.
  package struct Failure: Error {
    package let message: String
  }

  /// Creates the file, readable by its owner and by those who share the ledger.
  package init(making path: String) throws(Failure) {
    self.path = path
    let descriptor = openPrivate(path, O_WRONLY | O_EXCL | O_APPEND)
    guard descriptor >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    file = Mutex(File(descriptor: descriptor))
  }

  /// Opens the file of a process that is gone, and locks it.
  package init(reopening path: String) throws(Failure) {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_APPEND)
    guard descriptor >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(message: "another process is using it")
    }
    var status = stat()
    fstat(descriptor, &status)
    file = Mutex(File(descriptor: descriptor, count: Int(status.st_size)))
  }

  deinit { file.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

  /// Appends received bytes. A full disk does not end the reception, because then the copy in memory is the
  /// only one.
  func append(_ bytes: UnsafeRawBufferPointer) {
    file.withLock { file in
      guard file.descriptor >= 0, file.failure == 0 else { return }
      file.failure = writeAll(bytes, to: file.descriptor)
      file.count += bytes.count
    }
  }

  /// Flushes the file to the disk (`fsync`). May block.
  ///
  /// - Returns: Whether all appended bytes are on the disk.
  package func sync() -> Bool {
    file.withLock { $0.failure == 0 && $0.descriptor >= 0 && fsync($0.descriptor) == 0 }
  }

  /// Reads the reply again. May block.
  package func read(status: Int) throws(Failure) -> IncomingReply {
    var lifter = ReplyLifter()
    var room = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let count = file.withLock { pread($0.descriptor, &room, room.count, off_t(offset)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
      guard count > 0 else { break }
      offset += count
      do throws(ReplyLifter.TooLarge) {
        try room.span.bytes.extracting(first: count).withUnsafeBytes { bytes throws(ReplyLifter.TooLarge) in
          try lifter.take(bytes)
        }
      } catch {
        throw Failure(message: "it is larger than \(error.limit) bytes")
      }
    }
    return IncomingReply(status: status, content: lifter.finish())
  }

  /// Whether there is no file at `path`, or an empty one.
  package static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  /// Empties the file, and returns its content. May block.
  ///
  /// - Returns: `nil` if the file cannot be read. It is then left as it is, unless the reply did not fit on
  ///   the disk.
  func takeOut() -> [UInt8]? {
    let isWhole = file.withLock { $0.failure == 0 }
    let bytes = isWhole ? content() : nil
    guard bytes != nil || !isWhole else { return nil }
    return file.withLock { ftruncate($0.descriptor, 0) == 0 ? bytes : nil }
  }

  private func content() -> [UInt8]? {
    // The file may be open for writing only.
    let reader = open(path, O_RDONLY | O_CLOEXEC)
    guard reader >= 0 else { return nil }
    defer { close(reader) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 18)
    while bytes.count <= Self.maximumTakenOut {
      let count = pread(reader, &room, room.count, off_t(bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += room[..<count]
    }
    return nil
  }

  /// A reply with four 4K pictures has less.
  private static let maximumTakenOut = 512 << 20

  /// Writes back what `takeOut` has returned. May block.
  func putBack(_ bytes: [UInt8]) {
    file.withLock { file in
      guard file.descriptor >= 0 else { return }
      _ = bytes.withUnsafeBytes { writeAll($0, to: file.descriptor) }
      fsync(file.descriptor)
    }
  }

  /// Whether nothing was appended.
  package var isEmpty: Bool { file.withLock { $0.count == 0 } }

  /// Deletes the file, because the pictures are written or the file contains nothing useful.
  package func discard() { end { unlink(path) } }

  /// Closes and unlocks the file, and leaves it to later processes. This does not wait for `deinit`, because
  /// the last reference may live longer.
  package func release() { end {} }

  private func end(_ last: () -> Void) {
    file.withLock { file in
      guard file.descriptor >= 0 else { return }
      last()
      close(file.descriptor)
      file.descriptor = -1
    }
  }

  /// Whether a running process has locked the file at `path`.
  package static func isInUse(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
