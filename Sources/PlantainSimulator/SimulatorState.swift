import Gateways
import PictureFormats
import Core
import PictureWork

/// An asynchronous task: its end, and the number of polls before it.
struct SimulatedTask: Sendable {
  let end: SimulatedTaskState
  let polls: Int
  let isExpired: Bool
  var asked = 0
}

/// A result that can be fetched.
struct StoredResult: Sendable {
  let picture: SimulatedModel.Answer
  let label: MediaType
  let redirect: String?
  /// A fault of the download. `cut` applies only to the first download.
  var download: Fault.Download?
}

/// The state that the simulator keeps between requests.
actor SimulatorState {
  /// The maximum total size of stored results. The oldest results beyond it are discarded.
  private static let maximumBytes = 256_000_000

  /// Makes the pictures.
  nonisolated let processor: ImageProcessor
  private var script: [Fault]
  private(set) var counts = Simulator.Counts()
  private var results: [String: StoredResult] = [:]
  private var order: [String] = []
  private var bytes = 0
  private var tasks: [String: SimulatedTask] = [:]
  private var number = 0

  init(script: [Fault], processor: ImageProcessor) {
    self.script = script
    self.processor = processor
  }

  /// Takes the next fault for a gateway, and counts it as used once.
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

  /// Stores a result.
  ///
  /// - Returns: The name of the result.
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

  /// Starts a task.
  ///
  /// - Returns: The id of the task.
  func begin(_ task: SimulatedTask) -> String {
    number += 1
    let id = "task_" + String(repeating: "0", count: max(0, 26 - "\(number)".count)) + "\(number)"
    tasks[id] = task
    return id
  }

  /// Polls a task, which advances it. `nil` if there is no such task.
  func ask(_ id: String) -> (state: SimulatedTaskState, isExpired: Bool)? {
    guard let task = tasks[id] else { return nil }
    tasks[id]?.asked += 1
    if task.asked >= task.polls { return (task.end, task.isExpired) }
    return (.running(progress: 100 * task.asked / task.polls), false)
  }
}
