import Foundation
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// Manifest lines with the same content are variants. Equal pictures are paid for once. What is done is never
/// paid for again.
@Suite(.endsInTime) struct `Equal jobs` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws {
    scenario = try Scenario()
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
  }

  private func line(_ output: String, _ more: String = "") -> String {
    #"{"references":["a.jpg"],"prompt":"warm","output":"\#(output)"\#(more)}"#
  }

  private struct Ended {
    var summary: BatchSummary
    var billed: Int
    var outcomes: [Int: Batch.Outcome] = [:]
    var variants: [Int: Int] = [:]
  }

  /// Runs these lines once, as a separate process would.
  private func run(
    _ lines: [String], faults: [Fault] = [], again: ResendPolicy = .no, overwrites: Bool = false
  ) async throws -> Ended {
    try folder.writeManifest(lines)
    let manifest = try scenario.manifest(for: .apiyi) { $0.options.overwrites = overwrites }
    return try await run(manifest, faults, again)
  }

  private func run(_ manifest: Manifest, _ faults: [Fault] = [], _ again: ResendPolicy = .no) async throws
    -> Ended
  {
    #expect(manifest.problems.isEmpty, "\(manifest.problems)")
    return try await scenario.simulated(faults, by: .apiyi) { editor, simulator in
      var outcomes: [Int: Batch.Outcome] = [:]
      var variants: [Int: Int] = [:]
      let summary = try await Batch(editor, again: again).run(manifest) { event in
        guard case .ended(let item, let outcome) = event else { return }
        outcomes[item.line] = outcome
        variants[item.line] = item.variant
      }
      return Ended(
        summary: summary, billed: await simulator.counts.billed, outcomes: outcomes, variants: variants)
    }
  }

  private func made() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("out"))) ?? []).sorted()
  }

  private func result(_ name: String) throws -> [UInt8] { try folder.read("out/\(name)") }

  @Test func `three outputs are three variants, each paid for once`() async throws {
    let lines = [line("p.png"), line("q.png"), line("r.png")]
    let first = try await run(lines)
    #expect(first.summary.done == 3 && first.billed == 3 && first.summary.exitStatus == 0)
    #expect(first.variants == [1: 1, 2: 2, 3: 3])
    #expect(made() == ["p.png", "q.png", "r.png"])
    let before = try [result("p.png"), result("q.png"), result("r.png")]
    // In another order, a part of them, or with one more: existing results stay, and only new ones are
    // paid for.
    for lines in [[lines[2], lines[0], lines[1]], [lines[1], lines[2]], [lines[1]]] {
      let next = try await run(lines)
      #expect(next.billed == 0 && next.summary.skipped == lines.count && next.summary.exitStatus == 0)
    }
    let more = try await run([line("s.png")] + lines)
    #expect(more.billed == 1 && more.summary.done == 1 && more.summary.skipped == 3)
    #expect(more.variants == [1: 4, 2: 1, 3: 2, 4: 3])
    #expect(try [result("p.png"), result("q.png"), result("r.png")] == before)
  }

  @Test func `a failed variant keeps its number in the file of failed jobs`() async throws {
    let lines = [line("p.png"), line("q.png")]
    let first = try await run(lines, faults: [fault { $0.status = 400 }])
    #expect(first.summary.done == 1 && first.summary.failed == 1 && first.billed == 1)
    let failed = try #require(first.outcomes.first { if case .failed = $1 { true } else { false } }?.key)
    let number = try #require(first.variants[failed])
    let done = failed == 1 ? "q.png" : "p.png"
    let bytes = try result(done)
    let again = try await run([line(failed == 1 ? "p.png" : "q.png", #","variant":\#(number)"#)])
    #expect(again.billed == 1 && again.summary.done == 1)
    #expect(made() == ["p.png", "q.png"])
    #expect(try result(done) == bytes)
    #expect(try await run(lines).billed == 0)
  }

  @Test func `variant numbers of unbilled failures are free again, and copies share one`() async throws {
    let both = [line("x.png"), line("y.png")]
    // Nothing is billed, and both are recorded as the first and the second variant.
    let outage = try await run(both, faults: [fault { $0.status = 400 }, fault { $0.status = 400 }])
    #expect(outage.summary.failed == 2)
    #expect(try await run([both[1]]).billed == 1)
    let y = try result("y.png")
    let rest = try await run(both)
    #expect(rest.billed == 1 && rest.summary.exitStatus == 0)
    #expect(try result("y.png") == y)
    // Another path for the same result, and then both paths in one manifest.
    try folder.write(Synthetic.jpeg(PixelSize(width: 40, height: 20)), as: "a.jpg")
    _ = try await run([line("p.png")])
    _ = try await run([line("q.png")])
    let copies = try await run([line("p.png"), line("q.png"), line("r.png")])
    #expect(copies.summary.skipped == 2 && copies.billed == 1 && copies.summary.exitStatus == 0)
  }

  @Test func `two processes with parts of one table never use a number twice`() async throws {
    try await withSimulator { simulator in
      var summaries: [BatchSummary] = []
      for names in [["p.png", "q.png"], ["r.png", "s.png"]] {
        try folder.write(Array(names.map { line($0) }.joined(separator: "\n").utf8), as: "\(names[0]).jsonl")
      }
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: folder
      ) { editor in
        let manifests = try ["p.png", "r.png"].map {
          try Manifest(
            reading: folder.file("\($0).jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .apiyi)
        }
        async let first = Batch(editor).run(manifests[0])
        async let second = Batch(editor).run(manifests[1])
        summaries = try await [first, second]
      }
      #expect(summaries.allSatisfy { $0.done == 2 && $0.exitStatus == 0 })
      #expect(await simulator.counts.billed == 4)
      #expect(made() == ["p.png", "q.png", "r.png", "s.png"])
    }
  }

  @Test func `a result requested at another path is copied there`() async throws {
    _ = try await run([line("p.png")])
    let moved = try await run([line("sub/other.png")])
    #expect(moved.billed == 0 && moved.summary.done == 1 && moved.summary.billed == 0)
    #expect(try result("sub/other.png") == result("p.png"))
    guard case .done(let copy)? = moved.outcomes[1] else {
      Issue.record("\(moved.outcomes)")
      return
    }
    #expect(copy.copyOf != nil && copy.cost.amount == 0 && copy.warnings.isEmpty)
    let json = String(decoding: try JSONEncoder().encode(EditReport(copy)), as: UTF8.self)
    #expect(json.contains(#""copyOf":"\#(copy.copyOf ?? "")""#))
    // In another format the file is made from the same pixels.
    #expect(try await run([line("third.webp")]).billed == 0)
    #expect(Array(try result("third.webp")[8..<12]) == Array("WEBP".utf8))
    // The file at that path is found the next time, even if the first file is gone.
    try FileManager.default.removeItem(atPath: folder.file("out/p.png"))
    #expect(try await run([line("sub/other.png")]).summary.skipped == 1)
    #expect(try await run([line("p.png")]).summary.done == 1)
    #expect(try result("p.png") == result("sub/other.png"))
  }

  @Test func `variants whose outputs all get other names are copied, not paid for again`() async throws {
    let lines = [line("p.png"), line("q.png"), line("r.png")]
    #expect(try await run(lines).billed == 3)
    let renamed = try await run([line("new/1.png"), line("new/2.png"), line("new/3.png")])
    #expect(renamed.billed == 0 && renamed.summary.done == 3 && renamed.summary.billed == 0)
    #expect(renamed.variants == [1: 1, 2: 2, 3: 3])
    #expect(made() == ["new", "p.png", "q.png", "r.png"])
    // One more line than variants is one more picture, and one of them keeps its output.
    let more = try await run([line("x.png"), line("q.png"), line("y.png"), line("z.png")])
    #expect(more.billed == 1 && more.summary.exitStatus == 0)
    #expect(more.variants == [1: 1, 2: 2, 3: 3, 4: 4])
  }

  @Test func `variants whose files were moved away are not paid for again`() async throws {
    let lines = [line("p.png"), line("q.png")]
    #expect(try await run(lines).billed == 2)
    for name in ["p.png", "q.png"] {
      try FileManager.default.moveItem(
        atPath: folder.file("out/\(name)"), toPath: folder.file("moved-\(name)"))
    }
    for lines in [lines, [line("s.png"), line("t.png")]] {
      let gone = try await run(lines)
      #expect(gone.billed == 0 && gone.summary.failed == 2)
      #expect(
        gone.outcomes.values.allSatisfy {
          if case .failed(let error) = $0 { error.exitStatus == 66 } else { false }
        })
      let plan = try await plan(lines)
      #expect(plan.jobs == 0 && plan.failed == 2)
    }
  }

  @Test func `a dry run says that a result cannot be copied, as the run does`() async throws {
    #expect(try await run([line("p.png")]).summary.done == 1)
    #expect(try await plan([line("q.png")]).skipped == 1)
    try folder.write(Synthetic.png(PixelSize(width: 9, height: 9)), as: "out/p.png")
    let plan = try await plan([line("q.png")])
    let gone = try await run([line("q.png")])
    #expect(plan.failed == 1 && plan.skipped == 0 && gone.summary.failed == 1 && gone.billed == 0)
    #expect(try await self.plan([line("p.png")]).skipped == 1)
  }

  @Test func `a dry run plans a variant whose equal has an unknown outcome`() async throws {
    let lines = [line("p.png"), line("q.png")]
    let first = try await run([lines[0]], faults: [fault { $0.status = 500 }])
    #expect(first.summary.ambiguous == 1)
    let foreseen = try await plan(lines)
    let next = try await run(lines)
    #expect(foreseen.jobs == 1 && foreseen.ambiguous == 1 && foreseen.failed == 0)
    #expect(next.billed == 1 && next.summary.ambiguous == 1)
    #expect(try await plan(lines, again: .yes).jobs == 2)
  }

  private func plan(_ lines: [String], again: ResendPolicy = .no) async throws -> BatchPlan {
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .apiyi)
    return try await withTestEditor(
      gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:9", ledger: folder
    ) { try await Batch($0, again: again).plan(manifest) }
  }

  @Test func `a missing result is not paid for again, unless requested`() async throws {
    _ = try await run([line("p.png")])
    try folder.write(Array("other".utf8), as: "out/p.png")
    try FileManager.default.removeItem(atPath: folder.file("out/p.png"))
    let gone = try await run([line("q.png")])
    guard case .failed(let error)? = gone.outcomes[1] else {
      Issue.record("\(gone.outcomes)")
      return
    }
    #expect(error.exitStatus == 66 && error.hint?.contains("`again`") == true && gone.billed == 0)
    #expect(gone.summary.exitStatus != 0)
    #expect(try await run([line("q.png")], again: .yes).billed == 1)
    #expect(made() == ["q.png"])
  }

  @Test func `a changed file does not count as a result for other paths`() async throws {
    _ = try await run([line("p.png")])
    try folder.write(Synthetic.png(PixelSize(width: 9, height: 9)), as: "out/p.png")
    let other = try await run([line("q.png")])
    #expect(other.billed == 0 && other.summary.failed == 1)
    // At its own path the job counts as done, whatever has been done to the file.
    #expect(try await run([line("p.png")]).summary.skipped == 1)
  }

  @Test func `equal pictures of a folder are paid for once, and each gets a result`() async throws {
    for name in ["in/a.jpg", "in/copy.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 48, height: 36)), as: name)
    }
    try folder.write(Synthetic.jpeg(PixelSize(width: 50, height: 36)), as: "in/b.jpg")
    let defaults = Manifest.Defaults(prompt: "warm", folder: folder.file("out"))
    let manifest = try Manifest(reading: folder.file("in"), defaults, for: .apiyi)
    let first = try await run(manifest)
    #expect(first.billed == 2 && first.summary.done == 3 && first.summary.billed == 2)
    #expect(made().count == 3)
    let second = try await run(manifest)
    #expect(second.billed == 0 && second.summary.skipped == 3)
    // A copy that is added later counts as a copy, too.
    try folder.write(Synthetic.jpeg(PixelSize(width: 48, height: 36)), as: "in/aa.jpg")
    let third = try await run(Manifest(reading: folder.file("in"), defaults, for: .apiyi))
    #expect(third.billed == 0 && third.summary.done == 1 && made().count == 4)
  }

  @Test func `a failure of equal pictures is one failure, tried once`() async throws {
    for name in ["in/a.jpg", "in/copy.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 48, height: 36)), as: name)
    }
    let defaults = Manifest.Defaults(prompt: "warm", folder: folder.file("out"))
    let manifest = try Manifest(reading: folder.file("in"), defaults, for: .apiyi)
    let ended = try await run(manifest, [fault { $0.status = 400 }, fault { $0.status = 400 }])
    #expect(ended.summary.failed == 2 && ended.billed == 0)
  }

  @Test func `the same content with the same output twice is an error before anything is sent`() throws {
    try folder.write(Array([line("p.png"), line("p.png")].joined(separator: "\n").utf8), as: "m.jsonl")
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .apiyi)
    let problem = try #require(manifest.problems.first)
    #expect(problem.message.contains("line 1") && problem.message.contains("line 2"))
  }

  @Test func `a plan reports variants and equal pictures`() async throws {
    let lines = [line("p.png"), #"{"references":["a.jpg"],"prompt":"cold","output":"x.png"}"#, line("q.png")]
    try folder.writeManifest(lines)
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .apiyi)
    try await withTestEditor(gateway: .apiyi, key: key, baseURL: "http://127.0.0.1:9") { editor in
      let plan = try await Batch(editor).plan(manifest)
      #expect(plan.variants == [[1, 3]] && plan.jobs == 3 && plan.same.isEmpty)
    }
  }
}
