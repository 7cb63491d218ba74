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
  /// One loop, so that a body's stream knows which one serves its connection. It lives as long as the process: work
  /// of the resolver may still come to it after a client has ended.
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// How long making a connection may take.
  private static let connectTimeout = TimeAmount.seconds(15)

  /// A gateway's own words, or a proxy's page.
  private static let errorLimit = 4_000_000

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
    let stream = BodyStream(outgoing.body, on: Self.group.any())
    var request = HTTPClientRequest(url: outgoing.url)
    request.method = .POST
    for header in outgoing.headers { request.headers.add(name: header.name, value: header.value) }
    request.headers.add(name: "User-Agent", value: "plantain")
    request.body = .stream(stream, length: .known(Int64(outgoing.body.length)))
    do {
      return try await within(timeout) { [client, request] in
        // The client's own deadline ends with the reply's head.
        let response = try await client.execute(request, deadline: .distantFuture)
        return try await Self.read(response, storing: stored)
      }
    } catch {
      throw Self.classify(error, afterSending: stream.progress.hasStarted)
    }
  }

  private static func read(
    _ response: HTTPClientResponse, storing stored: StoredReply?
  ) async throws -> IncomingReply {
    let status = Int(response.status.code)
    let isPaidFor = (200..<300).contains(status)
    let declared = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    var lifter = ReplyLifter(expecting: declared)
    var failure: ReplyLifter.TooLarge?
    var received = 0
    for try await chunk in response.body {
      received += chunk.readableBytes
      if isPaidFor, let stored {
        try await NIOThreadPool.singleton.runIfActive { chunk.withUnsafeReadableBytes { stored.append($0) } }
      }
      do throws(ReplyLifter.TooLarge) {
        if failure == nil {
          try chunk.withUnsafeReadableBytes { bytes throws(ReplyLifter.TooLarge) in try lifter.take(bytes) }
        }
      } catch {
        failure = error
      }
      // What is paid for is at least stored, as far as that goes; of an error's page the beginning is enough.
      if received > (isPaidFor ? ReplyLifter.usualLimit : errorLimit) { break }
    }
    if let failure, isPaidFor { throw failure }
    return IncomingReply(
      status: status, retryAfter: response.headers.first(name: "Retry-After"), content: lifter.finish())
  }

  private static func classify(_ error: any Error, afterSending: Bool) -> SubmissionError {
    if let error = error as? ReplyLifter.TooLarge { return .replyTooLarge(limit: error.limit) }
    if let error = error as? ContentError { return .sourceLost(error) }
    if Task.isCancelled || error is CancellationError || error as? HTTPClientError == .cancelled {
      return .cancelled(afterSending: afterSending)
    }
    let words = error is TimeUp ? "no answer within the time limit" : SubmissionError.words(for: error)
    return afterSending ? .outcomeUnknown(words) : .unreachable(words)
  }
}
