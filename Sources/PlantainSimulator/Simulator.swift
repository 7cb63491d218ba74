public import Gateways
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A gateway on the loopback interface that really edits pictures, in every dialect: for trying things out and for tests
/// without a network, with real sockets, real sizes, and no cost. A fault script makes it misbehave as real ones do.
public struct Simulator: Sendable {
  /// `http://127.0.0.1:PORT`. Google's dialect is spoken here, myrouter's and that of OpenAI's images.
  public let baseURL: String
  let state: SimulatorState

  /// Where one gateway is simulated, with the names and limits that are its own.
  public func baseURL(for gateway: Gateway) -> String { "\(baseURL)/\(gateway.id)" }

  /// What has come in so far.
  public var counts: Counts {
    get async { await state.counts }
  }

  /// The server cannot be started, because of a port in use or one that is not allowed.
  public struct CannotListen: Error, Sendable {
    public let message: String
  }

  public struct Counts: Sendable, Equatable {
    /// Requests for pictures, whatever became of them.
    public var received = 0
    /// Those that a real gateway would have taken money for: the work was done, whether or not its answer arrived.
    public var billed = 0
    /// Questions after tasks.
    public var questions = 0
    public var downloads = 0

    public init() {}
  }
}

/// Runs a simulator while `body` runs.
///
/// - Parameters:
///   - port: 0 takes any free port.
///   - gateways: those that are simulated below their ids.
///   - faults: used up by requests in their order; after the last everything is answered well.
/// - Throws: what `body` throws, or `Simulator.CannotListen`.
public func withSimulator<Result: Sendable>(
  port: Int = 0, gateways: [Gateway] = Gateway.all, faults: [Fault] = [],
  _ body: @Sendable (Simulator) async throws -> Result
) async throws -> Result {
  let server: LoopbackServer
  do {
    server = try await LoopbackServer(port: port)
  } catch let error as IOError {
    throw Simulator.CannotListen(message: String(cString: strerror(error.errnoCode)))
  }
  let state = SimulatorState(script: faults)
  let router = Router(gateways, state)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.run { try await router.answer($0) } }
    defer { group.cancelAll() }
    return try await body(Simulator(baseURL: "http://127.0.0.1:\(server.port)", state: state))
  }
}
