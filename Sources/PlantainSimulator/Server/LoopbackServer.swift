import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP/1.1 server on 127.0.0.1 that can break a connection at any point, which no server framework
/// offers. Parsing is done by NIO's codec, which is already linked for the HTTP client.
struct LoopbackServer {
  private typealias ReplyPart = HTTPPart<HTTPResponseHead, ByteBuffer>
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, ReplyPart>

  private let listener: NIOAsyncChannel<Connection, Never>

  /// Starts to listen.
  ///
  /// - Parameter port: The port to listen on; 0 selects any free port.
  /// - Throws: `IOError` if the port is in use or not allowed.
  init(port: Int) async throws {
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // A client that has closed its sending side may still wait for the reply.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          // The codec's own reply to a request that is not HTTP could come between two of ours.
          try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
          try pipeline.addHandler(ByteBufferBodies())
          // Closing only the sending side lets all data that was written before arrive.
          let connection = try Connection(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
          Self.unserved.withLock { $0[ObjectIdentifier(channel)] = connection }
          return connection
        }
      }
  }

  /// The connections that are accepted but not served yet. A connection that arrives while its listener
  /// closes is never delivered, and NIO ends the process when such a connection is released, so it is
  /// retained here.
  private static let unserved = Mutex<[ObjectIdentifier: Connection]>([:])

  /// The port that the server listens on.
  var port: Int { listener.channel.localAddress?.port ?? 0 }

  /// Serves until the task is canceled: connections concurrently, the requests of one connection in order.
  func run(_ answer: @escaping @Sendable (IncomingRequest) async throws -> Answer) async throws {
    let listener = listener
    // NIO requires that every accepted connection is served to its end. A canceled task would leave some
    // unserved, so this unstructured task is never canceled. It ends when the listener is closed.
    let serving = Task {
      try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask {
              // A client that disconnects, or sends something other than HTTP, ends only its own connection.
              try? await Self.serve(connection, answer)
            }
          }
          group.cancelAll()
        }
      }
    }
    try await withTaskCancellationHandler {
      try await serving.value
    } onCancel: {
      listener.channel.close(promise: nil)
    }
  }

  private static func serve(
    _ connection: Connection, _ answer: (IncomingRequest) async throws -> Answer
  ) async throws {
    let channel = connection.channel
    unserved.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    try await connection.executeThenClose { parts, replies in
      let reader = RequestReader(parts)
      while let head = try await reader.nextHead() {
        if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
          try await replies.write(.head(HTTPResponseHead(version: head.version, status: .continue)))
        }
        switch try await answer(IncomingRequest(head: head, reader: reader)) {
        case .reply(let reply):
          try await replies.write(.head(reply.head(to: head)))
          if reply.hasBody(for: head) { try await replies.write(.body(reply.body)) }
          try await replies.write(.end(nil))
          guard head.isKeepAlive else {
            replies.finish()
            return try await reader.skipToEnd()
          }
          try await reader.skipBody()
        case .half(let reply, let ending):
          try await replies.write(.head(reply.head(to: head)))
          if reply.hasBody(for: head) { try await replies.write(.body(reply.firstHalf)) }
          if ending == .silence { try await waitForever() }
          replies.finish()
          return try await reader.skipToEnd()
        case .reset:
          // With a linger time of 0, closing sends a reset and discards data in transit.
          let options = channel as? any SocketOptionProvider
          try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
          try await channel.close().get()
          return
        case .silence: try await waitForever()
        }
      }
    }
  }

  /// Waits until the task is canceled.
  private static func waitForever() async throws { try await Task.sleep(for: .seconds(86_400)) }
}

/// Converts bodies from byte buffers, which are `Sendable`, to the codec's own type, which is not, because it
/// can be a file.
private final class ByteBufferBodies: ChannelOutboundHandler {
  typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
  typealias OutboundOut = HTTPServerResponsePart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: OutboundOut =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let bytes): .body(.byteBuffer(bytes))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
