import Imaging
import PictureFormats
import Core

/// A task, and how long it goes on.
struct SimulatedTask: Sendable {
  enum State: Sendable {
    case running(progress: Int)
    case done([String])
    case failed(String)

    var word: String {
      switch self {
      case .running: "processing"
      case .done: "completed"
      case .failed: "failed"
      }
    }
  }

  let end: State
  let polls: Int
  let isExpired: Bool
  var asked = 0
}

/// A result that waits to be fetched.
struct StoredResult: Sendable {
  let picture: SimulatedModel.Answer
  let label: MediaType
  let redirect: String?
  /// Spent after the first one for `cut`.
  var download: Fault.Download?
}

/// What the simulator remembers between requests.
actor SimulatorState {
  /// Of results; what is older than this is forgotten.
  private static let maximumBytes = 256_000_000

  private var script: [Fault]
  private(set) var counts = Simulator.Counts()
  private var results: [String: StoredResult] = [:]
  private var order: [String] = []
  private var bytes = 0
  private var tasks: [String: SimulatedTask] = [:]
  private var number = 0

  init(script: [Fault]) {
    self.script = script
  }

  /// The fault that is next for a gateway, which is thereby used up once.
  func takeFault(for gateway: String) -> Fault {
    guard let place = script.firstIndex(where: { $0.gateway == nil || $0.gateway == gateway }) else {
      return Fault()
    }
    let fault = script[place]
    script[place].times -= 1
    if script[place].times == 0 { script.remove(at: place) }
    return fault
  }

  func count(_ kind: any WritableKeyPath<Simulator.Counts, Int> & Sendable) { counts[keyPath: kind] += 1 }

  /// - Returns: its name.
  func keep(_ result: StoredResult) -> String {
    number += 1
    let ending = PictureFormat.all.first { $0.isMeant(by: result.label) }?.extensions.first ?? "bin"
    let name = "\(number).\(ending)"
    results[name] = result
    order.append(name)
    bytes += result.picture.bytes.count
    while bytes > Self.maximumBytes, order.count > 1 {
      bytes -= results.removeValue(forKey: order.removeFirst())?.picture.bytes.count ?? 0
    }
    return name
  }

  func result(_ name: String) -> StoredResult? {
    defer { if results[name]?.download == .cut { results[name]?.download = nil } }
    return results[name]
  }

  /// - Returns: its id.
  func begin(_ task: SimulatedTask) -> String {
    number += 1
    let id = "task_" + String(repeating: "0", count: max(0, 26 - "\(number)".count)) + "\(number)"
    tasks[id] = task
    return id
  }

  /// How a task stands; asking brings it on.
  func ask(_ id: String) -> (state: SimulatedTask.State, isExpired: Bool)? {
    guard let task = tasks[id] else { return nil }
    tasks[id]?.asked += 1
    if task.asked >= task.polls { return (task.end, task.isExpired) }
    return (.running(progress: 100 * task.asked / task.polls), false)
  }
}
