import Foundation
import Ledger
import Plantain
import Core

/// Runs a batch whose pictures pass unchanged, and prints its cost.
func measureBatch(_ count: Int, _ editor: Editor, _ folder: String, _ picture: String) async throws {
  defer { try? FileManager.default.removeItem(atPath: folder) }
  // Paths in a manifest are relative to its folder.
  let picture = URL(filePath: picture).standardizedFileURL.path(percentEncoded: false)
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let lines = (0..<count).map {
    #"{"references": ["\#(picture)"], "prompt": "warm \#($0)", "output": "\#($0).jpg"}"#
  }
  try lines.joined(separator: "\n").write(toFile: folder + "/m.jsonl", atomically: true, encoding: .utf8)
  let clock = ContinuousClock()
  let cpu = secondsOfCPU()
  var marks: [String] = []
  var summary: BatchSummary?
  let wall = try await clock.measure {
    let manifest = try Manifest(
      reading: folder + "/m.jsonl", Manifest.Defaults(folder: folder + "/out"), for: .apiyi)
    var ended = 0
    summary = try await Batch(editor).run(manifest) { event in
      guard case .ended = event else { return }
      ended += 1
      if ended % max(1, count / 5) == 0 { marks.append(String(format: "%.1f", memory("VmRSS"))) }
    }
  }
  let used = secondsOfCPU() - cpu
  print(
    String(
      format:
        """
        {\"mode\": \"batch\", \"count\": %d, \"done\": %d, \"cpuMilliseconds\": %.2f, \
        \"wallSeconds\": %.2f, \"cores\": %.2f, \"peakMegabytes\": %.1f, \"megabytes\": [%@]}
        """,
      count, summary?.done ?? 0, used / Double(count) * 1_000, wall / .seconds(1),
      used / (wall / .seconds(1)), memory("VmHWM"), marks.joined(separator: ", ")))
}

/// Makes the same writes and queries as one job of a batch, for each of `count` jobs.
func measureLedger(_ count: Int, _ folder: String) async throws {
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let ledger = try Ledger(path: folder + "/ledger.sqlite")
  let cpu = secondsOfCPU()
  let clock = ContinuousClock()
  let wall = try await clock.measure {
    for number in 0..<count {
      let id = UUID().uuidString
      _ = try await ledger.edits(ofJob: "key-\(number)")
      _ = try await ledger.route("apiyi", "https://example.com")
      let entry = EditEntry(
        id: id, created: number, prompt: "warm \(number)", gateway: "apiyi", model: "m", tier: "1K",
        aspect: "3:2", count: 1,
        sources: [
          EditEntry.Source(name: "a.jpg", mediaType: "image/jpeg", sha256: String(repeating: "0", count: 64))
        ],
        output: EditEntry.Output(
          path: "/out/\(number).jpg", isFile: true, overwrites: false, format: "image/jpeg"),
        priceMillionths: 55_000, currency: "USD", finishing: nil, jobKey: "key-\(number)", run: "run")
      try await ledger.save(entry)
      let attempt = try await ledger.insert(
        AttemptEntry(
          edit: id, part: 1, number: 1, gateway: "apiyi", model: "m", baseURL: "https://example.com",
          state: "sending", started: number, reply: "\(id).reply", idempotencyKey: nil))
      for state in ["accepted", "stored"] {
        try await ledger.change(attempt, to: LedgerChange(state: state, changed: number))
      }
      let done = LedgerChange(
        state: "done", changed: number, outputs: [WrittenFile(path: "/out/\(number).jpg", sha256: nil)])
      try await ledger.change(attempt, to: done)
    }
  }
  print(
    String(
      format: "{\"mode\": \"ledger\", \"count\": %d, \"cpuMilliseconds\": %.2f, \"wallSeconds\": %.2f}",
      count, (secondsOfCPU() - cpu) / Double(count) * 1_000, wall / .seconds(1)))
}
