// The cost of sending, apart from the work on pictures, measured in a separate process.
//   requests edits N URL PICTURE    N edits one after another, in Google's dialect
//   requests tasks N URL PICTURE    N edits at the same time, in the task dialect
//   requests batch N URL PICTURE    a batch of N edits in Google's dialect: busy cores and memory on the way
//   requests ledger N - -           the cost of the ledger alone for N edits of a batch
// Prints the CPU time of each, the wall time of all, and the peak memory as JSON.
import Foundation
import Plantain

func secondsOfCPU() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A value from /proc/self/status in megabytes: `VmHWM` is the peak, `VmRSS` the current value.
func memory(_ name: String) -> Double {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
  return Double(line.filter(\.isNumber)).map { $0 / 1_000 } ?? 0
}

let arguments = CommandLine.arguments
guard arguments.count == 5, ["edits", "tasks", "batch", "ledger"].contains(arguments[1]),
  let count = Int(arguments[2])
else {
  print("requests edits|tasks|batch|ledger N URL PICTURE")
  exit(64)
}
let areTasks = arguments[1] == "tasks"
let folder = FileManager.default.temporaryDirectory.appending(path: "plantain-requests-\(getpid())").path
defer { try? FileManager.default.removeItem(atPath: folder) }
if arguments[1] == "ledger" {
  try await measureLedger(count, folder)
  exit(0)
}
let editor = try Editor(
  gateway: areTasks ? .gccai : .apiyi, key: .value(APIKey("measured")), baseURL: arguments[3],
  ledger: .file(folder + "/ledger.sqlite"))

@Sendable func edit(_ number: Int) async throws {
  var options = EditOptions()
  options.output = .file("\(folder)/\(number).jpg")
  _ = try await editor.edit("warm \(number)", references: [.file(arguments[4])], options: options)
}

if arguments[1] == "batch" {
  try await measureBatch(count, editor, folder, arguments[4])
  await editor.close()
  exit(0)
}

// The first edit starts libraries and connections.
try await edit(0)
let clock = ContinuousClock()
let before = secondsOfCPU()
let wall = try await clock.measure {
  if areTasks {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...count { group.addTask { try await edit(number) } }
      try await group.waitForAll()
    }
  } else {
    for number in 1...count { try await edit(number) }
  }
}
let each = (secondsOfCPU() - before) / Double(count) * 1_000
print(
  String(
    format:
      """
      {\"mode\": \"%@\", \"count\": %d, \"cpuMilliseconds\": %.2f, \"wallSeconds\": %.2f, \
      \"peakMegabytes\": %.1f}
      """,
    arguments[1], count, each, wall / .seconds(1), memory("VmHWM")))
await editor.close()
