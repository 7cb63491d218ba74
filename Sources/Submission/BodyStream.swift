import Base64
package import Gateways
package import NIOCore
import Synchronization

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
    private var picture: Base64ChunkEncoder?
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
        case .base64(let bytes): picture = Base64ChunkEncoder(bytes)
        case nil: return nil
        }
      }
    }

    private mutating func nextOfPicture() -> ByteBuffer? {
      guard var encoder = picture, encoder.nextLength > 0 else {
        picture = nil
        return nil
      }
      var buffer = ByteBuffer()
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: encoder.nextLength) {
        encoder.encodeNext(into: $0)
      }
      picture = encoder
      return buffer
    }
  }
}
