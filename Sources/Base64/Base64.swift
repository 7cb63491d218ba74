import CBase64
public import Core

/// Base64 (RFC 4648) at the speed of the CPU's vector instructions, or of its memory where that is slower.
public enum Base64 {
  /// The two alphabets of RFC 4648, which differ in their last two characters.
  public enum Alphabet: Sendable {
    /// Section 4: `+` and `/`.
    case standard
    /// Section 5: `-` and `_`.
    case urlSafe

    var shim: CBase64Alphabet {
      switch self {
      case .standard: .standard
      case .urlSafe: .urlSafe
      }
    }

    var other: Alphabet { self == .standard ? .urlSafe : .standard }
  }

  /// The text length of `count` bytes: four characters for every three bytes or part of them; without padding, as many
  /// as it takes.
  public static func encodedLength(of count: Int, padded: Bool = true) -> Int {
    padded ? (count + 2) / 3 * 4 : (4 * count + 2) / 3
  }

  /// Writes the text of `bytes` to the start of `text`, which must hold `encodedLength(of: bytes.count)` bytes and may not
  /// overlap it.
  ///
  /// - Returns: the number of characters written.
  @discardableResult
  public static func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer,
    alphabet: Alphabet = .standard, padded: Bool = true, kernel: Kernel = .best
  ) -> Int {
    // The caller's own mistake, like an index out of range; never a matter of what the bytes are.
    precondition(text.count >= encodedLength(of: bytes.count, padded: padded), "the text does not fit")
    guard let source = bytes.baseAddress, let target = text.baseAddress else { return 0 }
    return cbase64_encode(kernel.pointer, alphabet.shim, padded, source, bytes.count, target)
  }

  /// The same from a span.
  @discardableResult
  public static func encode(
    _ bytes: RawSpan, into text: UnsafeMutableRawBufferPointer, alphabet: Alphabet = .standard,
    padded: Bool = true
  ) -> Int {
    bytes.withUnsafeBytes { encode($0, into: text, alphabet: alphabet, padded: padded) }
  }

  /// The text of `bytes`.
  public static func encode(
    _ bytes: PictureBytes, alphabet: Alphabet = .standard, padded: Bool = true
  ) -> String {
    String(unsafeUninitializedCapacity: encodedLength(of: bytes.count, padded: padded)) { text in
      bytes.withUnsafeBytes {
        encode($0, into: UnsafeMutableRawBufferPointer(text), alphabet: alphabet, padded: padded)
      }
    }
  }

  /// Text that is not base64.
  public struct DecodingError: Error, Equatable {
    /// Where the first character is that does not belong there, counted in bytes from 0; the length of the text when
    /// it ends too early.
    public let offset: Int

    public init(offset: Int) {
      self.offset = offset
    }
  }

  /// Writes the bytes of `text` to the start of `bytes`, which must hold three for every four characters and may be the
  /// memory of `text` itself. Strict: only the alphabet, exact padding, unused bits zero.
  ///
  /// - Returns: the number of bytes written.
  /// - Throws: `DecodingError` with the place of the first fault.
  public static func decode(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer,
    alphabet: Alphabet = .standard, kernel: Kernel = .best
  ) throws(DecodingError) -> Int {
    // The caller's own mistake, as above; what the text holds is never trapped on.
    precondition(bytes.count >= text.count / 4 * 3, "the bytes do not fit")
    guard let source = text.baseAddress, text.count > 0 else { return 0 }
    // Fewer than four characters need no room and are never whole: nothing is written, but the fault has a place.
    guard let target = bytes.baseAddress else {
      return try withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { room throws(DecodingError) in
        try decode(text, into: room, alphabet: alphabet, kernel: kernel)
      }
    }
    var offset = 0
    let written = cbase64_decode(kernel.pointer, alphabet.shim, source, text.count, target, &offset)
    // The shim's SIZE_MAX.
    guard written != -1 else { throw DecodingError(offset: offset) }
    return written
  }

  /// The bytes of `text`, by the same strict rules.
  public static func decode(
    _ text: String, alphabet: Alphabet = .standard
  ) throws(DecodingError) -> PictureBytes {
    let text = Array(text.utf8)
    return try PictureBytes(capacity: text.count / 4 * 3) { room throws(DecodingError) in
      try text.span.bytes.withUnsafeBytes { source throws(DecodingError) in
        try decode(source, into: room, alphabet: alphabet)
      }
    }
  }

  /// The bytes of `text`, as replies really hold it: see `Base64ChunkDecoder`.
  ///
  /// - Throws: `DecodingError` with the place of the first fault.
  public static func decodeForgiving(_ text: String) throws(DecodingError) -> PictureBytes {
    let text = Array(text.utf8)
    return try PictureBytes(capacity: Base64ChunkDecoder.room(for: text.count)) {
      room throws(DecodingError) in
      var decoder = Base64ChunkDecoder()
      let written = try text.span.bytes.withUnsafeBytes { source throws(DecodingError) in
        try decoder.decode(source, into: room)
      }
      return written + (try decoder.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[written...])))
    }
  }
}

extension Base64 {
  /// One implementation, for one instruction set.
  public struct Kernel: Sendable, Equatable {
    nonisolated(unsafe) let pointer: OpaquePointer

    /// The fastest one that this CPU can run.
    public static let best = Kernel(pointer: cbase64_best_kernel())

    private init(pointer: OpaquePointer) {
      self.pointer = pointer
    }

    /// The kernel of that name (`scalar`, `ssse3`, `avx2`, `avx512`, `neon`); `nil` when this CPU or this build does not
    /// have it.
    public init?(named name: String) {
      guard let pointer = cbase64_kernel_named(name) else { return nil }
      self.pointer = pointer
    }

    public var name: String { String(cString: cbase64_kernel_name(pointer)) }
  }
}
