import AsyncHTTPClient
import Dispatch
package import Gateways
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Core

/// Sends one request and brings back its reply, read to the end. It never sends twice.
package final class HTTPSender: Sendable {
  /// One loop, on which replies are taken and written down. It lives as long as the process: work of the resolver may still
  /// come to it after a client has ended.
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Results that are fetched at the same time: a thousand tasks can be done in one second.
  let downloads = WeightedSemaphore(8)
  /// Requests under way. The client's own row is no place to wait in: it gives up after the time for a connection.
  private let places = WeightedSemaphore(ClientSettings.connectionsPerHost)

  private let settings: ClientSettings
  /// By the proxy that they use.
  private let clients = Mutex<[String?: HTTPClient]>([:])

  package init(settings: ClientSettings = ClientSettings()) {
    self.settings = settings
  }

  /// Ends the clients that `close` has not, without waiting.
  deinit {
    for client in take() { client.shutdown(queue: .global()) { _ in } }
  }

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

  /// - Parameters:
  ///   - timeout: for the whole call, from the connection to the reply's last byte.
  ///   - stored: where a reply under 2xx is written as it comes, before anything is read out of it.
  ///   - onAcceptance: called when the head of such a reply has come.
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

  /// A reply that came counts, whatever ended the connection behind it.
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
    error is TimeUp ? "the time limit has passed" : SubmissionError.message(for: error)
  }
}
