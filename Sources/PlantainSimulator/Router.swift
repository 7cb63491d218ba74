import Gateways
import NIOHTTP1

/// Dispatches requests to their endpoints: the edits and tasks of each gateway, the results, and the counts.
struct Router: Sendable {
  private struct Route: Sendable {
    let method: HTTPMethod
    let path: PathPattern
    let answer: @Sendable (IncomingRequest, [String: String]) async throws -> Answer
  }

  private var routes: [Route] = []

  init(_ gateways: [Gateway], _ state: SimulatorState) {
    for gateway in gateways { mount(gateway, below: "/\(gateway.id)", state) }
    for gateway in [Gateway.simulator, .myrouter, .aimlapi] { mount(gateway, below: "", state) }
    let results = ResultRoutes(state: state)
    add(.GET, "/results/{name}") { await results.result($0, named: $1["name"] ?? "") }
    add(.GET, "/counts") { _, _ in await .reply(.json(200, state.counts.text)) }
  }

  func answer(_ request: IncomingRequest) async throws -> Answer {
    for route in routes where route.method == request.head.method {
      if let names = route.path.match(request.path) { return try await route.answer(request, names) }
    }
    return .reply(Reply(status: 404))
  }

  private mutating func mount(_ gateway: Gateway, below prefix: String, _ state: SimulatorState) {
    let edits = EditRoute(gateway: gateway, state: state)
    let paths =
      [gateway.path] + (gateway.simulatedTraits.contains(.googleClients) ? [v1Path(of: gateway)] : [])
    for path in paths {
      add(.POST, prefix + path) { try await edits.answer($0, model: $1["model"]) }
    }
    guard let task = gateway.taskRoute else { return }
    let results = ResultRoutes(state: state)
    add(.GET, prefix + task.path) { await .reply(results.task($0, named: $1["task"] ?? "", gateway)) }
  }

  private func v1Path(of gateway: Gateway) -> String {
    gateway.path.replacing("/v1beta/", with: "/v1/")
  }

  private mutating func add(
    _ method: HTTPMethod, _ path: String,
    _ answer: @escaping @Sendable (IncomingRequest, [String: String]) async throws -> Answer
  ) {
    routes.append(Route(method: method, path: PathPattern(path), answer: answer))
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
