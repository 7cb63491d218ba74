/// The state of a simulated task.
package enum SimulatedTaskState: Sendable {
  case running(progress: Int)
  /// The URLs of the pictures.
  case done([String])
  /// The message of the error.
  case failed(String)

  fileprivate var word: String {
    switch self {
    case .running: "processing"
    case .done: "completed"
    case .failed: "failed"
    }
  }
}

extension TaskFormat {
  static let simulatedTraits: SimulatedTraits = [.addresses, .tasks]

  static func simulatedRequest(
    _ json: JSONValue, at endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    try FlatSimulated.read(json, endpoint)
  }

  /// The reply that names the task. Its pictures are in the report on the task.
  static func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue {
    let holder = JSONValue.object(["status": .string("submitted"), "task_id": .string(answer.task)])
    return .object(["code": .number(200), "data": .array([holder])])
  }

  /// The reply to a poll, in the shape that APIMart's pages show.
  ///
  /// - Parameter expires: The expiration of the addresses, in seconds since 1970.
  static func report(_ id: String, _ state: SimulatedTaskState, expires: Int) -> JSONValue {
    var task: [String: JSONValue] = ["id": .string(id), "status": .string(state.word)]
    switch state {
    case .running(let progress): task["progress"] = .number(Double(progress))
    case .failed(let message): task["error"] = error(500, message, type: "server_error")
    case .done(let addresses):
      task["progress"] = .number(100)
      let images = addresses.map { address in
        JSONValue.object([
          "url": .array([.string(address)]), "expires_at": .number(Double(expires)),
        ])
      }
      task["result"] = .object(["images": .array(images)])
    }
    return .object(["code": .number(200), "data": .object(task)])
  }
}
