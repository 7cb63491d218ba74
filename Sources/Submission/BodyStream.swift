import Base64
package import Gateways
package import NIOCore
import Synchronization

/// A request body as the socket asks for it: text as it is, pictures encoded piece by piece.
///
/// The client asks for the next piece only when the socket has taken the last one, so at most a few of them exist.
package struct BodyStream: AsyncSequence, Sendable {
  package let body: RequestBody
  /// Set when the first piece is taken: from then on something may have left the machine.
  package let progress: Progress

  package final class Progress: Sendable {
    private let started = Atomic(false)

    package init() {}

    package var hasStarted: Bool { started.load(ordering: .acquiring) }
    func start() { started.store(true, ordering: .releasing) }
  }

  package init(_ body: RequestBody, progress: Progress = Progress()) {
    self.body = body
    self.progress = progress
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(pieces: body.pieces[...], progress: progress)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private var pieces: ArraySlice<RequestBody.Piece>
    private var picture: Base64ChunkEncoder?
    private let progress: Progress

    fileprivate init(pieces: ArraySlice<RequestBody.Piece>, progress: Progress) {
      self.pieces = pieces
      self.progress = progress
    }

    package mutating func next() async -> ByteBuffer? {
      progress.start()
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
