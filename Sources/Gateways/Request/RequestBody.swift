import Base64
package import Core

/// A request body of known length, as a sequence of text and pictures. The base64 of a picture is encoded
/// while it is sent, and is never in memory as a whole.
package struct RequestBody: Sendable {
  package enum Piece: Sendable {
    case text([UInt8])
    case base64(PictureContent)
  }

  package private(set) var pieces: [Piece] = []
  /// The length of the encoded body, in bytes.
  package private(set) var length = 0

  mutating func append(_ text: String) {
    pieces.append(.text(Array(text.utf8)))
    length += text.utf8.count
  }

  mutating func appendBase64(_ content: PictureContent) {
    pieces.append(.base64(content))
    length += Base64.encodedLength(of: content.count)
  }
}

extension RequestBody {
  /// The body for logs, with each picture replaced by its length.
  package var elided: String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
      case .base64(let content): text += "…\(content.count.grouped) bytes…"
      }
    }
  }
}
