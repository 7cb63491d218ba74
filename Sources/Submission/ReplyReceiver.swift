import AsyncHTTPClient
import Gateways
import NIOCore
import NIOHTTP1
import Synchronization

/// Receives a reply: writes it to the disk as it arrives, and extracts its pictures.
///
/// All work is done synchronously on the event loop of the connection. With asynchronous processing, a reply
/// could lose its end if the server closes the connection, because the client drops data that it has not
/// delivered by then.
final class ReplyReceiver: HTTPClientResponseDelegate {
  typealias Response = Void

  /// The maximum size of an error reply in bytes: a gateway's message, or a proxy's page.
  private static let errorLimit = 4_000_000

  /// The error that ends a request whose reply exceeds the limit.
  private struct Enough: Error {}

  fileprivate struct State: ~Copyable {
    var head: HTTPResponseHead?
    var lifter: ReplyLifter?
    /// The `Content-Length`.
    var declared: Int?
    /// The number of bytes received, before decoding.
    var received = 0
    var coding = ContentCoding.none
    var decoder: ContentDecoder?
    /// The number of bytes after decoding.
    var decoded = 0
    var failure: ReplyLifter.TooLarge?
  }

  private let stored: StoredReply?
  private let onHead: @Sendable (Bool) -> Void
  private let state = Mutex(State())

  /// Creates a receiver for one reply.
  ///
  /// - Parameters:
  ///   - stored: The file for a reply with status 2xx, which is written before the reply is parsed.
  ///   - onHead: Called when the head of the reply has arrived, with whether the status is 2xx.
  init(storing stored: StoredReply?, onHead: @escaping @Sendable (Bool) -> Void) {
    self.stored = stored
    self.onHead = onHead
  }

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let declared = head.headers.first(name: "Content-Length").flatMap { Int($0) }
    state.withLock { state in
      state.head = head
      state.declared = declared
      state.coding = ContentCoding(head.headers)
      state.decoder = state.coding.decoder
      state.lifter = ReplyLifter(expecting: state.decoder == nil ? declared ?? 0 : 0)
    }
    onHead(head.isPaidFor)
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
    let isEnough = state.withLock { state in
      let isPaidFor = state.head?.isPaidFor ?? false
      state.received += part.readableBytes
      let limit = isPaidFor ? ReplyLifter.usualLimit : Self.errorLimit
      part.withUnsafeReadableBytes { bytes in
        guard let decoder = state.decoder else { return take(bytes, &state, isPaidFor) }
        decoder.decode(bytes) { decoded in
          take(decoded, &state, isPaidFor)
          return state.decoded <= limit
        }
      }
      return max(state.received, state.decoded) > limit
    }
    return isEnough
      ? task.eventLoop.makeFailedFuture(Enough()) : task.eventLoop.makeSucceededVoidFuture()
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ state: inout State, _ isPaidFor: Bool) {
    state.decoded += bytes.count
    if isPaidFor { stored?.append(bytes) }
    // The decoder for this coding is missing, so the body cannot be parsed.
    if case .unknown = state.coding { return }
    guard state.failure == nil else { return }
    do throws(ReplyLifter.TooLarge) {
      try state.lifter?.take(bytes)
    } catch {
      // Keep receiving, so that a paid reply is at least stored.
      state.failure = error
    }
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

  /// Returns the reply: all of it, or what arrived before the connection failed. An incomplete error reply is
  /// not marked as cut, because its status is enough.
  ///
  /// - Parameter why: The reason why the connection ended early.
  /// - Returns: `nil` if no head arrived.
  func reply(cutBy why: String? = nil) throws(ReplyLifter.TooLarge) -> IncomingReply? {
    let (head, isWhole, failure, content, odd) = state.withLock { state in
      (
        state.head, state.declared == state.received, state.failure, state.lifter.take()?.finish(),
        state.whyNotDecoded
      )
    }
    guard let head, let content else { return nil }
    if let failure, head.isPaidFor { throw failure }
    return IncomingReply(
      status: Int(head.status.code), retryAfter: head.headers.first(name: "Retry-After"),
      date: head.headers.first(name: "Date"), content: content,
      cutBy: head.isPaidFor ? odd ?? (isWhole ? nil : why) : nil)
  }
}

extension ReplyReceiver.State {
  fileprivate var whyNotDecoded: String? {
    if let decoder, received > 0, !decoder.isWhole {
      return decoder.isDamaged ? "its compressed body is damaged" : "its compressed body is incomplete"
    }
    return coding.explanation
  }
}

extension HTTPResponseHead {
  /// Whether the reply must be treated as billed, because its status is 2xx.
  fileprivate var isPaidFor: Bool { (200..<300).contains(status.code) }
}
