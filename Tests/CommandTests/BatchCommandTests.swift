import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `plantain batch` {
  private let folder: TemporaryFolder
  private let command: Command

  init() throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 64, height: 48))
    command = .keepingLedger(in: folder)
  }

  private func writeManifest(_ count: Int) throws { try folder.writeManifest(jobs: count, hasIDs: true) }

  private func arguments(_ simulator: Simulator) -> [String] {
    [
      "batch", "m.jsonl", "-o", "out", "--gateway", "apiyi", "--base-url", simulator.baseURL(for: .apiyi),
      "--json",
    ]
  }

  @Test func `a manifest from standard input is read once`() async throws {
    let line = #"{"references": ["a.jpg"], "prompt": "x", "gateway": "apiyi"}"#
    let outcome = try await command.run(["batch", "-", "-o", "out", "--dry-run"], input: Array(line.utf8))
    #expect(outcome.status == 0 && outcome.text.contains("would send"), "\(outcome.errors)")
  }

  @Test func `a batch reports each job as it ends, keeps failed ones, and sums up`() async throws {
    try writeManifest(4)
    try await withSimulator(faults: [fault { $0.status = 400 }, fault { $0.status = 500 }]) { simulator in
      let outcome = try await command.run(arguments(simulator))
      #expect(outcome.status == 1, "\(outcome.errors)")
      let objects = try outcome.objects()
      #expect(objects.count == 5)
      #expect(Set(objects.compactMap { $0["id"] as? String }) == Set((0..<4).map { "job-\($0)" }))
      #expect(objects.dropLast().allSatisfy { $0["output"] != nil && $0["line"] != nil })
      let summary = try #require(objects.last?["summary"] as? [String: Any])
      #expect(
        summary["done"] as? Int == 2 && summary["failed"] as? Int == 1 && summary["ambiguous"] as? Int == 1)
      #expect((summary["cost"] as? [String: Any])?["currency"] as? String == "USD")
      let failed = try command.folder.map {
        try String(contentsOfFile: "\($0)/m.failed.jsonl", encoding: .utf8)
      }
      #expect(failed?.split(separator: "\n").count == 1)
      let again = try await command.run(
        [
          "batch", "m.failed.jsonl", "-o", "out", "--gateway", "apiyi", "--base-url",
          simulator.baseURL(for: .apiyi),
        ])
      #expect(again.status == 0, "\(again.errors)")
      #expect(!folder.names.contains("m.failed.failed.jsonl"))
      let rest = try await command.run(arguments(simulator))
      #expect(rest.status == 76)
      #expect(await simulator.counts.received == 5)
    }
  }

  /// Both start at the same time and share the jobs. Neither sends what the other has.
  @Test func `two processes share a ledger without sending a job twice`() async throws {
    try writeManifest(40)
    try await withSimulator(faults: (0..<8).map { _ in fault { $0.delay = .milliseconds(100) } }) {
      simulator in
      async let first = command.run(arguments(simulator))
      async let second = command.run(arguments(simulator))
      let summaries = try await [first, second].map { outcome in
        // A process that ends while the other still has jobs running reports that.
        #expect([0, 75].contains(outcome.status), "\(outcome.errors)")
        return try #require(try outcome.objects().last?["summary"] as? [String: Any])
      }
      let (done, skipped) = (summaries.sum("done"), summaries.sum("skipped"))
      #expect(done == 40 && skipped == 40, "\(summaries)")
      #expect(await simulator.counts.received == 40)
      let runs = try await command.run("history", "--runs", "--json").objects()
      #expect(runs.count == 2 && runs.allSatisfy { $0["ended"] != nil && $0["jobs"] as? Int == 40 })
      #expect(
        Set(runs.compactMap { $0["run"] as? String }) == Set(summaries.compactMap { $0["run"] as? String }))
      let run = try #require(runs.first?["run"] as? String)
      let edits = try await command.run("history", "--run", run, "--most", "100", "--json").objects()
      #expect(edits.allSatisfy { $0["run"] as? String == run })
      #expect(edits.count == summaries.first { $0["run"] as? String == run }?["done"] as? Int)
      let doctor = try await command.run("doctor", "--json").objects()
      let route = try #require(doctor.first { $0["name"] as? String == "route apiyi" })
      #expect((route["detail"] as? String)?.hasPrefix("40 of 40 attempts") == true, "\(route)")
    }
  }

  @Test func `progress is written to standard error in the requested form`() async throws {
    try writeManifest(5)
    try await withSimulator(faults: [fault { $0.status = 400 }]) { simulator in
      let plain = try await command.run(arguments(simulator))
      #expect(plain.errors.contains("progress  0/5") && plain.errors.contains("progress  5/5, 1 failed"))
      let json = try await command.run(arguments(simulator) + ["--progress", "json"])
      let lines = json.errors.split(separator: "\n").filter { $0.hasPrefix("{") }.map { Data($0.utf8) }
      let last = try #require(
        try lines.last.map { try JSONSerialization.jsonObject(with: $0) } as? [String: Any])
      let progress = try #require(last["progress"] as? [String: Any])
      #expect(
        progress["jobs"] as? Int == 5 && progress["skipped"] as? Int == 4 && progress["done"] as? Int == 1)
      #expect((progress["cost"] as? [String: Any])?["amount"] as? Double == 0.055)
      for style in [["--progress", "none"], ["--quiet"]] {
        #expect(try await !command.run(arguments(simulator) + style).errors.contains("5/5"))
      }
      let bar = try await command.run(arguments(simulator) + ["--progress", "bar"])
      #expect(bar.errors.contains("\r") && bar.errors.contains("0/5") && !bar.errors.contains("progress  "))
    }
  }

  @Test
  func
    `a report or sheet that cannot be written, or would replace something else, sends nothing`()
    async throws
  {
    try writeManifest(3)
    try await withSimulator { simulator in
      try folder.write([1], as: "photo.jpg")
      try folder.write(Array("<!DOCTYPE html><title>x</title>".utf8), as: "page.html")
      for (option, path, status) in [
        ("--report", "out/1.txt", 64), ("--contact-sheet", "s.gif", 64), ("--contact-sheet", "out/1.jpg", 64),
        ("--contact-sheet", "a.jpg", 64), ("--report", "a.jpg/r.html", 73),
        ("--contact-sheet", "a.jpg/s.png", 73), ("--contact-sheet", "photo.jpg", 73),
        ("--report", "page.html", 73),
      ] {
        let outcome = try await command.run(arguments(simulator) + [option, path])
        #expect(Int(outcome.status) == status, "\(option) \(path): \(outcome.errors)")
      }
      let dry = try await command.run(arguments(simulator) + ["--dry-run", "--report", "r.html"])
      #expect(dry.status == 64)
      #expect(await simulator.counts.received == 0)
      let good = try await command.run(
        arguments(simulator) + ["--report", "new/r.html", "--contact-sheet", "new/s.jpg"])
      #expect(good.status == 0 && folder.names(in: "new") == ["r.html", "s.jpg"], "\(good.errors)")
      // Earlier reports and sheets are written again.
      for sheet in ["new/s.jpg", "new/s.png", "new/s.png", "new/s.webp", "new/s.webp"] {
        #expect(try await command.run(arguments(simulator) + ["--contact-sheet", sheet]).status == 0)
      }
      let again = try await command.run(arguments(simulator) + ["--report", "new/r.html"])
      #expect(again.status == 0 && again.errors.contains("new/r.html"))
      #expect(String(decoding: try folder.read("new/r.html"), as: UTF8.self).contains("already done"))
    }
  }

  @Test func `every problem of a manifest is reported, and nothing is sent`() async throws {
    let lines = [#"{"references": ["a.jpg"]}"#, "no", #"{"references": ["b.jpg"], "prompt": "x"}"#]
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
    try await withSimulator { simulator in
      let outcome = try await command.run(arguments(simulator))
      #expect(outcome.status == 65)
      let errors = try outcome.objects().compactMap { $0["error"] as? [String: Any] }
      #expect(errors.count == 3 && errors.allSatisfy { $0["billed"] as? String == "no" })
      #expect((1...3).allSatisfy { outcome.errors.contains("line \($0)") })
      #expect(await simulator.counts.received == 0)
    }
    #expect(!folder.names.contains("out"))
    #expect(try await command.run("batch", "none.jsonl", "--gateway", "simulator").status == 66)
  }

  /// The contract: a manifest accepts any option of `edit` by its long name.
  @Test(.enabled(if: !isFastRun)) func `manifests accept the options of edit`() async throws {
    let help = try await command.run("edit", "--help").text
    let names = Set(help.matches(of: /--([a-z][a-z-]+)/).map { String($0.1) })
    // Options that belong to the run and not to one job, or have another name in a manifest.
    let ofRun: Set<String> = [
      "again", "gateway", "base-url", "prompt", "prompt-file", "output", "overwrite", "ledger", "config",
      "json",
      "quiet",
      "verbose", "memory", "max-cost", "dry-run", "skip-existing", "continue", "from", "help", "version",
    ]
    let jobs = names.subtracting(ofRun).filter { !$0.hasPrefix("no-") }
    #expect(jobs.count > 35)
    for name in jobs {
      let line = #"{"references": ["a.jpg"], "prompt": "x", "\#(name)": "?"}"#
      try folder.write(Array(line.utf8), as: "m.jsonl")
      let outcome = try await command.run("batch", "m.jsonl", "--gateway", "simulator", "--dry-run")
      #expect(!outcome.errors.contains("there is no option"), "\(name)")
    }
  }

  @Test
  func `a job that lacks a picture is not done, in the summary, its line, the report, and the failed ones`()
    async throws
  {
    let line = #"{"references": ["a.jpg"], "prompt": "x", "count": "3", "output": "many.png"}"#
    try folder.writeManifest([line])
    try await withSimulator(faults: [fault { $0.status = 400 }]) { simulator in
      let batch = ["--gateway", "apiyi", "--base-url", simulator.baseURL(for: .apiyi), "--json"]
      let first = try await command.run(["batch", "m.jsonl", "-o", "out", "--report", "r.html"] + batch)
      #expect(first.status == 82, "\(first.errors)")
      let objects = try first.objects()
      #expect((objects[0]["images"] as? [Any])?.count == 2 && (objects[0]["missing"] as? [Any])?.count == 1)
      let summary = try #require(objects.last?["summary"] as? [String: Any])
      #expect(summary["done"] as? Int == 0 && summary["failed"] as? Int == 1)
      let page = String(decoding: try folder.read("r.html"), as: UTF8.self)
      #expect(page.contains(#"data-state="failed""#) && !page.contains(#"data-state="done""#))
      let failed = try await command.run(["batch", "m.failed.jsonl"] + batch)
      #expect(failed.status == 0, "\(failed.errors)")
      #expect(folder.names(in: "out") == ["many-1.png", "many-2.png", "many-3.png"])
      let done = try await command.run(["batch", "m.jsonl", "-o", "out"] + batch)
      #expect(done.status == 0 && !folder.names.contains("m.failed.jsonl"))
      #expect(await simulator.counts.received == 4)
    }
  }

  @Test func `a plan respects the spending limit`() async throws {
    try writeManifest(3)
    let plan = ["batch", "m.jsonl", "--gateway", "apiyi", "--dry-run"]
    let outcome = try await command.run(plan + ["--max-cost", "$0.12"])
    #expect(outcome.status == 81, "\(outcome.errors)")
    #expect(outcome.text.contains("total: 3 edits"))
    #expect(outcome.errors.contains("covers 2 of 3 edits"), "\(outcome.errors)")
    let objects = try await command.run(plan + ["--max-cost", "0.12usd", "--json"]).objects()
    let summary = try #require(objects.compactMap { $0["summary"] as? [String: Any] }.first)
    #expect(summary["affordable"] as? Int == 2)
    #expect((objects.last?["error"] as? [String: Any])?["exit"] as? Int == 81)
    #expect(try await command.run(plan + ["--max-cost", "1 USD"]).status == 0)
    #expect(!folder.names.contains("ledger.sqlite"))
  }

  @Test(arguments: [
    ("--max-cost", "", "quote it"), ("--max-cost", "5", "5USD"), ("--price", "five", "0.05 EUR"),
    ("--jobs", "0", "at least 1"), ("--limit", "0", "at least 1"), ("--run", "abc", "--again"),
  ])
  func `an invalid sum or number is reported`(option: String, value: String, words: String) async throws {
    try writeManifest(1)
    let outcome = try await command.run("batch", "m.jsonl", "--gateway", "apiyi", option, value)
    #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func `a missing key is reported once`() async throws {
    try writeManifest(3)
    let environment = ["PLANTAIN_LEDGER": folder.file("ledger.sqlite"), "APIYI_API_KEY": ""]
    let outcome = try await Command(folder: folder.path, environment: environment)
      .run("batch", "m.jsonl", "-o", "out", "--gateway", "apiyi", "--json")
    #expect(outcome.status == 77)
    let objects = try outcome.objects()
    #expect(objects.count == 2 && objects[0]["error"] != nil)
    let summary = try #require(objects[1]["summary"] as? [String: Any])
    #expect(summary["left"] as? Int == 3 && summary["failed"] as? Int == 0)
    #expect(summary["halted"] as? String == "key-missing")
    #expect(!folder.names.contains("m.failed.jsonl"))
    #expect(outcome.errors.ranges(of: "no key is set").count == 1)
  }

  @Test(.enabled(if: !isFastRun)) func `a first interrupt lets running jobs finish`() async throws {
    try writeManifest(300)
    try await withSimulator { simulator in
      let outcome = try await command.run(arguments(simulator)) { process in
        try await waitUntil("three requests have come in") { await simulator.counts.received >= 3 }
        kill(process.processIdentifier, SIGINT)
      }
      let summary = try #require(
        try outcome.objects().last?["summary"] as? [String: Any], "\(outcome.errors)")
      #expect(outcome.status == 130)
      let done = summary["done"] as? Int ?? 0
      #expect(done >= 3 && summary["ambiguous"] as? Int == 0 && (summary["left"] as? Int ?? 0) + done == 300)
      #expect(await simulator.counts.billed == done)
    }
  }
}

extension [[String: Any]] {
  fileprivate func sum(_ name: String) -> Int { reduce(0) { $0 + ($1[name] as? Int ?? 0) } }
}

/// The process is killed at any moment, and the same command continues. No job is ever sent twice.
@Suite(.endsInTime) struct `Extended: a killed batch` {
  @Test(.enabled(if: !isFastRun)) func `every job is done once or has an unknown outcome`() async throws {
    let (jobs, kills) = isExtendedRun ? (400, 300) : (60, 12)
    let folder = try TemporaryFolder()
    let command = Command.keepingLedger(in: folder)
    try folder.write(Synthetic.jpeg(PixelSize(width: 48, height: 36)), as: "a.jpg")
    let lines = (0..<jobs).map { #"{"references": ["a.jpg"], "prompt": "x \#($0)", "output": "\#($0).jpg"}"# }
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
    try await withSimulator { simulator in
      let arguments = [
        "batch", "m.jsonl", "-o", "out", "--gateway", "apiyi", "--base-url", simulator.baseURL(for: .apiyi),
        "--json",
        "--quiet",
      ]
      for _ in 0..<kills {
        let wait = Int.random(in: 60...600)
        _ = try await command.run(arguments) { process in
          try await Task.sleep(for: .milliseconds(wait))
          kill(process.processIdentifier, SIGKILL)
        }
      }
      let last = try await command.run(arguments)
      let summary = try #require(try last.objects().last?["summary"] as? [String: Any], "\(last.errors)")
      let ambiguous = summary["ambiguous"] as? Int ?? -1
      let failures = try last.objects().compactMap { ($0["error"] as? [String: Any])?["message"] as? String }
        .filter { !$0.contains("is unknown") }
      let done = (summary["done"] as? Int ?? 0) + (summary["skipped"] as? Int ?? 0)
      #expect(done + ambiguous == jobs && summary["failed"] as? Int == 0, "\(summary) \(failures)")
      #expect(last.status == (ambiguous == 0 ? 0 : 76))
      #expect(folder.names(in: "out").filter { $0.hasSuffix(".jpg") && !$0.hasPrefix(".") }.count >= done)
      // What was sent was sent once: each job is done, or its outcome is reported as unknown.
      let received = await simulator.counts.received
      #expect(received <= jobs && received >= done, "\(received) of \(jobs), \(done) done")
      for name in folder.names(in: "out") where name.hasSuffix(".jpg") {
        #expect(try decodedPixels(folder.read("out/\(name)")).size.width > 0)
      }
    }
  }
}
