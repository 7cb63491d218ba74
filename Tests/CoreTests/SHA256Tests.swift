import Testing
import Core

/// Digests from NIST's examples and the Secure Hash Standard Validation System (SHA256ShortMsg,
/// SHA256LongMsg), on every kernel that this CPU has.
@Suite struct `SHA-256` {
  private static let vectors: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ([0xd3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: SHA256.kernels)
  func `every kernel gives the digests that NIST publishes`(kernel: String) {
    for (message, digest) in Self.vectors {
      #expect(hash(message, kernel, pieces: [message.count]) == digest, "\(message.count) bytes")
    }
  }

  /// Lengths around the ends of blocks, where the padding takes one or two blocks.
  @Test(arguments: SHA256.kernels)
  func `the digest does not depend on the pieces or the kernel`(kernel: String) {
    for count in 0...300 {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
      let whole = hash(message, "portable", pieces: [count])
      #expect(hash(message, kernel, pieces: [count]) == whole, "\(count) bytes")
      #expect(hash(message, kernel, pieces: [1]) == whole, "\(count) bytes, one by one")
      #expect(hash(message, kernel, pieces: [63, 64, 65, 1]) == whole, "\(count) bytes in pieces")
    }
  }

  @Test func `a picture's digest is that of its bytes, in memory or in pieces`() throws {
    let bytes = PictureBytes(Array("abc".utf8))
    let pieces = PictureContent([
      .memory(PictureBytes(Array("a".utf8))), .memory(PictureBytes(Array("bc".utf8))),
    ])
    #expect(bytes.sha256 == Self.vectors[1].digest)
    #expect(try pieces.sha256() == Self.vectors[1].digest)
  }

  private func hash(_ message: [UInt8], _ kernel: String, pieces: [Int]) -> String {
    var hash = SHA256(kernel: kernel)
    message.withUnsafeBytes { memory in
      var rest = memory[...]
      var turn = 0
      while !rest.isEmpty {
        let piece = rest.prefix(pieces[turn % pieces.count])
        hash.update(UnsafeRawBufferPointer(rebasing: piece))
        rest = rest.dropFirst(piece.count)
        turn += 1
      }
    }
    return hash.hexadecimal()
  }
}
