import Base64
import Gateways
import NIOCore
import Core

/// A request body piece by piece: text as it is, pictures as base64. It waits for nothing: what has to come from a disk it asks for.
struct BodyPieces {
  enum Step {
    case piece(ByteBuffer)
    /// The next bytes of a picture, to be handed to `take`.
    case needs(PictureContent.Portion)
    case end
  }

  /// Whole groups, whose text just fits the 128 KiB that a buffer for it takes. From 24 to 384 KiB there is no difference in time.
  private static let usualChunk = 98_256
  /// So much is asked for at a time.
  private static let usualPortion = 4 * usualChunk

  private var pieces: ArraySlice<RequestBody.Piece>
  /// Of the picture under way: what was not asked for yet, what was read, and how much of that was encoded.
  private var portions: ArraySlice<PictureContent.Portion> = []
  private var bytes: PictureBytes?
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

  /// What is going to be asked for after that.
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
      // One or two bytes may wait for the rest of their group.
      if buffer.readableBytes > 0 { return buffer }
    }
    return nil
  }
}
