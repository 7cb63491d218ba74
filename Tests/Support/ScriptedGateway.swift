import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP server on a free loopback port that sends exactly the bytes it was given and records what it
/// receives. It uses no HTTP library on purpose, so that it can also misbehave.
package final class ScriptedGateway: Sendable {
  package enum Answer: Sendable {
    case reply(status: Int, headers: [(String, String)] = [], body: String)
    /// Status 200 with these bytes.
    case file([UInt8], headers: [(String, String)] = [])
    /// Closes the connection once the whole request has arrived.
    case hangUp
    /// Sends these bytes once the whole request has arrived, and closes the connection.
    case hangUpAfter(String)
    /// Reads the request and never replies.
    case silence
    /// Sends these bytes and then nothing more.
    case stall(String)
    /// Sends these bytes when the head has arrived, and reads no more of the body.
    case early(String)

    /// A reply in Gemini's format with one picture.
    ///
    /// - Parameter label: the stated media type.
    package static func picture(_ bytes: [UInt8], label: String = "image/jpeg") -> Answer {
      .reply(status: 200, body: geminiReply(bytes, label: label))
    }
  }

  /// The body of a reply in Gemini's format with one picture.
  package static func geminiReply(_ bytes: [UInt8], label: String = "image/jpeg") -> String {
    let data = Data(bytes).base64EncodedString()
    let part = #"{"inlineData":{"mimeType":"\#(label)","data":"\#(data)"}}"#
    return #"{"candidates":[{"content":{"parts":[\#(part)]}}]}"#
  }

  package struct Received: Sendable {
    package var head = ""
    package var body: [UInt8] = []
  }

  package let baseURL: String
  private let channel: any Channel
  private let log: Log

  fileprivate final class Log: Sendable {
    let requests = Mutex<[Received]>([])
  }

  private init(_ channel: any Channel, _ log: Log) {
    self.channel = channel
    self.log = log
    baseURL = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
  }

  /// Returns once the first request has arrived completely.
  ///
  /// - Throws: `WaitedInVain`.
  package func firstRequest() async throws {
    try await waitUntil("the gateway has received a request") { !requests.isEmpty }
  }

  package var requests: [Received] { log.requests.withLock { $0 } }

  /// Runs a gateway that gives every request the same answer while `body` runs.
  package static func run<Result>(
    _ answer: Answer, _ body: (ScriptedGateway) async throws -> Result
  ) async throws -> Result {
    try await run([answer], body)
  }

  /// Runs a gateway with one answer for each request in turn; the last answer also serves all later requests.
  package static func run<Result>(
    _ answers: [Answer], _ body: (ScriptedGateway) async throws -> Result
  ) async throws -> Result {
    let log = Log()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Handler(answers: answers, log: log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let gateway = ScriptedGateway(channel, log)
    do {
      let result = try await body(gateway)
      try await channel.close()
      return result
    } catch {
      try? await channel.close()
      throw error
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answers: [Answer]
    private let log: Log
    private var bytes: [UInt8] = []

    init(answers: [Answer], log: Log) {
      self.answers = answers
      self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += Array(unwrapInboundIn(data).readableBytesView)
      if case .early(let text) = answers[0] {
        guard log.requests.withLock({ $0.isEmpty }) else { return }
        log.requests.withLock {
          $0.append(Received(head: String(decoding: bytes.prefix(200), as: UTF8.self)))
        }
        _ = context.channel.setOption(.autoRead, value: false)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        return
      }
      guard let request = Self.complete(bytes) else { return }
      bytes = []
      let position = log.requests.withLock { requests in
        requests.append(request)
        return requests.count - 1
      }
      switch answers[min(position, answers.count - 1)] {
      case .silence, .early: break
      case .hangUp: context.close(promise: nil)
      case .hangUpAfter(let text):
        context.write(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        context.flush()
        context.close(promise: nil)
      case .stall(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      case .reply(let status, let headers, let body):
        var text = "HTTP/1.1 \(status) Scripted\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n" + body)), promise: nil)
      case .file(let content, let headers):
        let lines = headers.map { "\($0): \($1)\r\n" }.joined()
        var buffer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(content.count)\r\n\(lines)\r\n")
        buffer.writeBytes(content)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
      }
    }

    /// The request, once its head and as many bytes as it declares have arrived.
    private static func complete(_ bytes: [UInt8]) -> Received? {
      guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }) else {
        return nil
      }
      let head = String(decoding: bytes[..<end], as: UTF8.self)
      let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      let length = line.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
      let body = bytes[(end + 4)...]
      return body.count >= length ? Received(head: head, body: Array(body)) : nil
    }
  }
}
