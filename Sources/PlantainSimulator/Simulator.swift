import HTTPTypes
import Hummingbird
import Logging
import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A gateway on the loopback interface that really edits pictures, for trying things out and for tests without a
/// network: real sockets, real sizes, no cost.
public struct Simulator: Sendable {
  /// `http://127.0.0.1:PORT`.
  public let baseURL: String

  /// Requests are as large as the real gateway allows.
  private static let requestLimit = 110_000_000

  static func application(
    port: Int, onRunning: @escaping @Sendable (Int) async -> Void
  ) -> some ApplicationProtocol {
    let router = Router()
    for version in ["v1", "v1beta"] {
      router.post("\(version)/models/{model}:generateContent") { request, _ in
        await respond(to: request)
      }
    }
    return Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: port), serverName: "plantain-simulator"),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "plantain.simulator") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func respond(to request: Request) async -> Response {
    let bearer = request.headers[.authorization].map { $0.hasPrefix("Bearer ") && $0.count > 7 } ?? false
    let google = HTTPField.Name("x-goog-api-key").flatMap { request.headers[$0] }
    let answer: NativeGeminiRoute.Answer
    do {
      let body = try await request.body.collect(upTo: requestLimit)
      answer = await NativeGeminiRoute.answer(
        Array(body.readableBytesView), isAuthorised: bearer || google?.isEmpty == false)
    } catch {
      answer = .failure(
        413, "INVALID_ARGUMENT", "Request payload size exceeds the limit: \(requestLimit) bytes.")
    }
    return response(answer)
  }

  private static func response(_ answer: NativeGeminiRoute.Answer) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(answer.body) else { return Response(status: .internalServerError) }
    return Response(
      status: .init(code: answer.status), headers: [.contentType: "application/json; charset=UTF-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }
}

/// Runs a simulator while `body` runs.
///
/// - Parameter port: 0 takes any free port.
/// - Throws: what `body` throws, or what keeps the server from starting, such as a port in use.
public func withSimulator<Result: Sendable>(
  port: Int = 0, _ body: @Sendable (Simulator) async throws -> Result
) async throws -> Result {
  let (ports, running) = AsyncThrowingStream<Int, any Error>.makeStream()
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      do {
        try await Simulator.application(port: port) { running.yield($0) }.run()
        running.finish()
      } catch {
        running.finish(throwing: error)
      }
    }
    defer { group.cancelAll() }
    var iterator = ports.makeAsyncIterator()
    guard let port = try await iterator.next() else { throw CancellationError() }
    return try await body(Simulator(baseURL: "http://127.0.0.1:\(port)"))
  }
}
