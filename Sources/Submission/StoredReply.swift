package import Gateways
import Synchronization
import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a reply as they came, in a file that stays until the pictures are safe. Whoever pays and is then
/// interrupted, by whatever, still has what was paid for.
///
/// The file is made before anything is sent, and is locked as long as its process works on it: a file that is not locked
/// belongs to nobody who lives.
package final class StoredReply: Sendable {
  private struct File {
    var descriptor: Int32
    var count = 0
    var failure: Int32 = 0
  }

  package let path: String
  private let file: Mutex<File>

  /// Why the file cannot be made.
  package struct Failure: Error {
    package let message: String
  }

  /// Makes the file, readable by its owner, and by those who share the ledger.
  package init(making path: String) throws(Failure) {
    self.path = path
    let descriptor = openPrivate(path, O_WRONLY | O_EXCL | O_APPEND)
    guard descriptor >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    file = Mutex(File(descriptor: descriptor))
  }

  /// Takes over the file of a process that is gone.
  package init(reopening path: String) throws(Failure) {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_APPEND)
    guard descriptor >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(message: "another process works on it")
    }
    var status = stat()
    fstat(descriptor, &status)
    file = Mutex(File(descriptor: descriptor, count: Int(status.st_size)))
  }

  deinit { file.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

  /// Adds what came. A disk that is full does not end the reading: then the picture is all the more to be had.
  func append(_ bytes: UnsafeRawBufferPointer) {
    file.withLock { file in
      guard file.descriptor >= 0, file.failure == 0 else { return }
      file.failure = writeAll(bytes, to: file.descriptor)
      file.count += bytes.count
    }
  }

  /// Returns when everything that was added is on the disk. May block.
  ///
  /// - Returns: whether it is.
  package func sync() -> Bool {
    file.withLock { $0.failure == 0 && $0.descriptor >= 0 && fsync($0.descriptor) == 0 }
  }

  /// The reply once more, as it was received. May block.
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
        throw Failure(message: "it is longer than \(error.limit) bytes")
      }
    }
    return IncomingReply(status: status, content: lifter.finish())
  }

  /// Whether nothing lies under that name, or an empty file.
  package static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  package var isEmpty: Bool { file.withLock { $0.count == 0 } }

  /// Removes the file: the pictures are safe, or there is nothing in it.
  package func discard() { end { unlink(path) } }

  /// Leaves the file to whoever comes next. The last reference may go later than its owner says that he is done.
  package func release() { end {} }

  private func end(_ last: () -> Void) {
    file.withLock { file in
      guard file.descriptor >= 0 else { return }
      last()
      close(file.descriptor)
      file.descriptor = -1
    }
  }

  /// Whether a process that lives works on the file of that name.
  package static func isInUse(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
