import CBase64
public import Vocabulary

/// Base64 (RFC 4648, standard alphabet, with padding) at the speed of the CPU's vector instructions.
public enum Base64 {
  /// The text length of `count` bytes: four characters for every three bytes or part of them.
  public static func encodedLength(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes the text of `bytes` to the start of `text`, which must hold `encodedLength(of: bytes.count)` bytes.
  ///
  /// - Returns: the number of characters written.
  @discardableResult
  public static func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer, kernel: Kernel = .best
  ) -> Int {
    // The caller's own mistake, like an index out of range; never a matter of what the bytes are.
    precondition(text.count >= encodedLength(of: bytes.count), "the text does not fit")
    guard let source = bytes.baseAddress, let target = text.baseAddress else { return 0 }
    return kernel.pointer.pointee.encode(source, bytes.count, target)
  }

  /// The text of `bytes`.
  public static func encode(_ bytes: PictureBytes) -> String {
    String(unsafeUninitializedCapacity: encodedLength(of: bytes.count)) { text in
      bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(text)) }
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

  /// Writes the bytes of `text` to the start of `bytes`, which must hold three for every four characters. Strict: only
  /// the alphabet, exact padding, unused bits zero.
  ///
  /// - Returns: the number of bytes written.
  /// - Throws: `DecodingError` with the place of the first fault.
  public static func decode(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer, kernel: Kernel = .best
  ) throws(DecodingError) -> Int {
    // The caller's own mistake, as above; what the text holds is never trapped on.
    precondition(bytes.count >= text.count / 4 * 3, "the bytes do not fit")
    guard let source = text.baseAddress, text.count > 0 else { return 0 }
    // Fewer than four characters need no room and are never whole: nothing is written, but the fault has a place.
    guard let target = bytes.baseAddress else {
      return try withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { room throws(DecodingError) in
        try decode(text, into: room, kernel: kernel)
      }
    }
    var offset = 0
    let written = kernel.pointer.pointee.decode(source, text.count, target, &offset)
    // The shim's SIZE_MAX.
    guard written != -1 else { throw DecodingError(offset: offset) }
    return written
  }

  /// The bytes of `text`, by the same strict rules.
  public static func decode(_ text: String) throws(DecodingError) -> PictureBytes {
    try decode(utf8: Array(text.utf8))
  }

  /// The bytes of `text`, as replies really hold it: white space anywhere, the URL-safe alphabet, padding left out.
  ///
  /// - Throws: `DecodingError` with the place of the first fault in the text without its white space.
  public static func decodeForgiving(_ text: String) throws(DecodingError) -> PictureBytes {
    if let bytes = try? decode(text) { return bytes }
    var strict = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x20: nil
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while strict.count % 4 > 1 { strict.append(UInt8(ascii: "=")) }
    return try decode(utf8: strict)
  }

  private static func decode(utf8 text: [UInt8]) throws(DecodingError) -> PictureBytes {
    try PictureBytes(capacity: text.count / 4 * 3) { room throws(DecodingError) in
      try text.span.bytes.withUnsafeBytes { source throws(DecodingError) in
        try decode(source, into: room)
      }
    }
  }
}

extension Base64 {
  /// One implementation, for one instruction set.
  public struct Kernel: Sendable, Equatable {
    fileprivate nonisolated(unsafe) let pointer: UnsafePointer<CBase64Kernel>

    /// The fastest one that this CPU can run.
    public static let best = Kernel(pointer: cbase64_best_kernel())

    private init(pointer: UnsafePointer<CBase64Kernel>) {
      self.pointer = pointer
    }

    /// The kernel of that name (`scalar`, `avx2`); `nil` when this CPU or this build does not have it.
    public init?(named name: String) {
      guard let pointer = cbase64_kernel_named(name) else { return nil }
      self.pointer = pointer
    }

    public var name: String { String(cString: pointer.pointee.name) }
  }
}
