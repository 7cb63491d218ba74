import Foundation
import Imaging
import PictureFormats
import Ledger
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `Manifests` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.jpg", "b.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 32, height: 24)), as: name)
    }
  }

  private func read(
    _ text: String, as name: String = "m.jsonl", prompt: String? = nil, gateway: Gateway = .google
  ) throws -> Manifest {
    try folder.write(Array(text.utf8), as: name)
    return try Manifest(
      reading: folder.file(name), Manifest.Defaults(prompt: prompt, folder: folder.file("out")), for: gateway)
  }

  @Test func `lines become edits, with long option names and paths relative to the manifest`() throws {
    let manifest = try read(
      """
      {"references": ["a.jpg", "b.jpg"], "prompt": "{stem} and {name}, {{braces} {", \
      "output": "x/1.png", "id": "one"}

      {"references": ["a.jpg"], "tier": "2k", "fit-source": true, "count": 2, "aspect": "4:3", \
      "mask": "b.jpg"}
      """, prompt: "warm")
    #expect(manifest.problems.isEmpty)
    let (first, second) = (manifest.items[0], manifest.items[1])
    #expect(first.id == "one" && first.line == 1 && second.line == 3)
    #expect(first.prompt == "a and a.jpg, {braces} {" && second.prompt == "warm")
    #expect(first.references.map(\.name) == [folder.file("a.jpg"), folder.file("b.jpg")])
    #expect(first.options.output == .file(folder.file("out/x/1.png")))
    #expect(second.options.output == .folder(folder.file("out")))
    #expect(second.options.tier == .two && second.options.finish.fitsSource && second.options.count == 2)
    #expect(second.options.finish.mask?.name == folder.file("b.jpg"))
  }

  @Test func `table columns can be used in the prompt`() throws {
    let manifest = try read(
      """
      references,prompt,who,output\r\na.jpg|b.jpg,\"make {who}, \"\"now\"\"\",Ann,1.png\r\nb.jpg,\
      \"two\nlines of {who}\",Bob,2.png\r\n
      """,
      as: "m.csv")
    #expect(manifest.problems.isEmpty)
    #expect(manifest.items.map(\.prompt) == ["make Ann, \"now\"", "two\nlines of Bob"])
    #expect(manifest.items[0].references.count == 2)
  }

  @Test func `a folder gives its pictures with one prompt`() throws {
    try folder.write(Array("words".utf8), as: "words.txt")
    let defaults = Manifest.Defaults(prompt: "{stem}", folder: folder.file("out"))
    let manifest = try Manifest(reading: folder.path, defaults, for: .google)
    #expect(manifest.items.map(\.prompt) == ["a", "b"])
    #expect(throws: PlantainError.self) {
      try Manifest(reading: folder.path, Manifest.Defaults(), for: .google)
    }
  }

  @Test func `pictures are named or matched by a pattern, without results of earlier runs`() throws {
    for name in ["a.edited.png", "b.edited-2.png", "c.edited.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 32, height: 24)), as: name)
    }
    let defaults = Manifest.Defaults(prompt: "{stem}")
    // A file named like a result counts as a picture if the picture of that name does not exist.
    for names in [[folder.file("*.*g")], [folder.file("a.jpg"), folder.file("[bc].*g")]] {
      let manifest = try Manifest(pictures: names, defaults, for: .google)
      #expect(manifest.problems.isEmpty)
      #expect(manifest.items.map(\.prompt) == ["a", "b", "c.edited"])
    }
    #expect(
      try Manifest(reading: folder.path, defaults, for: .google).items.map(\.prompt) == [
        "a", "b", "c.edited",
      ])
    let error = #expect(throws: PlantainError.self) {
      try Manifest(pictures: [folder.file("*.tif")], defaults, for: .google)
    }
    #expect(error?.exitStatus == 66)
    #expect(Manifest.isPicture(folder.file("*")) && Manifest.isPicture("a.jpg"))
    #expect(!Manifest.isPicture("m.jsonl") && !Manifest.isPicture(folder.path))
    let missing = try Manifest(pictures: ["none.jpg", folder.file("a.jpg")], defaults, for: .google)
    #expect(missing.problems.count == 1 && missing.problems[0].message.contains("none.jpg"))
  }

  @Test(arguments: [
    (#"{"references": ["none.jpg"], "prompt": "x"}"#, "none.jpg"),
    ("not json", "JSON object"), (#"["a.jpg"]"#, "JSON object"),
    (#"{"references": [["a.jpg"]], "prompt": "x"}"#, "JSON object"),
    (#"{"references": ["a.jpg"]}"#, "no prompt"), (#"{"references": ["a.jpg"], "prompt": "{who}"}"#, "{who}"),
    (#"{"references": ["a.jpg"], "prompt": "x", "tierr": "1K"}"#, "tierr"),
    (#"{"references": ["a.jpg"], "prompt": "x", "tier": "9K"}"#, "9K"),
    (#"{"references": ["a.jpg"], "prompt": "x", "quality": 400}"#, "400"),
    (#"{"references": ["a.jpg"], "prompt": "x", "aspect": "7:1"}"#, "7:1"),
    (#"{"references": ["a.jpg"], "prompt": "x", "output": "-"}"#, "output"),
    (#"{"references": ["a.jpg"], "prompt": "x", "output": "a.tif"}"#, "a.tif"),
    (#"{"references": ["a.jpg"], "prompt": "x", "feather": 3}"#, "feather"),
    (#"{"references": ["-"], "prompt": "x"}"#, "standard input"),
  ])
  func `every problem is reported with its line`(line: String, words: String) throws {
    let good = #"{"references": ["a.jpg"], "prompt": "x", "output": "good.png"}"#
    let manifest = try read("\(good)\n\(line)\n\(good)\n")
    // The last line has the same output as the first.
    try #require(manifest.problems.count == 2, "\(manifest.problems)")
    let problem = try #require(manifest.problems.first)
    #expect(
      problem.exitStatus == 65 && problem.message.contains("line 2") && "\(problem)".contains(words),
      "\(problem)")
    #expect(
      manifest.problems[1].message.contains("line 3") && manifest.problems[1].message.contains("line 1"))
  }

  @Test func `failed items are written as a manifest that reads back`() throws {
    let manifest = try read(
      #"{"references": ["a.jpg"], "prompt": "a {{b} {stem}", "count": 2, "output": "z.png", "id": "i"}"#)
    let other = try TemporaryFolder()
    try Manifest.write(manifest.items, to: other.file("f.jsonl"))
    let again = try Manifest(
      reading: other.file("f.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
    #expect(again.problems.isEmpty && again.items.count == 1)
    #expect(
      again.items[0].prompt == "a {b} a" && again.items[0].options.count == 2 && again.items[0].id == "i")
    #expect(again.items[0].references.map(\.name) == [folder.file("a.jpg")])
    #expect(again.items[0].options.output == manifest.items[0].options.output)
    try Manifest.write([], to: other.file("f.jsonl"))
    #expect(other.names.isEmpty)
  }

  @Test func `a file of failed items that another batch or the user wrote is left alone`() throws {
    let lines = (0..<2).map { #"{"references": ["a.jpg"], "prompt": "x \#($0)", "output": "\#($0).jpg"}"# }
    let manifests = try lines.map { try read($0) }
    let out = folder.file("out")
    let first = try #require(try manifests[0].writeFailed(manifests[0].items, outputFolder: out, for: []))
    let second = try #require(try manifests[1].writeFailed(manifests[1].items, outputFolder: out, for: []))
    #expect(
      Path(first).name == "m.failed.jsonl" && Path(second).name == "m.failed-2.jsonl")
    // The same batch replaces its own file, also with other options.
    let other = try manifests[0].writeFailed(manifests[0].items, outputFolder: out, for: ["apiyi"])
    #expect(other == first)
    #expect(try manifests[1].writeFailed([], outputFolder: out, for: []) == nil)
    #expect(Path(first).exists && !Path(second).exists)
    try folder.write(Array("my own notes\n".utf8), as: "m.failed.jsonl")
    #expect(try manifests[0].writeFailed([], outputFolder: out, for: []) == nil)
    #expect(try folder.read("m.failed.jsonl") == Array("my own notes\n".utf8))
  }

  @Test(.enabled(if: !isFastRun)) func `ten thousand lines are read`() throws {
    let lines = (0..<10_000).map {
      #"{"references": ["a.jpg"], "prompt": "x \#($0)", "output": "\#($0).png"}"#
    }
    let manifest = try read(lines.joined(separator: "\n"))
    #expect(manifest.items.count == 10_000)
  }
}

@Suite(.endsInTime) struct `A batch` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws { scenario = try Scenario(PixelSize(width: 64, height: 48)) }

  @Test func `each job is done once, and a second run does only the rest`() async throws {
    let manifest = try scenario.manifest(jobs: 20)
    try await scenario.simulated { editor, simulator in
      let first = try await Batch(editor).run(manifest)
      #expect(first.done == 20 && first.billed == 20 && first.exitStatus == 0)
      try FileManager.default.removeItem(atPath: folder.file("out/7.jpg"))
      // A result that was done and then deleted is paid for again only on request.
      let second = try await Batch(editor).run(manifest)
      #expect(second.failed == 1 && second.skipped == 19 && second.exitStatus == 66)
      #expect(await simulator.counts.billed == 20)
      // Another prompt is another job.
      try folder.write(
        Array(#"{"references": ["a.jpg"], "prompt": "x 0!", "output": "n.jpg"}"#.utf8), as: "n.jsonl")
      let other = try Manifest(
        reading: folder.file("n.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
      #expect(try await Batch(editor).run(other).done == 1)
    }
    #expect(!folder.names(in: "ledger.sqlite.replies").contains { $0.hasSuffix(".job") })
  }

  @Test func `a byte order mark in a prompt does not make a new job`() async throws {
    try folder.write(Array(#"{"references": ["a.jpg"], "output": "0.jpg"}"#.utf8), as: "m.jsonl")
    let manifests = try ["\u{FEFF}warm\r\n", "warm\r\n"].map {
      try Manifest(
        reading: folder.file("m.jsonl"), Manifest.Defaults(prompt: $0, folder: folder.file("out")),
        for: .google)
    }
    try await scenario.simulated { editor, simulator in
      #expect(try await Batch(editor).run(manifests[0]).done == 1)
      #expect(try await Batch(editor).run(manifests[1]).skipped == 1)
      try FileManager.default.removeItem(atPath: folder.file("out/0.jpg"))
      #expect(try await Batch(editor, again: .yes).run(manifests[1]).done == 1)
      #expect(try await Batch(editor).run(manifests[1]).skipped == 1)
      #expect(await simulator.counts.billed == 2)
    }
  }

  @Test func `a plan prepares the pictures without sending anything`() async throws {
    try folder.write(Synthetic.jpeg(PixelSize(width: 3_000, height: 2_000)), as: "large.jpg")
    let lines = [
      #"{"references": ["large.jpg"], "prompt": "xxxx", "output": "1.png"}"#,
      #"""
      {"references": ["a.jpg", "large.jpg"], "prompt": "xxxx", "output": "2.png", "tier": "2K", \#
      "count": 2}
      """#,
      #"{"references": ["a.jpg"], "prompt": "x", "output": "3.png", "region": "0,0,999,9"}"#,
    ]
    try folder.writeManifest(lines)
    let manifest = try scenario.manifest()
    try await scenario.simulated { editor, simulator in
      var lines: [Int] = []
      var bytes = 0
      let plan = try await Batch(editor).plan(manifest) { item, outcome in
        lines.append(item.line)
        guard case .success(let plan) = outcome else { return }
        bytes += plan.request.bytes.bytes
        #expect(plan.prepared.allSatisfy { $0.reference.size.longestEdge <= 2_048 })
      }
      #expect(lines == [1, 2, 3])
      #expect(plan.jobs == 3 && plan.failed == 1 && plan.bytes == bytes)
      // 0.0336 and two at 0.0504 USD, each a separate request.
      #expect(plan.cost.amount == 0.1344)
      #expect(plan.tokens == Tokens(input: 1_121 + 2 * 2_241, output: 1_120 + 2 * 1_680))
      #expect(await simulator.counts.received == 0)
    }
    #expect(!folder.names.contains("out") && !folder.names.contains("ledger.sqlite"))
  }

  @Test func `a style picture used in all jobs is prepared once`() async throws {
    try folder.write(Synthetic.jpeg(PixelSize(width: 2_100, height: 200)), as: "style.jpg")
    let count = 60
    for number in 0..<count {
      try folder.write(Synthetic.jpeg(PixelSize(width: 2_100 + number, height: 64)), as: "\(number).jpg")
    }
    let lines = (0..<count).map {
      #"{"references": ["\#($0).jpg", "style.jpg"], "prompt": "x", "output": "\#($0).png"}"#
    }
    try folder.writeManifest(lines)
    let manifest = try scenario.manifest()
    try await scenario.simulated { editor, _ in
      var styles: [PictureBytes] = []
      let plan = try await Batch(editor).plan(manifest) { _, outcome in
        guard case .success(let plan) = outcome else { return }
        #expect(plan.prepared[1].reference.steps.contains { $0.kind == .downscale })
        if let bytes = try? plan.prepared[1].reference.content.read() { styles.append(bytes) }
      }
      #expect(plan.failed == 0 && styles.count == count)
      #expect(styles.allSatisfy { $0 === styles[0] })
    }
  }

  @Test func `a batch continues when some jobs fail, and never resends unknown outcomes`() async throws {
    let manifest = try scenario.manifest(jobs: 6)
    let faults = [fault { $0.status = 500 }, fault { $0.status = 400 }, fault { $0.connection = .cutReply }]
    try await scenario.simulated(faults) { editor, simulator in
      var ends: [Int: Int32] = [:]
      let first = try await Batch(editor).run(manifest) { event in
        guard case .ended(let item, let outcome) = event else { return }
        switch outcome {
        case .failed(let error), .ambiguous(let error): ends[item.line] = error.exitStatus
        default: break
        }
      }
      #expect(first.done == 3 && first.failed == 1 && first.ambiguous == 2 && first.exitStatus == 1)
      #expect(ends.values.sorted() == [76, 76, 82])
      // The reply that was cut is billed.
      #expect(first.billed == 4 && first.uncertain?.amount == 0.0336)
      try await expectTotals(first)
      let second = try await Batch(editor).run(manifest)
      #expect(second.done == 1 && second.skipped == 3 && second.ambiguous == 2 && second.exitStatus == 76)
      #expect(second.billed == 1 && second.uncertain == nil)
      #expect(await simulator.counts.received == 7)
    }
  }

  @Test func `results that were already paid for are fetched`() async throws {
    let manifest = try scenario.manifest(jobs: 3, for: .gccai)
    var slow = manifest
    slow.items = manifest.items.map { item in
      var options = item.options
      options.timeout = .seconds(120)
      return Manifest.Item(
        line: item.line, id: item.id, references: item.references, prompt: item.prompt, options: options)
    }
    let settled = slow
    try await scenario.simulated((0..<3).map { _ in fault { $0.polls = 30 } }, by: .gccai) {
      editor, simulator in
      let first = try await Batch(editor).run(settled)
      #expect(first.ambiguous == 3 && first.exitStatus == 76)
      let second = try await Batch(editor).run(manifest)
      #expect(second.done == 3 && second.exitStatus == 0)
      #expect(await simulator.counts.billed == 3)
    }
  }

  @Test func `several runs on one ledger share a batch`() async throws {
    let manifest = try scenario.manifest(jobs: 30)
    try await scenario.simulated { editor, simulator in
      let (one, other) = (Batch(editor), Batch(editor))
      async let first = one.run(manifest)
      async let second = other.run(manifest)
      let (a, b) = try await (first, second)
      #expect(a.done + b.done == 30 && a.skipped + b.skipped == 30)
      #expect(await simulator.counts.billed == 30)
    }
  }

  @Test func `a stop ends the run after the requests in flight`() async throws {
    let manifest = try scenario.manifest(jobs: 40)
    try await scenario.simulated { editor, simulator in
      let stop = StopSignal()
      let summary = try await Batch(editor, maximum: 4).run(manifest, until: stop) { event in
        if case .ended = event { stop.ask() }
      }
      #expect(summary.left > 30 && summary.done + summary.left == 40 && summary.exitStatus == 130)
      #expect(await simulator.counts.billed == summary.done)
    }
  }

  @Test func `a run never spends more than its limit`() async throws {
    let manifest = try scenario.manifest(jobs: 10)
    try await scenario.simulated { editor, simulator in
      let limit = try #require(Money(parsing: "0.15 USD"))
      var causes: [Int32] = []
      let summary = try await Batch(editor, spending: limit).run(manifest) { event in
        if case .halted(let error) = event { causes.append(error.exitStatus) }
      }
      // Four at 0.0336 USD each.
      #expect(summary.done == 4 && summary.failed == 0 && summary.left == 6)
      #expect(causes == [81] && summary.exitStatus == 81)
      #expect(await simulator.counts.received == 4)
    }
  }

  /// The first route rejects every key, and the second one costs more: 0.055 USD instead of 0.0336 USD.
  private func runAfterFailure(
    _ count: Int, spending: Money?, perDay: Money? = nil, _ answers: [ScriptedGateway.Answer],
    _ body: @Sendable (Batch, Manifest, Simulator) async throws -> Void
  ) async throws {
    var manifest = try scenario.manifest(jobs: count)
    for position in manifest.items.indices {
      manifest.items[position].options.spending = SpendingLimits(perDay: perDay)
    }
    let settled = manifest
    try await ScriptedGateway.run(answers) { first in
      try await withSimulator { simulator in
        let routes = [
          try Route(.google, key: key, baseURL: first.baseURL),
          try Route(.apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi)),
        ]
        try await withTestEditor(routes: routes, ledger: folder) { editor in
          try await body(Batch(editor, spending: spending), settled, simulator)
        }
      }
    }
  }

  @Test func `a limit holds for the route that is paid, also with several edits in flight`() async throws {
    let limit = try #require(Money(parsing: "0.12 USD"))
    for (run, day) in [(limit, nil), (nil, limit)] {
      try await runAfterFailure(8, spending: run, perDay: day, [.reply(status: 401, body: "{}")]) {
        batch, manifest, simulator in
        let plan = try await batch.plan(manifest)
        #expect(plan.affordable == 2 && plan.upTo?.amount == 0.44)
        let summary = try await batch.run(manifest)
        #expect(summary.exitStatus == 81 && summary.done <= 2)
        #expect(await simulator.counts.billed == summary.done)
      }
      try FileManager.default.removeItem(atPath: folder.file("out"))
      try FileManager.default.removeItem(atPath: folder.file("ledger.sqlite"))
    }
  }

  @Test func `what is not billed does not count toward a day's limit`() async throws {
    let limit = try #require(Money(parsing: "0.3 USD"))
    let bad = (0..<3).map { _ in ScriptedGateway.Answer.reply(status: 400, body: "{}") }
    try await runAfterFailure(8, spending: nil, perDay: limit, bad + [.reply(status: 401, body: "{}")]) {
      batch, manifest, simulator in
      let summary = try await batch.run(manifest)
      #expect((1...5).contains(summary.done))
      let store = try History(ledger: .file(folder.file("ledger.sqlite"))).store
      #expect(try await store.spentToday(in: "USD") == summary.done * 55_000)
    }
  }

  @Test func `what is paid for is fetched before a limit ends the run`() async throws {
    var slow = try scenario.manifest(jobs: 3, for: .gccai)
    let rest = slow
    slow.items.removeLast()
    for position in slow.items.indices { slow.items[position].options.timeout = .seconds(120) }
    let (first, all) = (slow, rest)
    try await scenario.simulated((0..<2).map { _ in fault { $0.polls = 30 } }, by: .gccai) {
      editor, simulator in
      let before = try await Batch(editor).run(first)
      // They can be fetched, so there is nothing to settle.
      #expect(before.ambiguous == 2 && before.fetchable.count == 2 && before.unsettled.isEmpty)
      let limit = try #require(Money(parsing: "0 USD"))
      var limited = all
      for position in limited.items.indices { limited.items[position].options.spending.perRun = limit }
      var halts: [Int32] = []
      let after = try await Batch(editor, spending: limit).run(limited) { event in
        if case .halted(let error) = event { halts.append(error.exitStatus) }
      }
      #expect(after.done == 2 && after.left == 1 && after.exitStatus == 81 && halts == [81])
      #expect(after.billed == 0 && after.cost.amount == 0)
      #expect(await simulator.counts.received == 2)
    }
  }

  @Test(arguments: [nil, 400]) func `a job that lacks some of its pictures says so`(status: Int?) async throws
  {
    var manifest = try scenario.manifest(jobs: 1, for: .apiyi)
    manifest.items[0].options.count = 3
    let settled = manifest
    let bad = fault {
      if let status { $0.status = status } else { $0.connection = .resetReply }
      $0.times = 2
    }
    try await scenario.simulated([bad], by: .apiyi) { editor, _ in
      var missing: [PlantainError] = []
      let summary = try await Batch(editor).run(settled) { event in
        if case .ended(_, .incomplete(_, let errors)) = event { missing = errors }
      }
      #expect(summary.done == 0 && (status == nil ? summary.ambiguous : summary.failed) == 1)
      #expect(summary.exitStatus == (status == nil ? 76 : 82) && missing.count == 2)
      #expect(summary.unsettled.map(\.target) == (status == nil ? [summary.run] : []))
      #expect(summary.billed == 1 && summary.cost.amount == 0.055)
      #expect(summary.uncertain?.amount == (status == nil ? 0.11 : nil))
      try await expectTotals(summary)
    }
  }

  /// The ledger and the summary agree.
  private func expectTotals(_ summary: BatchSummary) async throws {
    var filter = HistoryFilter()
    filter.run = summary.run
    let totals = try await History(ledger: .file(folder.file("ledger.sqlite"))).totals(matching: filter)
    #expect(totals.count == 1)
    #expect(
      totals.first?.amount == summary.cost.amount && totals.first?.uncertain == summary.uncertain?.amount)
  }

  @Test func `a manifest with problems sends nothing`() async throws {
    var manifest = try scenario.manifest(jobs: 2)
    manifest.problems = [.usage("no", hint: nil)]
    let bad = manifest
    try await scenario.simulated { editor, simulator in
      await #expect(throws: PlantainError.self) { try await Batch(editor).run(bad) }
      #expect(await simulator.counts.received == 0)
    }
  }
}

@Suite struct `Which jobs of a batch are the same` {
  /// Each option changes the key; the output path does not.
  @Test func `every option that changes the work changes the key`() throws {
    let route = try Route(.google, key: key, baseURL: "http://127.0.0.1")
    func text(_ change: (inout EditOptions) -> Void) -> String {
      var options = EditOptions()
      change(&options)
      return JobKey(["a"], "x", options, route).text
    }
    let plain = text { _ in }
    let values = [
      "aspect": "4:3", "tier": "2K", "model": "m", "count": "2", "thinking": "high", "max-bytes": "1MB",
      "request-bytes": "9MB", "max-edge": "900", "format": "png", "quality": "77", "background": "#123456",
      "max-pixels": "9", "page": "2", "keep": "copyright", "fit": "pad", "allow": "svg,jxl",
      "output-format": "png",
      "region": "1,1,2,2", "feather": "3", "max-drift": "3", "max-output-bytes": "1MB", "mask": "m.png",
      "align": "false", "match-color": "true", "mask-edits": "white",
    ]
    let others = [
      "timeout": "9s", "price": "1USD", "compare": "c.png", "output-template": "{stem}-x.{ext}",
      "overwrite": "true",
    ]
    var seen: Set<String> = [plain]
    for option in OptionRow.ofEdits {
      let value =
        values[option.name] ?? others[option.name] ?? "true"
      let setting = try #require(option.setting)
      let key = text { #expect(setting.set(&$0, value, "."), "\(option.name)") }
      #expect(setting.changesWork == (others[option.name] == nil), "\(option.name)")
      if others[option.name] != nil {
        #expect(key == plain, "\(option.name)")
      } else {
        #expect(seen.insert(key).inserted, "\(option.name)")
      }
    }
    #expect(text { $0.output = .file("x.png") } == plain && text { $0.overwrites = true } == plain)
    #expect(JobKey(["b"], "x", EditOptions(), route).text != plain)
    #expect(JobKey(["a"], "y", EditOptions(), route).text != plain)
    #expect(
      JobKey(["a"], "x", EditOptions(), try Route(.gccai, key: key, baseURL: "http://127.0.0.1")).text
        != plain)
    // Neither the order in which names are given nor the order of a set matters.
    #expect(
      text { $0.preparation.allowed = ["svg", "jxl"] } == text { $0.preparation.allowed = ["jxl", "svg"] })
  }
}
