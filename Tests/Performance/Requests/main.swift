// What sending costs beside the work on pictures, measured in a process of its own.
//   requests edits N URL PICTURE    N edits after one another, by Google's dialect
//   requests tasks N URL PICTURE    N edits at the same time, by the dialect of tasks
//   requests batch N URL PICTURE    a batch of N edits by Google's dialect; the cores that it keeps busy, its memory on the way
//   requests ledger N - -           what the ledger alone takes of N edits of a batch
// Prints the CPU time of each, the wall time of all and the peak of memory as JSON.
import Foundation
import Plantain

func secondsOfCPU() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What the kernel says of this process, in megabytes: `VmHWM` is the highest mark, `VmRSS` what it has now.
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

// The first one starts libraries and connections.
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
      "{\"mode\": \"%@\", \"count\": %d, \"cpuMilliseconds\": %.2f, \"wallSeconds\": %.2f, \"peakMegabytes\": %.1f}",
    arguments[1], count, each, wall / .seconds(1), memory("VmHWM")))
await editor.close()
