import CBase64

/// A streaming base64 decoder for text in chunks of any length. It accepts what real replies contain: white
/// space anywhere, either alphabet, missing padding, and any value in unused bits (WHATWG Infra,
/// forgiving-base64 decode, plus the URL-safe alphabet).
public struct Base64ChunkDecoder: Sendable {
  private let kernel: Base64.Kernel
  /// The current alphabet. It changes at a character of the other one; in practice, texts do not mix them.
  private var alphabet = Base64.Alphabet.standard
  /// The letters of the current group, six bits each.
  private var group: UInt32 = 0
  private var letters = 0
  private var padding = 0
  /// The number of characters consumed so far.
  public private(set) var offset = 0

  /// Creates a decoder.
  ///
  /// - Parameter kernel: The implementation. Default: the fastest one.
  public init(kernel: Base64.Kernel = .best) {
    self.kernel = kernel
  }

  /// The maximum number of bytes that `count` characters decode to, including those of `finish(into:)`.
  public static func room(for count: Int) -> Int { (count + 6) / 4 * 3 }

  /// Decodes a chunk and writes the bytes of all whole groups to the start of `bytes`, which must hold
  /// `room(for: text.count)` bytes.
  ///
  /// - Returns: The number of bytes written.
  /// - Throws: `DecodingError` with the offset from the first character of the first chunk.
  public mutating func decode(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer
  ) throws(Base64.DecodingError) -> Int {
    // A mistake of the caller. The content of the text never traps.
    precondition(bytes.count >= Self.room(for: text.count), "the bytes do not fit")
    var (at, written) = (0, 0)
    while true {
      let run = decodeLetters(
        UnsafeRawBufferPointer(rebasing: text[at...]),
        into: UnsafeMutableRawBufferPointer(rebasing: bytes[written...]))
      at += run.taken
      written += run.written
      guard at < text.count else { return written }
      try take(text[at])
      at += 1
    }
  }

  /// Decodes only the letters of either alphabet at the start of `text`, and none after padding. The bytes of
  /// all whole groups are written to the start of `bytes`, which must hold `room(for: text.count)` bytes.
  ///
  /// - Returns: The number of characters consumed, and the number of bytes written.
  package mutating func decodeLetters(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer
  ) -> (taken: Int, written: Int) {
    guard padding == 0, let source = text.baseAddress, let target = bytes.baseAddress else { return (0, 0) }
    var (at, written) = (0, 0)
    while at < text.count {
      if letters == 0 {
        let taken = cbase64_decode_groups(
          kernel.pointer, alphabet.shim, source + at, text.count - at, target + written)
        at += taken
        written += taken / 4 * 3
        guard at < text.count else { break }
      }
      guard let value = value(of: text[at]) else { break }
      group = group << 6 | value
      letters += 1
      at += 1
      if letters == 4 { written += flush(to: target + written, count: 3) }
    }
    offset += at
    return (at, written)
  }

  /// Ends the text and writes the bytes of the last, incomplete group to the start of `bytes`, which must
  /// hold two bytes.
  ///
  /// - Returns: The number of bytes written.
  /// - Throws: `DecodingError` for a single letter, or for padding that does not fill its group.
  public mutating func finish(
    into bytes: UnsafeMutableRawBufferPointer
  ) throws(Base64.DecodingError) -> Int {
    guard letters != 1, padding == 0 || letters + padding == 4 else {
      throw Base64.DecodingError(offset: offset)
    }
    guard letters > 1, let target = bytes.baseAddress else { return 0 }
    group <<= UInt32(6 * (4 - letters))
    return flush(to: target, count: letters - 1)
  }

  /// The characters of the last, incomplete group, in the standard alphabet.
  package var unfinished: [UInt8] {
    let last = (0..<letters).map { group >> UInt32(6 * (letters - 1 - $0)) & 63 }
    return last.map { cbase64_letter(.standard, $0) } + [UInt8](repeating: UInt8(ascii: "="), count: padding)
  }

  /// Whether the next character may be `=`.
  package var takesPadding: Bool { letters >= 2 && letters + padding < 4 }

  /// Consumes a character that is not a letter: white space or padding.
  private mutating func take(_ character: UInt8) throws(Base64.DecodingError) {
    switch character {
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20: break
    case UInt8(ascii: "="):
      guard takesPadding else { throw Base64.DecodingError(offset: offset) }
      padding += 1
    default: throw Base64.DecodingError(offset: offset)
    }
    offset += 1
  }

  private mutating func value(of character: UInt8) -> UInt32? {
    let value = cbase64_value(alphabet.shim, character)
    if value <= 63 { return value }
    let other = cbase64_value(alphabet.other.shim, character)
    guard other <= 63 else { return nil }
    alphabet = alphabet.other
    return other
  }

  /// Writes the upper `count` bytes of a group.
  private mutating func flush(to target: UnsafeMutableRawPointer, count: Int) -> Int {
    for position in 0..<count {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * position)), toByteOffset: position,
        as: UInt8.self)
    }
    (group, letters) = (0, 0)
    return count
  }
}
