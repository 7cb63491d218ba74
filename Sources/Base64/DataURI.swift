public import Core

/// A picture as a `data:` URI (RFC 2397): `data:image/jpeg;base64,…`.
public struct DataURI: Sendable {
  public let mediaType: MediaType
  public let bytes: PictureBytes

  public init(mediaType: MediaType, bytes: PictureBytes) {
    self.mediaType = mediaType
    self.bytes = bytes
  }

  public enum ParsingError: Error, Equatable {
    /// The text does not begin with `data:` or has no comma.
    case notADataURI
    /// The part before the comma does not end in `;base64`.
    case notBase64
    /// What follows the comma is not base64; the offset counts from the start of the URI.
    case badText(offset: Int)
  }

  /// Reads `data:TYPE;base64,TEXT`. Parameters between type and `;base64` are ignored; a missing type stays empty.
  public init(parsing text: String) throws(ParsingError) {
    let utf8 = text.utf8
    guard Self.isDataURI(text), let comma = utf8.firstIndex(of: UInt8(ascii: ",")) else {
      throw .notADataURI
    }
    let head = text[utf8.index(utf8.startIndex, offsetBy: 5)..<comma].lowercased()
    guard head.hasSuffix(";base64") else { throw .notBase64 }
    let type = head.prefix { $0 != ";" }
    let payload = text[utf8.index(after: comma)...]
    do {
      self.init(mediaType: MediaType(String(type)), bytes: try Base64.decodeForgiving(String(payload)))
    } catch {
      throw .badText(offset: utf8.distance(from: utf8.startIndex, to: payload.startIndex) + error.offset)
    }
  }

  /// Whether `text` begins with the scheme `data:`, in any case.
  public static func isDataURI(_ text: String) -> Bool {
    text.utf8.count >= 5 && text.prefix(5).lowercased() == "data:"
  }

  /// What stands before the base64 text.
  public var head: String { "data:\(mediaType);base64," }

  /// The length of the whole URI in characters.
  public var length: Int { head.utf8.count + Base64.encodedLength(of: bytes.count) }

  /// The whole URI. To write a large one somewhere, write `head` and then the texts of a `Base64ChunkEncoder`.
  public var text: String {
    let head = self.head
    return String(unsafeUninitializedCapacity: length) { buffer in
      let room = UnsafeMutableRawBufferPointer(buffer)
      room.copyBytes(from: head.utf8)
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[head.utf8.count...])
      return head.utf8.count + bytes.withUnsafeBytes { Base64.encode($0, into: rest) }
    }
  }
}
