public import Core

/// A picture as a `data:` URI (RFC 2397): `data:image/jpeg;base64,…`.
public struct DataURI: Sendable {
  /// The media type, empty if the URI states none.
  public let mediaType: MediaType
  /// The decoded bytes.
  public let bytes: PictureBytes

  /// Creates a data URI from a media type and bytes.
  public init(mediaType: MediaType, bytes: PictureBytes) {
    self.mediaType = mediaType
    self.bytes = bytes
  }

  /// The errors of parsing a data URI.
  public enum ParsingError: Error, Equatable {
    /// The text does not begin with `data:` or has no comma.
    case notADataURI
    /// The part before the comma does not end in `;base64`.
    case notBase64
    /// The text after the comma is not base64. The offset is in bytes from the start of the URI.
    case badText(offset: Int)
  }

  /// Parses `data:TYPE;base64,TEXT`. Parameters between the type and `;base64` are ignored, and a missing
  /// type stays empty. The text is decoded by the forgiving rules of `Base64ChunkDecoder`.
  ///
  /// - Throws: `ParsingError`.
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
  package static func isDataURI(_ text: String) -> Bool {
    text.utf8.count >= 5 && text.prefix(5).lowercased() == "data:"
  }

  /// The part before the base64 text: `data:TYPE;base64,`.
  public var head: String { "data:\(mediaType);base64," }

  /// The length of the whole URI, in characters.
  public var length: Int { head.utf8.count + Base64.encodedLength(of: bytes.count) }

  /// The whole URI. To write a large one, write `head` and then the texts of a `Base64ChunkEncoder`.
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
