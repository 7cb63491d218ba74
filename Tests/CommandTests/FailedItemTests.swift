import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing
import Core

/// `failed.jsonl` runs as it is: without options and from any folder. Afterwards the original command has
/// nothing left to do.
@Suite(.enabled(if: !isFastRun), .endsInTime) struct `The failed jobs of a batch` {
  private let folder: TemporaryFolder
  private let elsewhere: TemporaryFolder
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    elsewhere = try TemporaryFolder()
    environment = ["PLANTAIN_LEDGER": folder.file("ledger.sqlite")]
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
    // Two files of one stem, two of the same bytes.
    for (name, width) in [("a.jpg", 64), ("a.jpeg", 72), ("copy.jpg", 64), ("z.jpg", 80)] {
      try folder.write(Synthetic.jpeg(PixelSize(width: width, height: 48)), as: "in/\(name)")
    }
  }

  private func refusals(_ count: Int) -> [Fault] {
    (0..<count).map { _ in fault { $0.status = 400 } }
  }

  private func lines(_ path: String) throws -> [[String: Any]] {
    try String(decoding: folder.read(path), as: UTF8.self).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  private func results(in name: String) -> [String] {
    folder.names(in: name).filter { !$0.hasPrefix(".") && $0.contains(".edited") }
  }

  @Test(arguments: [["-o", "out"], []])
  func `failed jobs of a folder keep their options, gateway, and paths`(output: [String]) async throws {
    try await withSimulator(faults: refusals(3)) { simulator in
      let address = ["--base-url", simulator.baseURL(for: .apiyi), "--json"]
      let original =
        [
          "batch", "in", "-p", "warm", "--gateway", "apiyi", "--tier", "2K", "--fit-source", "--quality",
          "80",
        ]
        + output + address
      let here = Command(folder: folder.path, environment: environment)
      let first = try await here.run(original)
      #expect(first.status == 1 || first.status == 82, "\(first.errors)")
      let place = output.isEmpty ? "in" : "out"
      let failed = try lines("\(place)/failed.jsonl")
      #expect(failed.count == 4 && first.errors.contains("failed.jsonl --base-url"), "\(first.errors)")
      #expect(failed.allSatisfy { $0["gateway"] as? String == "apiyi" && $0["tier"] as? String == "2K" })

      let there = Command(folder: elsewhere.path, environment: environment)
      let again = try await there.run(["batch", folder.file("\(place)/failed.jsonl")] + address)
      #expect(again.status == 0, "\(again.errors)")
      #expect(elsewhere.names.isEmpty)
      // Equal pictures are paid for once, as in the original run.
      #expect(await simulator.counts.received == 6 && results(in: place).count == 4, "\(results(in: place))")

      let names = results(in: place)
      let rest = try await here.run(original)
      let summary = try #require(try rest.objects().last?["summary"] as? [String: Any])
      #expect(rest.status == 0 && summary["skipped"] as? Int == 4, "\(rest.errors)")
      #expect(await simulator.counts.received == 6 && results(in: place) == names)
      #expect(!folder.names(in: place).contains("failed.jsonl"))
    }
  }

  @Test func `failed jobs of a table keep their cells and the options for all rows`() async throws {
    let table = "references,prompt,output,who,region\nin/a.jpg,of {who} {{x},1.png,Ann,\"10%,10%,50%,50%\"\n"
    try folder.write(Array(table.utf8), as: "m.csv")
    try await withSimulator(faults: refusals(1)) { simulator in
      let address = ["--base-url", simulator.baseURL(for: .apiyi)]
      let original =
        ["batch", "m.csv", "-o", "out", "--gateway", "apiyi", "--compare", "c.png", "--timeout", "90s"]
        + address
      let here = Command(folder: folder.path, environment: environment)
      _ = try await here.run(original)
      let failed = try #require(try lines("m.failed.jsonl").first)
      #expect(failed["output"] as? String == folder.file("out/1.png"))
      #expect(failed["region"] as? String == "10%,10%,50%,50%" && failed["timeout"] as? String == "90000ms")
      #expect(failed["compare"] as? String == folder.file("c.png") && failed["who"] == nil)
      let there = Command(folder: elsewhere.path, environment: environment)
      let again = try await there.run(["batch", folder.file("m.failed.jsonl")] + address)
      #expect(again.status == 0 && folder.names(in: "out").contains("1.png"), "\(again.errors)")
      #expect(folder.names.contains("c.png"))
      #expect(try await here.run(original).status == 0)
      #expect(await simulator.counts.received == 2)
    }
  }

  @Test func `a failed job keeps its own gateway, unless another one is named`() async throws {
    let line = #"{"references": ["in/a.jpg"], "prompt": "x", "output": "1.png", "gateway": "apiyi"}"#
    try folder.write(Array(line.utf8), as: "m.jsonl")
    let command = Command(
      folder: folder.path, environment: environment.merging(["PLANTAIN_GATEWAY": "google"]) { $1 })
    let own = try await command.run("batch", "m.jsonl", "--dry-run", "--json")
    #expect(try own.objects().first?["gateway"] as? String == "apiyi", "\(own.errors)")
    let other = try await command.run("batch", "m.jsonl", "--dry-run", "--json", "--gateway", "simulator")
    #expect(try other.objects().first?["gateway"] as? String == "simulator", "\(other.errors)")
    for second in [line.replacing("apiyi", with: "google"), #"{"references": [], "prompt": "x"}"#] {
      try folder.write(Array("\(line)\n\n\(second)\n".utf8), as: "n.jsonl")
      let mixed = try await command.run("batch", "n.jsonl", "--dry-run")
      #expect(mixed.status == 64 && mixed.errors.contains("line 3") && mixed.errors.contains("line 1"))
    }
  }
}
