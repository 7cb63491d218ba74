import AsyncHTTPClient
import Gateways
import NIOCore
import NIOPosix
import Synchronization
import Core

/// Writes the body of a request with backpressure: each chunk is written when the socket has accepted the one
/// before.
///
/// Always call `end` when the request is over. AsyncHTTPClient 1.37 does not complete the promises of chunks
/// that wait for the socket if their request ends for another reason.
final class BodyWriter: Sendable {
  private struct State {
    var isGiven = false
    var isRefused = false
    var isOver = false
    /// The promise of the whole body.
    var done: EventLoopPromise<Void>?
    /// The rest of the body; `nil` if the request is over.
    var pieces: BodyPieces?
    /// The chunk to write next.
    var waiting: ByteBuffer?
    /// The portion that is being read ahead.
    var coming: EventLoopFuture<PictureBytes>?
  }

  private struct Over: Error {}

  private let state = Mutex(State())

  /// Whether the last chunk was handed to the client. Before that, no server can have received the whole
  /// request. From then on, a server may have received it and acted on it.
  var isGiven: Bool { state.withLock { $0.isGiven } }

  /// The maximum time for the body of an early error reply, because the client does not always report its
  /// end.
  private static let wordsTime = TimeAmount.seconds(2)

  /// Stops writing, because an error reply has begun. The gateway does not want the rest of the body, and
  /// sending it could prevent the error message from being read.
  func refuse(on loop: any EventLoop) {
    let isEarly = state.withLock { state in
      state.isRefused = true
      return !state.isGiven
    }
    if isEarly { loop.scheduleTask(in: Self.wordsTime) { self.end() } }
  }

  /// Ends the writing, because the request is over.
  func end() {
    let done = state.withLock { state in
      state.isOver = true
      // A promise that the client never completes retains this object. Release the pictures now.
      (state.pieces, state.waiting, state.coming) = (nil, nil, nil)
      defer { state.done = nil }
      return state.done
    }
    // Has no effect on a promise that is completed already.
    done?.fail(Over())
  }

  /// Writes the body on the event loop of the socket. Chunks are encoded on the loop that sends them, so no
  /// other thread is involved, except for reading from the disk: the next portion is read while the one
  /// before is sent.
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
      // In another tick of the loop: chunks that the socket accepts immediately would cause deep recursion.
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

  /// Loads a portion on a thread of NIO's thread pool, which may block on the disk.
  private static func load(
    _ portion: PictureContent.Portion, on loop: any EventLoop
  ) -> EventLoopFuture<PictureBytes> {
    NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try portion.load() }
  }

  /// Writes the last chunk and completes the body, in one tick of the loop. If a reply arrived between the
  /// two, the client would take it for the end of the request and never return the connection to its pool.
  private func finish(_ writer: HTTPClient.Body.StreamWriter, _ done: EventLoopPromise<Void>) {
    let last: ByteBuffer?? = state.withLock { state in
      guard !state.isRefused, !state.isOver else { return nil }
      state.isGiven = true
      return .some(state.waiting)
    }
    guard let last else { return }
    // The result is ignored, because an error here ends the whole request.
    if let last { _ = writer.write(.byteBuffer(last)) }
    done.succeed()
  }
}
