import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A job that this process is at. Other processes see it, and it ends with the process, however that ends.
package final class JobLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// - Parameters:
  ///   - path: a file that all who share the ledger agree on.
  ///   - place: where the result goes, for those who find it taken.
  /// - Returns: `nil` when another is at it.
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
      // The one before may have removed the name between our opening and locking it.
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

  /// Where the result of the job that another is at goes; `nil` when it does not say, or is done.
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
