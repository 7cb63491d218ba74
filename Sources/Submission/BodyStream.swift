import Base64
package import Gateways
package import NIOCore
import NIOPosix
import Vocabulary

/// A request body as the socket asks for it: text as it is, pictures encoded piece by piece.
/// Two pieces exist at a time: one that the socket takes, and the next.
package struct BodyStream: AsyncSequence, Sendable {
  package let body: RequestBody

  package init(_ body: RequestBody) {
    self.body = body
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(pieces: body.pieces[...])
  }

  package struct Iterator: AsyncIteratorProtocol {
    private var pieces: ArraySlice<RequestBody.Piece>
    private var picture: PictureText?

    fileprivate init(pieces: ArraySlice<RequestBody.Piece>) {
      self.pieces = pieces
    }

    /// - Throws: `ContentError`, before the last byte.
    package mutating func next() async throws -> ByteBuffer? {
      while true {
        if let buffer = try await picture?.next() { return buffer }
        picture = nil
        switch pieces.popFirst() {
        case .text(let text): return ByteBuffer(bytes: text)
        case .base64(let content): picture = PictureText(content)
        case nil: return nil
        }
      }
    }
  }
}

/// The base64 text of a picture, chunk by chunk.
private struct PictureText {
  /// Whole groups, whose text just fits half a megabyte: each chunk costs some wake-ups of threads, and smaller ones cost more
  /// than the encoding.
  private static let usualChunk = 393_168
  /// A thread of those that may block is asked only every other chunk.
  private static let usualPortion = 2 * usualChunk

  private var portions: ArraySlice<PictureContent.Portion>
  /// What was read, and how much of it was encoded.
  private var bytes = PictureBytes([])
  private var offset = 0
  private var encoder = Base64ChunkEncoder()

  init(_ content: PictureContent) {
    portions = content.portions(upTo: Self.usualPortion)[...]
  }

  mutating func next() async throws -> ByteBuffer? {
    while true {
      if offset == bytes.count {
        guard let portion = portions.popFirst() else { return nil }
        // Only one is held at a time.
        bytes = PictureBytes([])
        bytes = try await Self.load(portion)
        offset = 0
      }
      let chunk = nextChunk()
      // One or two bytes may wait for the rest of their group.
      if chunk.readableBytes > 0 { return chunk }
    }
  }

  private static func load(_ portion: PictureContent.Portion) async throws -> PictureBytes {
    if let bytes = portion.inMemory { return bytes }
    return try await NIOThreadPool.singleton.runIfActive { try portion.load() }
  }

  private mutating func nextChunk() -> ByteBuffer {
    let end = min(bytes.count, offset + Self.usualChunk)
    let isLast = end == bytes.count && portions.isEmpty
    var buffer = ByteBuffer()
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Base64ChunkEncoder.room(for: end - offset)) {
      room in
      var written = bytes.withUnsafeBytes {
        encoder.encode(UnsafeRawBufferPointer(rebasing: $0[offset..<end]), into: room)
      }
      if isLast {
        written += encoder.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[written...]))
      }
      return written
    }
    offset = end
    return buffer
  }
}
