import AsyncHTTPClient
import Gateways
import NIOCore
import NIOPosix
import Synchronization
import Core

/// Writes a request's body, each piece when the socket has taken the one before, until it is done or its request is over.
///
/// The client (1.37) forgets promises of pieces that wait for the socket when their request ends otherwise: `end` must be called
/// when the request is over, however that came.
final class BodyWriter: Sendable {
  private struct State {
    var isGiven = false
    var isRefused = false
    var isOver = false
    /// Of the whole body.
    var done: EventLoopPromise<Void>?
    /// What is still to be written; `nil` when the request is over.
    var pieces: BodyPieces?
    /// The piece that goes next, and the bytes that are being read.
    var waiting: ByteBuffer?
    var coming: EventLoopFuture<PictureBytes>?
  }

  private struct Over: Error {}

  private let state = Mutex(State())

  /// Whether the last piece was handed out. Before, nobody can have received the whole request; from then on somebody may
  /// have, and have acted on it.
  var isGiven: Bool { state.withLock { $0.isGiven } }

  /// How long the words of such an answer may take: the client does not always say that they have come to their end.
  private static let wordsTime = TimeAmount.seconds(2)

  /// An answer that refuses has begun. What is left of the body is not wanted, and would hide its words.
  func refuse(on loop: any EventLoop) {
    let isEarly = state.withLock { state in
      state.isRefused = true
      return !state.isGiven
    }
    if isEarly { loop.scheduleTask(in: Self.wordsTime) { self.end() } }
  }

  /// The request is over.
  func end() {
    let done = state.withLock { state in
      state.isOver = true
      // A piece's promise that the client has forgotten keeps this object; the pictures must not wait for it.
      (state.pieces, state.waiting, state.coming) = (nil, nil, nil)
      defer { state.done = nil }
      return state.done
    }
    // One that was kept already is not changed by that.
    done?.fail(Over())
  }

  /// All of it happens on the loop that writes to the socket: a piece is encoded where it is sent from, and no thread waits for
  /// another but for the disk, from which the next portion comes while the one before is sent.
  func write(
    _ body: RequestBody, to writer: HTTPClient.Body.StreamWriter, on loop: any EventLoop
  ) -> EventLoopFuture<Void> {
    let done = loop.makePromise(of: Void.self)
    let isOver = state.withLock { state in
      if !state.isOver { (state.done, state.pieces) = (done, BodyPieces(body)) }
      return state.isOver
    }
    if isOver { done.fail(Over()) }
    loop.execute { self.proceed(to: writer, done) }
    return done.futureResult
  }

  private func proceed(to writer: HTTPClient.Body.StreamWriter, _ done: EventLoopPromise<Void>) {
    while let step = state.withLock({ $0.pieces?.next() }) {
      switch step {
      case .piece(let piece):
        let earlier = state.withLock { state in
          defer { state.waiting = piece }
          return state.waiting
        }
        guard let earlier else { continue }
        return write(earlier, to: writer, done)
      case .needs(let portion):
        if let bytes = portion.inMemory {
          state.withLock { $0.pieces?.take(bytes) }
        } else {
          return read(portion, for: writer, done)
        }
      case .end: return finish(writer, done)
      }
    }
  }

  private func write(
    _ piece: ByteBuffer, to writer: HTTPClient.Body.StreamWriter, _ done: EventLoopPromise<Void>
  ) {
    writer.write(.byteBuffer(piece)).whenComplete { result in
      switch result {
      // In another turn of the loop: pieces that the socket takes at once would lead deeper and deeper.
      case .success: done.futureResult.eventLoop.execute { self.proceed(to: writer, done) }
      case .failure(let error): done.fail(error)
      }
    }
  }

  private func read(
    _ portion: PictureContent.Portion, for writer: HTTPClient.Body.StreamWriter,
    _ done: EventLoopPromise<Void>
  ) {
    let loop = done.futureResult.eventLoop
    let coming = state.withLock { state in
      defer { state.coming = nil }
      return state.coming
    }
    (coming ?? Self.load(portion, on: loop)).whenComplete { [self] result in
      switch result {
      case .success(let bytes):
        state.withLock { state in
          state.pieces?.take(bytes)
          if let next = state.pieces?.following, next.inMemory == nil {
            state.coming = Self.load(next, on: loop)
          }
        }
        proceed(to: writer, done)
      case .failure(let error): done.fail(error)
      }
    }
  }

  /// On a thread of those that may wait for a disk.
  private static func load(
    _ portion: PictureContent.Portion, on loop: any EventLoop
  ) -> EventLoopFuture<PictureBytes> {
    NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try portion.load() }
  }

  /// In one turn of the loop with the end of all: an answer that came between them would be the end of the request for the
  /// client, which would then never give the connection back to its pool.
  private func finish(_ writer: HTTPClient.Body.StreamWriter, _ done: EventLoopPromise<Void>) {
    let last: ByteBuffer?? = state.withLock { state in
      guard !state.isRefused, !state.isOver else { return nil }
      state.isGiven = true
      return .some(state.waiting)
    }
    guard let last else { return }
    // Whatever hinders it ends the whole request.
    if let last { _ = writer.write(.byteBuffer(last)) }
    done.succeed()
  }
}
