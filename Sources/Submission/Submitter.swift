import AsyncHTTPClient
import Dispatch
package import Gateways
import NIOCore
import NIOHTTP1
import NIOPosix
import Vocabulary

/// Sends one request and brings back its reply, read to the end. It never sends twice.
package struct Submitter: Sendable {
  private let client: HTTPClient
  /// One loop, on which replies are taken and written down. It lives as long as the process: work of the resolver may still
  /// come to it after a client has ended.
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// How long making a connection may take.
  private static let connectTimeout = TimeAmount.seconds(15)

  package init() {
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: Self.connectTimeout)
    // A redirection would carry the key and the picture to a host that nobody named.
    configuration.redirectConfiguration = .disallow
    // Trying again is decided by the billing rules, not by the connection pool.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: Self.group, configuration: configuration)
  }

  /// Ends the client without waiting; does nothing after `close`.
  package func abandon() {
    client.shutdown(queue: .global()) { _ in }
  }

  package func close() async {
    try? await client.shutdown()
  }

  /// - Parameters:
  ///   - timeout: for the whole call, from the connection to the reply's last byte.
  ///   - stored: where a reply under 2xx is written as it comes, before anything is read out of it.
  package func send(
    _ outgoing: OutgoingRequest, timeout: Duration, storing stored: StoredReply? = nil
  ) async throws(SubmissionError) -> IncomingReply {
    let progress = BodyStream.Progress()
    let receiver = ReplyReceiver(storing: stored)
    do {
      let request = try Self.request(outgoing, progress)
      try await within(timeout) { [client] in
        let task = client.execute(request: request, delegate: receiver)
        try await withTaskCancellationHandler {
          try await task.futureResult.get()
        } onCancel: {
          task.cancel()
        }
      }
      guard let reply = try receiver.reply() else { throw HTTPClientError.remoteConnectionClosed }
      return reply
    } catch {
      return try Self.settle(error, receiver, afterSending: progress.isGiven)
    }
  }

  private static func request(
    _ outgoing: OutgoingRequest, _ progress: BodyStream.Progress
  ) throws -> HTTPClient.Request {
    var headers = HTTPHeaders(outgoing.headers)
    headers.add(name: "User-Agent", value: "plantain")
    let stream = BodyStream(outgoing.body, progress: progress)
    let body = HTTPClient.Body.stream(contentLength: Int64(outgoing.body.length)) { writer in
      let done = group.any().makePromise(of: Void.self)
      done.completeWithTask {
        // The next piece is made when the socket has taken this one.
        for try await piece in stream { try await writer.write(.byteBuffer(piece)).get() }
      }
      return done.futureResult
    }
    return try HTTPClient.Request(url: outgoing.url, method: .POST, headers: headers, body: body)
  }

  /// A reply that came counts, whatever ended the connection behind it.
  private static func settle(
    _ error: any Error, _ receiver: ReplyReceiver, afterSending: Bool
  ) throws(SubmissionError) -> IncomingReply {
    let failure = classify(error, afterSending: afterSending)
    if case .cancelled = failure { throw failure }
    do throws(ReplyLifter.TooLarge) {
      if let reply = try receiver.reply(cutBy: words(for: error)) { return reply }
    } catch {
      throw .replyTooLarge(limit: error.limit)
    }
    throw failure
  }

  private static func classify(_ error: any Error, afterSending: Bool) -> SubmissionError {
    if let error = error as? ContentError { return .sourceLost(error) }
    if let error = error as? ReplyLifter.TooLarge { return .replyTooLarge(limit: error.limit) }
    if Task.isCancelled || error is CancellationError || error as? HTTPClientError == .cancelled {
      return .cancelled(afterSending: afterSending)
    }
    let words = words(for: error)
    return afterSending ? .outcomeUnknown(words) : .unreachable(words)
  }

  private static func words(for error: any Error) -> String {
    error is TimeUp ? "the time limit has passed" : SubmissionError.words(for: error)
  }
}
