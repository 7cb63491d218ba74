import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A cross-process lock (flock) on a job, released when the process exits, however it ends.
package final class JobLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// - Parameters:
  ///   - path: the lock file, on which all processes that share the ledger agree.
  ///   - place: the output path, written into the file for processes that find it locked.
  /// - Returns: `nil` when another process holds the lock.
  package init?(_ path: String, for place: String) throws(PlantainError) {
    while true {
      let descriptor = openPrivate(path, O_RDWR)
      guard descriptor >= 0 else {
        throw .ledger("\(path): \(String(cString: strerror(errno)))", path)
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        return nil
      }
      // The previous holder may have removed the name between our open and our lock.
      var (own, named) = (stat(), stat())
      if fstat(descriptor, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino {
        self.path = path
        self.descriptor = descriptor
        _ = ftruncate(descriptor, 0)
        let text = Array(place.utf8)
        _ = pwrite(descriptor, text, text.count, 0)
        return
      }
      close(descriptor)
    }
  }

  /// The output path of the process that holds the lock; `nil` when the file does not say, or the job is
  /// done.
  package static func place(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 8_192)
    let count = read(descriptor, &text, text.count)
    return count > 0 ? String(decoding: text.prefix(count), as: UTF8.self) : nil
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
