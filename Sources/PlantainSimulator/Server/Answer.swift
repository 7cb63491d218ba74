import NIOCore
import NIOHTTP1

/// What the server does with a request.
enum Answer: Sendable {
  case reply(Reply)
  /// Sends the head and half of the body, then does this.
  case half(Reply, Ending)
  /// Resets the connection without a reply.
  case reset
  /// Never replies.
  case silence

  enum Ending: Sendable {
    case close
    case silence
  }

  /// The answer in a few words, for a log.
  var summary: String {
    switch self {
    case .reply(let reply): "status \(reply.status), \(reply.body.readableBytes) bytes"
    case .half(let reply, .close): "status \(reply.status), cut off within the body"
    case .half(let reply, .silence): "status \(reply.status), stalled within the body"
    case .reset: "connection reset"
    case .silence: "no reply"
    }
  }
}

/// An HTTP reply with a status, headers, and a body of known length.
struct Reply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var body = ByteBuffer()

  static func json(_ status: Int, _ text: String) -> Reply {
    Reply(
      status: status, headers: [("Content-Type", "application/json; charset=UTF-8")],
      body: ByteBuffer(string: text))
  }

  /// The head of the reply to `request`: everything before the body.
  func head(to request: HTTPRequestHead) -> HTTPResponseHead {
    var fields = HTTPHeaders(headers)
    fields.add(name: "Content-Length", value: "\(body.readableBytes)")
    fields.add(name: "Server", value: "plantain-simulator")
    if !request.isKeepAlive { fields.add(name: "Connection", value: "close") }
    return HTTPResponseHead(
      version: request.version, status: HTTPResponseStatus(statusCode: status), headers: fields)
  }

  /// Whether a body follows the head. The codec would write a body after any head, and a client would take it
  /// for the next reply.
  func hasBody(for request: HTTPRequestHead) -> Bool {
    HTTPResponseStatus(statusCode: status).mayHaveResponseBody && request.method != .HEAD
  }

  var firstHalf: ByteBuffer { body.getSlice(at: 0, length: body.readableBytes / 2) ?? body }
}
