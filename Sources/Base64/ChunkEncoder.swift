import CBase64

/// Encodes bytes that come in chunks of any length, so that neither they nor their text are ever held whole: the texts of
/// the chunks, one after the other, are the text of all.
public struct Base64ChunkEncoder: Sendable {
  /// 48 KiB, whose 64 KiB of text stay in the second-level cache.
  public static let usualChunk = 48 * 1024

  private let alphabet: Base64.Alphabet
  private let padded: Bool
  private let kernel: Base64.Kernel
  /// One or two bytes that wait for the rest of their group.
  private var carried: [UInt8] = []

  public init(alphabet: Base64.Alphabet = .standard, padded: Bool = true, kernel: Base64.Kernel = .best) {
    self.alphabet = alphabet
    self.padded = padded
    self.kernel = kernel
  }

  /// The most characters that a chunk of `count` bytes gives, the end included.
  public static func room(for count: Int) -> Int { (count + 2) / 3 * 4 + 4 }

  /// Writes the text of all whole groups to the start of `text`, which must hold `room(for: bytes.count)` bytes.
  ///
  /// - Returns: the number of characters written.
  public mutating func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer
  ) -> Int {
    // The caller's own mistake; never a matter of what the bytes are.
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

  /// Writes what is left, with its padding, to the start of `text`, which must hold four bytes.
  ///
  /// - Returns: the number of characters written.
  public mutating func finish(into text: UnsafeMutableRawBufferPointer) -> Int {
    defer { carried = [] }
    return carried.withUnsafeBytes { encode($0, to: text) }
  }

  /// The text of all whole groups.
  public mutating func text(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.room(for: bytes.count)) { room, count in
      count = encode(bytes, into: UnsafeMutableRawBufferPointer(room))
    }
  }

  /// What is left, with its padding.
  public mutating func text() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4) { room, count in
      count = finish(into: UnsafeMutableRawBufferPointer(room))
    }
  }

  private func encode(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) -> Int {
    Base64.encode(bytes, into: text, alphabet: alphabet, padded: padded, kernel: kernel)
  }
}
