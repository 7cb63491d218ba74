import Synchronization
import Vocabulary

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a reply as they came, in a file that lies beside the output until the picture is safe there. Whoever pays
/// and is then interrupted, by whatever, still has what was paid for.
///
/// The file appears with the first byte. It goes when it is discarded, unless it was kept.
package final class StoredReply: Sendable {
  private struct File {
    /// -1: nothing has come yet, or the file cannot be made.
    var descriptor: Int32 = -1
    var hasFailed = false
    var isKept = false
  }

  package let path: String
  private let file = Mutex(File())

  package init(path: String) {
    self.path = path
  }

  deinit { discard() }

  /// Ends the file, unless it was kept. Nothing more is added.
  package func discard() {
    file.withLock { file in
      if file.descriptor >= 0 {
        close(file.descriptor)
        if !file.isKept { unlink(path) }
      }
      file = File(hasFailed: true)
    }
  }

  /// Adds what came. A disk that is full does not end the reading: then the picture is all the more to be had.
  func append(_ bytes: UnsafeRawBufferPointer) {
    file.withLock { file in
      guard !file.hasFailed else { return }
      if file.descriptor < 0 {
        file.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
      }
      file.hasFailed = file.descriptor < 0 || writeAll(bytes, to: file.descriptor) != 0
    }
  }

  /// Whether there is a file.
  package var hasBegun: Bool { file.withLock { $0.descriptor >= 0 } }

  /// Leaves the file where it is, or where the caller has moved it.
  package func keep() { file.withLock { $0.isKept = true } }
}
