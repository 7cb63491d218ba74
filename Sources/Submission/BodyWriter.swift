import AsyncHTTPClient
import NIOCore
import Synchronization

/// Writes a request's body, each piece when the socket has taken the one before, until it is done or its request is over.
///
/// The client (1.37) forgets promises of pieces that wait for the socket when their request ends otherwise, so they are kept
/// and ended here: `end` must be called when the request is over, however that came.
final class BodyWriter: Sendable {
  private struct State {
    var isGiven = false
    var isRefused = false
    var isOver = false
    /// The whole, and the piece on its way.
    var promises: [EventLoopPromise<Void>] = []
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
    let promises = state.withLock { state in
      state.isOver = true
      defer { state.promises = [] }
      return state.promises
    }
    // One that was kept already is not changed by that.
    for promise in promises { promise.fail(Over()) }
  }

  func write(
    _ stream: BodyStream, to writer: HTTPClient.Body.StreamWriter, on loop: any EventLoop
  ) -> EventLoopFuture<Void> {
    let done = loop.makePromise(of: Void.self)
    keep(done)
    // Ends with the request, at the latest: then the piece that it waits for fails.
    Task {
      do {
        try await writePieces(of: stream, to: writer, done)
      } catch {
        done.fail(error)
      }
    }
    return done.futureResult
  }

  private func writePieces(
    of stream: BodyStream, to writer: HTTPClient.Body.StreamWriter, _ done: EventLoopPromise<Void>
  ) async throws {
    let loop = done.futureResult.eventLoop
    var waiting: ByteBuffer?
    for try await piece in stream {
      if let waiting { try await write(waiting, to: writer, on: loop) }
      waiting = piece
    }
    let last = waiting
    // In one turn of the loop with the end of all: an answer that came between them would be the end of the request for the
    // client, which would then never give the connection back to its pool.
    loop.execute { [self] in
      let goesOn = state.withLock { state in
        guard !state.isRefused, !state.isOver else { return false }
        state.isGiven = true
        return true
      }
      guard goesOn else { return }
      // Whatever hinders it ends the whole request.
      if let last { _ = writer.write(.byteBuffer(last)) }
      done.succeed()
    }
  }

  private func write(
    _ piece: ByteBuffer, to writer: HTTPClient.Body.StreamWriter, on loop: any EventLoop
  ) async throws {
    let taken = loop.makePromise(of: Void.self)
    keep(taken)
    writer.write(.byteBuffer(piece)).cascade(to: taken)
    try await taken.futureResult.get()
    state.withLock { if $0.promises.count > 1 { $0.promises.removeLast() } }
  }

  private func keep(_ promise: EventLoopPromise<Void>) {
    let isOver = state.withLock { state in
      if !state.isOver { state.promises.append(promise) }
      return state.isOver
    }
    if isOver { promise.fail(Over()) }
  }
}
