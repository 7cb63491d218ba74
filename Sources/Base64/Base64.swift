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

  /// The bytes of `text`. Strict: only the alphabet, exact padding, unused bits zero.
  ///
  /// - Throws: `DecodingError` with the place of the first fault.
  public static func decode(
    _ text: UnsafeRawBufferPointer, kernel: Kernel = .best
  ) throws(DecodingError) -> PictureBytes {
    guard let source = text.baseAddress, text.count > 0 else { return PictureBytes([]) }
    return try PictureBytes(capacity: text.count / 4 * 3) { room throws(DecodingError) in
      var offset = 0
      guard let target = room.baseAddress else { throw DecodingError(offset: text.count) }
      let written = kernel.pointer.pointee.decode(source, text.count, target, &offset)
      guard written != Int(bitPattern: UInt.max) else { throw DecodingError(offset: offset) }
      return written
    }
  }

  /// The bytes of `text`, by the same strict rules.
  public static func decode(_ text: String) throws(DecodingError) -> PictureBytes {
    var text = text
    let outcome = text.withUTF8 { utf8 -> Result<PictureBytes, DecodingError> in
      do throws(DecodingError) {
        return .success(try decode(UnsafeRawBufferPointer(utf8)))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
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
