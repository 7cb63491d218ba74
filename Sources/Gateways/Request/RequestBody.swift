import Base64
package import Core

/// A request body as text and pictures, whose length is known and whose base64 is never held whole.
package struct RequestBody: Sendable {
  package enum Piece: Sendable {
    case text([UInt8])
    case base64(PictureContent)
  }

  package private(set) var pieces: [Piece] = []
  /// The number of bytes that all pieces make.
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
  /// The body for a log: pictures are named by their length.
  package var elided: String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
      case .base64(let content): text += "…\(content.count.grouped) bytes…"
      }
    }
  }
}
