import AsyncHTTPClient
import Gateways
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes a reply as it arrives: onto the disk, and its pictures out of it.
///
/// All of it happens on the connection's own loop and is done when a call returns. A reply that was waited with while its
/// server closes the connection would lose its end: the client drops what it has not handed over by then.
final class ReplyReceiver: HTTPClientResponseDelegate {
  typealias Response = Void

  /// A gateway's own words, or a proxy's page.
  private static let errorLimit = 4_000_000

  /// More came than is wanted.
  private struct Enough: Error {}

  fileprivate struct State: ~Copyable {
    var head: HTTPResponseHead?
    var lifter: ReplyLifter?
    /// By its header.
    var declared: Int?
    var received = 0
    var coding = ContentCoding.none
    var decoder: ContentDecoder?
    /// Without what was done to it on its way.
    var decoded = 0
    var failure: ReplyLifter.TooLarge?
  }

  private let stored: StoredReply?
  private let onHead: @Sendable (Bool) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - stored: where a reply under 2xx is written, before anything is read out of it.
  ///   - onHead: called when the head of the reply has come, with whether it is such a one.
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
    // Nobody could read it.
    if case .unknown = state.coding { return }
    guard state.failure == nil else { return }
    do throws(ReplyLifter.TooLarge) {
      try state.lifter?.take(bytes)
    } catch {
      // What is paid for is at least stored.
      state.failure = error
    }
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

  /// What came: all of it, or what there was when the connection failed. Of an error's reply the status is enough.
  ///
  /// - Parameter why: what cut it short.
  /// - Returns: `nil` when nothing came.
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
      return decoder.isDamaged ? "its compressed body is damaged" : "its compressed body ends before its end"
    }
    return coding.explanation
  }
}

extension HTTPResponseHead {
  fileprivate var isPaidFor: Bool { (200..<300).contains(status.code) }
}
