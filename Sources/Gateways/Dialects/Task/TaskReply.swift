import Core

/// Replies with the ids of tasks, and replies to polls of a task:
///
///     {"code": 200, "data": [{"status": "submitted", "task_id": "…"}]}
///     {"code": 200, "data": {"id": "…", "status": "completed", "progress": 100,
///                            "result": {"images": [{"url": ["https://…"], "expires_at": 1780000000}]}}}
extension TaskFormat {
  static let repliesWithTasks = true

  static func reply(_ documents: [JSONValue]) -> any ReplyShape { FlatReply(documents: documents) }

  /// The task in a document. APIMart wraps it in `data`; newer documentation does not.
  static func task(in document: JSONValue) -> JSONValue {
    guard let data = document["data"] else { return document }
    if data.isObject { return data }
    return data.elements.count == 1 && data.elements[0].isObject ? data.elements[0] : document
  }

  enum State { case running, done, failed }

  /// The state of a task. An unknown state counts as running, so polling goes on until the deadline.
  static func state(of task: JSONValue) -> State {
    switch task["status"]?.string?.lowercased() ?? "" {
    case "completed", "success", "succeeded", "finished": .done
    case "failed", "error", "cancelled", "canceled": .failed
    case "": task["result"] != nil || task["images"] != nil ? .done : .running
    default: .running
    }
  }

  /// The ids of all tasks in a document. The documentation does not say whether one task makes all pictures
  /// or each picture has a task.
  static func tasks(in document: JSONValue) -> [String] {
    let data = document["data"]
    let holders = data?.elements ?? []
    let ids = (holders.isEmpty ? [data, document].compactMap(\.self) : holders).compactMap { holder in
      holder["task_id"]?.string ?? holder["taskId"]?.string
        ?? (holder["status"] != nil ? holder["id"]?.string : nil)
    }
    return ids.filter { !$0.isEmpty }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The reported cost. The unit of `cost` alone is not documented.
  static func cost(_ document: JSONValue, _ task: JSONValue) -> Money? {
    let credits = [task["credits_cost"], task["cost"], document["cost"]]
    return credits.lazy.compactMap { $0?.double }.first.flatMap { Money(amount: $0, currency: "credits") }
  }
}
