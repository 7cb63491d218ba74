import AsyncHTTPClient
import Dispatch
package import Gateways
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request and brings back its reply, whole. It never sends twice.
package struct Submitter: Sendable {
  private let client: HTTPClient
  /// One loop, so that a body's stream knows which one serves its connection. It lives as long as the process: work
  /// of the resolver may still come to it after a client has ended.
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// How long making a connection may take.
  private static let connectTimeout = TimeAmount.seconds(15)
  /// A 4K picture is 20 to 30 MB, its base64 a third more, and a reply can hold several.
  private static let replyLimit = 256_000_000

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

  /// - Parameter timeout: for the whole call, from the connection to the reply's last byte.
  package func send(
    _ outgoing: OutgoingRequest, timeout: Duration
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
        let body = try await response.body.collect(upTo: Self.replyLimit)
        return IncomingReply(
          status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
          body: Array(body.readableBytesView))
      }
    } catch {
      throw Self.classify(error, afterSending: stream.progress.hasStarted)
    }
  }

  private static func classify(_ error: any Error, afterSending: Bool) -> SubmissionError {
    if error is NIOTooManyBytesError { return .replyTooLarge(limit: replyLimit) }
    if Task.isCancelled || error is CancellationError || error as? HTTPClientError == .cancelled {
      return .cancelled(afterSending: afterSending)
    }
    let words = error is TimeUp ? "no answer within the time limit" : SubmissionError.words(for: error)
    return afterSending ? .outcomeUnknown(words) : .unreachable(words)
  }
}
