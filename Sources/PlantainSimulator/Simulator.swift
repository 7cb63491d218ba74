import Core
public import Gateways
import NIOCore
import NIOHTTP1
public import PictureWork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A gateway simulator on the loopback interface that edits pictures, in every dialect. It is for trials and
/// tests without a network or cost, but with real sockets and sizes. Faults make it fail as real gateways do.
public struct Simulator: Sendable {
  /// `http://127.0.0.1:PORT`, which serves the dialects of Google, of myrouter, and of OpenAI's images.
  public let baseURL: String
  let state: SimulatorState

  /// The base URL of one simulated gateway, with its own names and limits.
  public func baseURL(for gateway: Gateway) -> String { "\(baseURL)/\(gateway.id)" }

  /// The number of requests so far.
  public var counts: Counts {
    get async { await state.counts }
  }

  /// The error when the server cannot be started because its port is in use or not allowed.
  public struct CannotListen: Error, Sendable {
    /// The system's message.
    public let message: String
  }

  /// Numbers of requests by kind.
  public struct Counts: Sendable, Equatable {
    /// Requests for pictures, whatever their outcome.
    public var received = 0
    /// Requests that a real gateway would have billed: the work was done, whether or not its reply arrived.
    public var billed = 0
    /// Polls of tasks.
    public var questions = 0
    /// Downloads of results.
    public var downloads = 0

    /// Creates counts of 0.
    public init() {}
  }
}

/// Runs a simulator while `body` runs.
///
/// - Parameters:
///   - port: The port to listen on; 0 selects any free port. Default: 0.
///   - gateways: The gateways that are simulated below their ids. Default: all built-in ones.
///   - faults: The faults of the requests, in order. After the last one, requests succeed. Default: none.
///   - processor: Makes the pictures.
///   - log: Receives a line about each request when its answer is ready. Default: ignores it.
///   - body: The work that uses the simulator.
/// - Returns: The result of `body`.
/// - Throws: The error of `body`, or `Simulator.CannotListen`.
public func withSimulator<Result: Sendable>(
  port: Int = 0, gateways: [Gateway] = Gateway.all, faults: [Fault] = [], processor: ImageProcessor,
  log: @escaping @Sendable (String) -> Void = { _ in }, _ body: @Sendable (Simulator) async throws -> Result
) async throws -> Result {
  let server: LoopbackServer
  do {
    server = try await LoopbackServer(port: port)
  } catch let error as IOError {
    throw Simulator.CannotListen(message: String(cString: strerror(error.errnoCode)))
  }
  let state = SimulatorState(script: faults, processor: processor)
  let router = Router(gateways, state)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      try await server.run { request in
        let answer = try await router.answer(request)
        log("\(request.head.method) \(request.head.uri.loggableURL): \(answer.summary)")
        return answer
      }
    }
    defer { group.cancelAll() }
    return try await body(Simulator(baseURL: "http://127.0.0.1:\(server.port)", state: state))
  }
}
