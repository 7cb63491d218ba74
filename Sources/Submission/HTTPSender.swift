import AsyncHTTPClient
import Dispatch
package import Gateways
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Core

/// An HTTP client that sends a request once and returns its whole reply. It never retries.
package final class HTTPSender: Sendable {
  /// The event loop that receives and stores replies. It lives as long as the process, because the resolver
  /// may still submit work to it after a client is shut down.
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// The concurrency limit of downloads of results: a thousand tasks can finish within one second.
  let downloads = WeightedSemaphore(8)
  /// The concurrency limit of requests. The client's own queue is not suitable: requests in it fail after the
  /// connect timeout.
  private let places = WeightedSemaphore(ClientSettings.connectionsPerHost)

  private let settings: ClientSettings
  /// The clients, by proxy.
  private let clients = Mutex<[String?: HTTPClient]>([:])

  package init(settings: ClientSettings = ClientSettings()) {
    self.settings = settings
  }

  /// Shuts down the clients without waiting, if `close` was not called.
  deinit {
    for client in take() { client.shutdown(queue: .global()) { _ in } }
  }

  /// Shuts down all clients.
  package func close() async {
    for client in take() { try? await client.shutdown() }
  }

  private func take() -> [HTTPClient] {
    clients.withLock { clients in
      defer { clients = [:] }
      return Array(clients.values)
    }
  }

  private func client(for url: String) throws(ClientSettings.Mistake) -> HTTPClient {
    let configuration = try settings.configuration(for: url)
    return clients.withLock { clients in
      let name = settings.proxyName(for: url)
      if let client = clients[name] { return client }
      let client = HTTPClient(eventLoopGroup: Self.group, configuration: configuration)
      clients[name] = client
      return client
    }
  }

  /// Sends a request and returns its reply.
  ///
  /// - Parameters:
  ///   - timeout: The timeout of the whole call, from the connection to the last byte of the reply.
  ///   - stored: The file for a reply with status 2xx, which is written as it arrives, before it is parsed.
  ///   - onAcceptance: Called when the head of a reply with status 2xx has arrived.
  package func send(
    _ outgoing: OutgoingRequest, timeout: Duration, storing stored: StoredReply? = nil,
    onAcceptance: @escaping @Sendable () -> Void = {}
  ) async throws(SubmissionError) -> IncomingReply {
    let body = BodyWriter()
    let receiver = ReplyReceiver(storing: stored) { isAccepted in
      if isAccepted { onAcceptance() } else { body.refuse(on: Self.group.any()) }
    }
    defer { body.end() }
    do {
      let client = try client(for: outgoing.url)
      let request = try Self.request(outgoing, body)
      try await within(timeout) {
        try await self.places.holding(1) {
          try Task.checkCancellation()
          let task = client.execute(request: request, delegate: receiver)
          try await withTaskCancellationHandler {
            try await task.futureResult.get()
          } onCancel: {
            task.cancel()
          }
        }
      }
      guard let reply = try receiver.reply() else { throw HTTPClientError.remoteConnectionClosed }
      return reply
    } catch {
      return try Self.settle(error, receiver, afterSending: body.isGiven)
    }
  }

  private static func request(
    _ outgoing: OutgoingRequest, _ body: BodyWriter
  ) throws -> HTTPClient.Request {
    var headers = HTTPHeaders(outgoing.headers)
    headers.add(name: "User-Agent", value: "plantain")
    guard let content = outgoing.body else {
      return try HTTPClient.Request(url: outgoing.url, method: .GET, headers: headers)
    }
    let stream = HTTPClient.Body.stream(contentLength: Int64(content.length)) { writer in
      body.write(content, to: writer, on: group.any())
    }
    return try HTTPClient.Request(url: outgoing.url, method: .POST, headers: headers, body: stream)
  }

  /// Returns the reply despite an error, if its head has arrived; otherwise throws the classified error.
  private static func settle(
    _ error: any Error, _ receiver: ReplyReceiver, afterSending: Bool
  ) throws(SubmissionError) -> IncomingReply {
    let failure = classify(error, afterSending: afterSending)
    if case .canceled = failure { throw failure }
    do throws(ReplyLifter.TooLarge) {
      if let reply = try receiver.reply(cutBy: message(for: error)) { return reply }
    } catch {
      throw .replyTooLarge(limit: error.limit)
    }
    throw failure
  }

  private static func classify(_ error: any Error, afterSending: Bool) -> SubmissionError {
    if let error = error as? ClientSettings.Mistake { return .settings(error) }
    if let error = error as? ContentError { return .sourceLost(error) }
    if let error = error as? ReplyLifter.TooLarge { return .replyTooLarge(limit: error.limit) }
    if Task.isCancelled || error is CancellationError || error as? HTTPClientError == .cancelled {
      return .canceled(afterSending: afterSending)
    }
    let message = message(for: error)
    return afterSending ? .outcomeUnknown(message) : .unreachable(message)
  }

  private static func message(for error: any Error) -> String {
    error is TimeUp ? "the request timed out" : SubmissionError.message(for: error)
  }
}
