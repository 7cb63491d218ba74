#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A job that this process is at. Other processes see it, and it ends with the process, however that ends.
final class JobClaim: Sendable {
  private let path: String
  private let descriptor: Int32

  /// - Parameter path: a file that all who share the ledger agree on.
  /// - Returns: `nil` when another is at it.
  init?(_ path: String) throws(PlantainError) {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
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
        return
      }
      close(descriptor)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
