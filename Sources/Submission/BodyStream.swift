import Base64
package import Gateways
package import NIOCore
import Synchronization
import Vocabulary

/// A request body as the socket asks for it: text as it is, pictures encoded piece by piece.
///
/// Encoding is faster than any socket, and the client's own back-pressure only works once its event loop has seen a
/// write: each piece therefore first waits for the loop to have worked off the one before. So at most a few exist.
package struct BodyStream: AsyncSequence, Sendable {
  package let body: RequestBody
  /// Set when the first piece is taken: from then on something may have left the machine.
  package let progress: Progress
  /// The loop that serves the connection.
  private let eventLoop: any EventLoop

  package final class Progress: Sendable {
    private let started = Atomic(false)

    package init() {}

    package var hasStarted: Bool { started.load(ordering: .acquiring) }
    func start() { started.store(true, ordering: .releasing) }
  }

  package init(_ body: RequestBody, on eventLoop: any EventLoop, progress: Progress = Progress()) {
    self.body = body
    self.eventLoop = eventLoop
    self.progress = progress
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(pieces: body.pieces[...], eventLoop: eventLoop, progress: progress)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private var pieces: ArraySlice<RequestBody.Piece>
    private var picture: PictureText?
    private let eventLoop: any EventLoop
    private let progress: Progress

    fileprivate init(
      pieces: ArraySlice<RequestBody.Piece>, eventLoop: any EventLoop, progress: Progress
    ) {
      self.pieces = pieces
      self.eventLoop = eventLoop
      self.progress = progress
    }

    package mutating func next() async -> ByteBuffer? {
      progress.start()
      await withCheckedContinuation { continuation in
        eventLoop.execute { continuation.resume() }
      }
      while true {
        if let buffer = nextOfPicture() { return buffer }
        switch pieces.popFirst() {
        case .text(let text): return ByteBuffer(bytes: text)
        case .base64(let bytes): picture = PictureText(bytes)
        case nil: return nil
        }
      }
    }

    private mutating func nextOfPicture() -> ByteBuffer? {
      let buffer = picture?.next()
      if buffer == nil { picture = nil }
      return buffer
    }
  }
}

/// The base64 text of a picture, chunk by chunk.
private struct PictureText {
  private let bytes: PictureBytes
  private var offset = 0
  private var encoder = Base64ChunkEncoder()

  init(_ bytes: PictureBytes) {
    self.bytes = bytes
  }

  mutating func next() -> ByteBuffer? {
    guard offset < bytes.count else { return nil }
    let end = min(bytes.count, offset + Base64ChunkEncoder.usualChunk)
    var buffer = ByteBuffer()
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Base64ChunkEncoder.room(for: end - offset)) {
      room in
      var written = bytes.withUnsafeBytes {
        encoder.encode(UnsafeRawBufferPointer(rebasing: $0[offset..<end]), into: room)
      }
      if end == bytes.count {
        written += encoder.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[written...]))
      }
      return written
    }
    offset = end
    return buffer
  }
}
