import NIOCore
import NIOHTTP1

/// A request whose head has arrived. Its body is read on demand.
struct IncomingRequest {
  let head: HTTPRequestHead
  private let reader: RequestReader

  init(head: HTTPRequestHead, reader: RequestReader) {
    self.head = head
    self.reader = reader
  }

  /// The first header of that name.
  subscript(header name: String) -> String? { head.headers.first(name: name) }

  /// The path without its query, still percent-encoded.
  var path: Substring { head.uri.prefix { $0 != "?" } }

  /// The first query item of that name.
  func queryItem(_ name: String) -> String? {
    let query = head.uri.drop { $0 != "?" }.dropFirst()
    let item = query.split(separator: "&").first { $0.hasPrefix(name + "=") }
    return item.map { String($0.dropFirst(name.count + 1)) }
  }

  /// Reads the whole body.
  ///
  /// - Parameter limit: The maximum size in bytes.
  /// - Returns: The body; `nil` if it is larger than `limit`.
  /// - Throws: If the body breaks off, in which case no client waits for a reply.
  func body(upTo limit: Int) async throws -> ByteBuffer? {
    let declared = self[header: "content-length"].flatMap { Int($0) } ?? 0
    guard declared <= limit else { return nil }
    var body = ByteBuffer()
    body.reserveCapacity(declared)
    while var part = try await reader.nextBodyPart() {
      guard body.readableBytes + part.readableBytes <= limit else { return nil }
      body.writeBuffer(&part)
    }
    return body
  }
}

/// Reads the requests of one connection in order.
final class RequestReader {
  private struct Interrupted: Error {}

  private var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
  private var isInBody = false

  init(_ parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>) {
    self.parts = parts.makeAsyncIterator()
  }

  /// - Returns: The head of the next request; `nil` if the client has closed the connection.
  func nextHead() async throws -> HTTPRequestHead? {
    while let part = try await parts.next(isolation: #isolation) {
      guard case .head(let head) = part else { continue }
      isInBody = true
      return head
    }
    return nil
  }

  /// - Returns: The next part of the body; `nil` after the last one.
  func nextBodyPart() async throws -> ByteBuffer? {
    guard isInBody else { return nil }
    switch try await parts.next(isolation: #isolation) {
    case .body(let bytes): return bytes
    case .end:
      isInBody = false
      return nil
    case .head, nil: throw Interrupted()
    }
  }

  /// Discards the rest of the body, up to the next request.
  func skipBody() async throws {
    while try await nextBodyPart() != nil {}
  }

  /// Discards all input until the client closes the connection.
  func skipToEnd() async throws {
    while try await parts.next(isolation: #isolation) != nil {}
  }
}
