import CSHA256

/// An incremental SHA-256 (FIPS 180-4). It uses the CPU's SHA instructions where they exist.
package struct SHA256 {
  private var state = CSHA256State()

  /// - Parameter kernel: one of `kernels`, for tests. Default: `nil`, the fastest one that this CPU supports.
  package init(kernel: String? = nil) {
    let named = kernel.flatMap { csha256_kernel_named($0) }
    csha256_start(&state, named ?? csha256_best_kernel())
  }

  /// The names of the kernels that this CPU supports.
  package static var kernels: [String] {
    ["sha-ni", "armv8", "portable"].filter { csha256_kernel_named($0) != nil }
  }

  /// Adds bytes to the message that is hashed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    csha256_update(&state, bytes.baseAddress, bytes.count)
  }

  /// The digest as 64 hexadecimal digits.
  package consuming func hexadecimal() -> String {
    let digest = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { room in
      csha256_finish(&state, room.baseAddress)
      return [UInt8](room)
    }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension PictureContent {
  /// SHA-256 as 64 hexadecimal digits.
  package func sha256() throws(ContentError) -> String {
    var hash = SHA256()
    try visit {
      hash.update($0)
      return true
    }
    return hash.hexadecimal()
  }
}

extension PictureBytes {
  /// SHA-256 as 64 hexadecimal digits.
  package var sha256: String {
    withUnsafeBytes { memory in
      var hash = SHA256()
      hash.update(memory)
      return hash.hexadecimal()
    }
  }
}
