import Base64
import Gateways
import NIOCore
import Core

/// A non-blocking generator of the chunks of a request body: text unchanged, pictures as base64. Instead of
/// reading from the disk, it returns a step that requests the bytes from its caller.
struct BodyPieces {
  enum Step {
    case piece(ByteBuffer)
    /// The next portion of a picture is needed. The caller must load it and pass it to `take`.
    case needs(PictureContent.Portion)
    case end
  }

  /// The number of bytes that are encoded at a time. These are whole base64 groups, and their text just fits
  /// into the 128 KiB that are allocated for a buffer of its size. Sizes from 24 to 384 KiB make no
  /// difference in time.
  private static let usualChunk = 98_256
  /// The maximum number of bytes that are requested at a time.
  private static let usualPortion = 4 * usualChunk

  private var pieces: ArraySlice<RequestBody.Piece>
  /// The portions of the current picture that were not requested yet.
  private var portions: ArraySlice<PictureContent.Portion> = []
  /// The loaded portion of the current picture.
  private var bytes: PictureBytes?
  /// The number of bytes of that portion that are encoded.
  private var offset = 0
  private var encoder: Base64ChunkEncoder?

  init(_ body: RequestBody) {
    pieces = body.pieces[...]
  }

  mutating func next() -> Step {
    while true {
      if let chunk = nextChunk() { return .piece(chunk) }
      if let portion = portions.popFirst() { return .needs(portion) }
      encoder = nil
      switch pieces.popFirst() {
      case .text(let text): return .piece(ByteBuffer(bytes: text))
      case .base64(let content):
        portions = content.portions(upTo: Self.usualPortion)[...]
        encoder = Base64ChunkEncoder()
      case nil: return .end
      }
    }
  }

  /// The portion that will be requested next, so that the caller can load it ahead.
  var following: PictureContent.Portion? { portions.first }

  mutating func take(_ bytes: PictureBytes) {
    self.bytes = bytes
    offset = 0
  }

  private mutating func nextChunk() -> ByteBuffer? {
    while let bytes, var encoder {
      let end = min(bytes.count, offset + Self.usualChunk)
      let isLast = end == bytes.count && portions.isEmpty
      var buffer = ByteBuffer()
      buffer.writeWithUnsafeMutableBytes(
        minimumWritableBytes: Base64ChunkEncoder.room(for: end - offset)
      ) { room in
        var written = bytes.withUnsafeBytes {
          encoder.encode(UnsafeRawBufferPointer(rebasing: $0[offset..<end]), into: room)
        }
        if isLast {
          written += encoder.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[written...]))
        }
        return written
      }
      self.encoder = encoder
      offset = end
      if end == bytes.count { self.bytes = nil }
      // The buffer is empty if the encoder keeps one or two bytes until their group is complete.
      if buffer.readableBytes > 0 { return buffer }
    }
    return nil
  }
}
