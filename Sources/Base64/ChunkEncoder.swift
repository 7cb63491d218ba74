public import Vocabulary

/// Encodes a picture piece by piece, so that its text is never held whole.
///
/// Pieces are cut at multiples of three bytes, where base64 text may be cut too: their texts, one after the other,
/// are the text of the whole.
public struct Base64ChunkEncoder: Sendable {
  private let bytes: PictureBytes
  private let chunk: Int
  private var offset = 0

  /// - Parameter chunk: bytes of picture per piece, at least 3, rounded down to a multiple of three. 48 KiB by default,
  ///   whose 64 KiB of text stay in the second-level cache.
  public init(_ bytes: PictureBytes, chunk: Int = 48 * 1024) {
    self.bytes = bytes
    self.chunk = max(3, chunk - chunk % 3)
  }

  /// The number of characters still to come.
  public var remainingLength: Int { Base64.encodedLength(of: bytes.count - offset) }

  /// The number of characters that the next piece has; 0 at the end.
  public var nextLength: Int { Base64.encodedLength(of: min(chunk, bytes.count - offset)) }

  /// Writes the next piece to the start of `text`, which must hold `nextLength` bytes.
  ///
  /// - Returns: the number of characters written; 0 at the end.
  public mutating func encodeNext(into text: UnsafeMutableRawBufferPointer) -> Int {
    let end = min(offset + chunk, bytes.count)
    defer { offset = end }
    return bytes.withUnsafeBytes { all in
      Base64.encode(UnsafeRawBufferPointer(rebasing: all[offset..<end]), into: text)
    }
  }
}
