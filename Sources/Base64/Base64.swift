import CBase64
public import Core

/// Base64 (RFC 4648) with SIMD kernels, as fast as the CPU's vector instructions or its memory, whichever is
/// slower.
public enum Base64 {
  /// The two alphabets of RFC 4648, which differ in their last two characters.
  public enum Alphabet: Sendable {
    /// The standard alphabet of section 4, with `+` and `/`.
    case standard
    /// The URL-safe alphabet of section 5, with `-` and `_`.
    case urlSafe

    var shim: CBase64Alphabet {
      switch self {
      case .standard: .standard
      case .urlSafe: .urlSafe
      }
    }

    var other: Alphabet { self == .standard ? .urlSafe : .standard }
  }

  /// The length of the text of `count` bytes, in characters.
  ///
  /// - Parameters:
  ///   - count: The number of bytes.
  ///   - padded: Whether the text is padded to four characters for every three bytes or part of them.
  ///     Default: `true`.
  public static func encodedLength(of count: Int, padded: Bool = true) -> Int {
    padded ? (count + 2) / 3 * 4 : (4 * count + 2) / 3
  }

  /// Encodes `bytes` into the start of `text`.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to encode.
  ///   - text: The output buffer. It must hold `encodedLength(of:padded:)` bytes and must not overlap
  ///     `bytes`. A buffer that is too small is a precondition failure.
  ///   - alphabet: The alphabet of the text. Default: standard.
  ///   - padded: Whether the text is padded. Default: `true`.
  ///   - kernel: The implementation. Default: the fastest one.
  /// - Returns: The number of characters written.
  @discardableResult
  public static func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer,
    alphabet: Alphabet = .standard, padded: Bool = true, kernel: Kernel = .best
  ) -> Int {
    // A mistake of the caller, like an index out of range. It never depends on the content of the bytes.
    precondition(text.count >= encodedLength(of: bytes.count, padded: padded), "the text does not fit")
    guard let source = bytes.baseAddress, let target = text.baseAddress else { return 0 }
    return cbase64_encode(kernel.pointer, alphabet.shim, padded, source, bytes.count, target)
  }

  /// Encodes the bytes of a span into the start of `text`, as for a buffer.
  @discardableResult
  public static func encode(
    _ bytes: RawSpan, into text: UnsafeMutableRawBufferPointer, alphabet: Alphabet = .standard,
    padded: Bool = true
  ) -> Int {
    bytes.withUnsafeBytes { encode($0, into: text, alphabet: alphabet, padded: padded) }
  }

  /// The text of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to encode.
  ///   - alphabet: The alphabet of the text. Default: standard.
  ///   - padded: Whether the text is padded. Default: `true`.
  public static func encode(
    _ bytes: PictureBytes, alphabet: Alphabet = .standard, padded: Bool = true
  ) -> String {
    String(unsafeUninitializedCapacity: encodedLength(of: bytes.count, padded: padded)) { text in
      bytes.withUnsafeBytes {
        encode($0, into: UnsafeMutableRawBufferPointer(text), alphabet: alphabet, padded: padded)
      }
    }
  }

  /// The error for text that is not base64.
  public struct DecodingError: Error, Equatable {
    /// The offset of the first invalid character, in bytes from 0; the length of the text if it ends too
    /// early.
    public let offset: Int

    /// Creates an error at an offset in bytes.
    public init(offset: Int) {
      self.offset = offset
    }
  }

  /// Decodes `text` into the start of `bytes`. Decoding is strict: the text has only characters of the
  /// alphabet, exact padding, and zeros in unused bits.
  ///
  /// - Parameters:
  ///   - text: The text to decode.
  ///   - bytes: The output buffer. It must hold three bytes for every four characters, and may be the memory
  ///     of `text` itself. A buffer that is too small is a precondition failure.
  ///   - alphabet: The alphabet of the text. Default: standard.
  ///   - kernel: The implementation. Default: the fastest one.
  /// - Returns: The number of bytes written.
  /// - Throws: `DecodingError` with the offset of the first invalid character.
  public static func decode(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer,
    alphabet: Alphabet = .standard, kernel: Kernel = .best
  ) throws(DecodingError) -> Int {
    // A mistake of the caller, as above. The content of the text never traps.
    precondition(bytes.count >= text.count / 4 * 3, "the bytes do not fit")
    guard let source = text.baseAddress, text.count > 0 else { return 0 }
    // Fewer than four characters need no output buffer and are never a whole group. Nothing is written, but
    // the error has an offset.
    guard let target = bytes.baseAddress else {
      return try withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { room throws(DecodingError) in
        try decode(text, into: room, alphabet: alphabet, kernel: kernel)
      }
    }
    var offset = 0
    let written = cbase64_decode(kernel.pointer, alphabet.shim, source, text.count, target, &offset)
    // The C function returns SIZE_MAX on an error.
    guard written != -1 else { throw DecodingError(offset: offset) }
    return written
  }

  /// The bytes of `text`, decoded by the same strict rules.
  ///
  /// - Parameters:
  ///   - text: The text to decode.
  ///   - alphabet: The alphabet of the text. Default: standard.
  /// - Throws: `DecodingError` with the offset of the first invalid character.
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

  /// The bytes of `text`, decoded by the forgiving rules of `Base64ChunkDecoder`, which accept what real
  /// replies contain.
  ///
  /// - Throws: `DecodingError` with the offset of the first invalid character.
  package static func decodeForgiving(_ text: String) throws(DecodingError) -> PictureBytes {
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
  /// An implementation of base64 for one instruction set.
  public struct Kernel: Sendable, Equatable {
    nonisolated(unsafe) let pointer: OpaquePointer

    /// The fastest kernel that this CPU can run.
    public static let best = Kernel(pointer: cbase64_best_kernel())

    private init(pointer: OpaquePointer) {
      self.pointer = pointer
    }

    /// The kernel with this name: `scalar`, `ssse3`, `avx2`, `avx512`, or `neon`. `nil` if this CPU or this
    /// build does not have it.
    public init?(named name: String) {
      guard let pointer = cbase64_kernel_named(name) else { return nil }
      self.pointer = pointer
    }

    /// The name, such as `avx2`.
    public var name: String { String(cString: cbase64_kernel_name(pointer)) }
  }
}
