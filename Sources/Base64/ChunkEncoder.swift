import CBase64

/// A streaming base64 encoder for bytes in chunks of any length, so that neither the bytes nor their text are
/// ever held as a whole. The concatenated texts of the chunks are the text of all bytes.
public struct Base64ChunkEncoder: Sendable {
  /// The recommended size of a chunk in bytes: 48 KiB, whose text of 64 KiB stays in the second-level cache.
  public static let usualChunk = 48 * 1024

  private let alphabet: Base64.Alphabet
  private let padded: Bool
  private let kernel: Base64.Kernel
  /// One or two bytes of an incomplete group.
  private var carried: [UInt8] = []

  /// Creates an encoder.
  ///
  /// - Parameters:
  ///   - alphabet: The alphabet of the text. Default: standard.
  ///   - padded: Whether the text is padded. Default: `true`.
  ///   - kernel: The implementation. Default: the fastest one.
  public init(alphabet: Base64.Alphabet = .standard, padded: Bool = true, kernel: Base64.Kernel = .best) {
    self.alphabet = alphabet
    self.padded = padded
    self.kernel = kernel
  }

  /// The maximum number of characters that a chunk of `count` bytes encodes to, including those of
  /// `finish(into:)`.
  public static func room(for count: Int) -> Int { (count + 2) / 3 * 4 + 4 }

  /// Encodes a chunk and writes the text of all whole groups to the start of `text`, which must hold
  /// `room(for: bytes.count)` bytes.
  ///
  /// - Returns: The number of characters written.
  public mutating func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer
  ) -> Int {
    // A mistake of the caller. It never depends on the content of the bytes.
    precondition(text.count >= Self.room(for: bytes.count), "the text does not fit")
    var (taken, written) = (0, 0)
    if !carried.isEmpty {
      taken = min(3 - carried.count, bytes.count)
      carried += bytes[..<taken]
      guard carried.count == 3 else { return 0 }
      written = carried.withUnsafeBytes { encode($0, to: text) }
      carried = []
    }
    let whole = (bytes.count - taken) / 3 * 3
    written += encode(
      UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + whole]),
      to: UnsafeMutableRawBufferPointer(rebasing: text[written...]))
    carried += bytes[(taken + whole)...]
    return written
  }

  /// Ends the text and writes the last, incomplete group with its padding to the start of `text`, which must
  /// hold four bytes.
  ///
  /// - Returns: The number of characters written.
  public mutating func finish(into text: UnsafeMutableRawBufferPointer) -> Int {
    defer { carried = [] }
    return carried.withUnsafeBytes { encode($0, to: text) }
  }

  /// Encodes a chunk and returns the text of all whole groups.
  public mutating func text(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.room(for: bytes.count)) { room, count in
      count = encode(bytes, into: UnsafeMutableRawBufferPointer(room))
    }
  }

  /// Ends the text and returns the last, incomplete group with its padding.
  public mutating func text() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4) { room, count in
      count = finish(into: UnsafeMutableRawBufferPointer(room))
    }
  }

  private func encode(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) -> Int {
    Base64.encode(bytes, into: text, alphabet: alphabet, padded: padded, kernel: kernel)
  }
}
