import NIOCore
import NIOHTTP1

/// A request whose head has arrived, and whose body is read when it is wanted.
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

  /// - Returns: `nil` when the body is larger than `limit`, in bytes.
  /// - Throws: when it breaks off, and nobody waits for an answer any more.
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

/// Reads the requests of one connection, one after the other.
final class RequestReader {
  private struct Interrupted: Error {}

  private var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
  private var isInBody = false

  init(_ parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>) {
    self.parts = parts.makeAsyncIterator()
  }

  /// - Returns: `nil` when the client has closed the connection.
  func nextHead() async throws -> HTTPRequestHead? {
    while let part = try await parts.next(isolation: #isolation) {
      guard case .head(let head) = part else { continue }
      isInBody = true
      return head
    }
    return nil
  }

  /// - Returns: `nil` after the last part.
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

  /// Reads on to where the next request begins.
  func skipBody() async throws {
    while try await nextBodyPart() != nil {}
  }

  /// Reads on until the client closes the connection.
  func skipToEnd() async throws {
    while try await parts.next(isolation: #isolation) != nil {}
  }
}
