public import Gateways
import HTTPTypes
import Hummingbird
import Logging
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
    public let words: String
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

  static func application(
    port: Int, gateways: [Gateway], state: SimulatorState, onRunning: @escaping @Sendable (Int) async -> Void
  ) -> some ApplicationProtocol {
    Application(
      router: router(gateways, state),
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: port), serverName: "plantain-simulator"),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "plantain.simulator") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func router(_ gateways: [Gateway], _ state: SimulatorState) -> Router<SimulatorContext> {
    let router = Router(context: SimulatorContext.self)
    for gateway in gateways { mount(gateway, below: "/\(gateway.id)", router, state) }
    for gateway in [Gateway.simulator, .myrouter, .aimlapi] { mount(gateway, below: "", router, state) }
    let results = ResultRoutes(state: state)
    router.get("/results/{name}") { request, context in try await results.result(request, context) }
    router.get("/counts") { _, _ in
      Response.json(200, ByteBuffer(string: await state.counts.text))
    }
    return router
  }

  private static func mount(
    _ gateway: Gateway, below prefix: String, _ router: Router<SimulatorContext>, _ state: SimulatorState
  ) {
    let route = EditRoute(gateway: gateway, state: state)
    // Google's own client asks under v1.
    let paths = [gateway.path] + (gateway.dialect == .nativeGemini ? [v1Path(of: gateway)] : [])
    for path in paths {
      router.post(RouterPath(prefix + path)) { request, context in
        try await route.respond(to: request, context)
      }
    }
    guard let task = gateway.taskRoute else { return }
    let results = ResultRoutes(state: state)
    router.get(RouterPath(prefix + task.path.prefix { $0 != "?" })) { request, context in
      try await results.task(request, context, gateway)
    }
  }

  private static func v1Path(of gateway: Gateway) -> String {
    gateway.path.replacing("/v1beta/", with: "/v1/")
  }
}

extension Simulator.Counts {
  fileprivate var text: String {
    JSONValue.object([
      "received": .number(Double(received)), "billed": .number(Double(billed)),
      "questions": .number(Double(questions)), "downloads": .number(Double(downloads)),
    ]).text ?? "{}"
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
  let (ports, running) = AsyncThrowingStream<Int, any Error>.makeStream()
  let state = SimulatorState(script: faults)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      do {
        try await Simulator.application(port: port, gateways: gateways, state: state) { running.yield($0) }
          .run()
        running.finish()
      } catch let error as IOError {
        running.finish(throwing: Simulator.CannotListen(words: String(cString: strerror(error.errnoCode))))
      } catch {
        running.finish(throwing: error)
      }
    }
    defer { group.cancelAll() }
    var iterator = ports.makeAsyncIterator()
    guard let port = try await iterator.next() else { throw CancellationError() }
    return try await body(Simulator(baseURL: "http://127.0.0.1:\(port)", state: state))
  }
}
