#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes all bytes, with as many calls to `write` as necessary.
///
/// - Returns: 0, or the `errno` of the call that failed.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var written = 0
  while written < bytes.count {
    let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    written += count
  }
  return 0
}
