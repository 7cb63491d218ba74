import Gateways
import PlantainSimulator
import Synchronization
import TestSupport
import Testing

@testable import Batch
@testable import Editing
@testable import Plantain

/// Options can be written in other words, and routes named in another way, while the request stays the same.
@Suite(.endsInTime) struct `Requests that equal an earlier one` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }
  private var picture: Reference { scenario.picture }

  init() throws { scenario = try Scenario(PixelSize(width: 400, height: 300)) }

  @Test func `are not sent while the outcome of that one is unknown, however their options are written`()
    async throws
  {
    let written: [EditOptions] = [
      editOptions { $0.tier = .one }, editOptions { $0.model = Gateway.google.defaultModel.id },
      editOptions { $0.aspect = .source }, editOptions { $0.preparation.maximumEdge = .pixels(2_048) },
      editOptions { $0.preparation.maximumBytes = .megabytes(7) },
      editOptions { $0.finish.keepsMetadata = true },
      editOptions { $0.finish.maximumDrift = 5 },
    ]
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, simulator in
      _ = await #expect(throws: PlantainError.self) { try await editor.edit("x", references: [picture]) }
      for options in written {
        let error = await #expect(throws: PlantainError.self) {
          try await editor.edit("x", references: [picture], options: options)
        }
        #expect(error?.exitStatus == 76 && error?.hint?.contains("`again`") == true, "\(options)")
      }
      #expect(await simulator.counts.received == 1)
      // Another prompt, tier, or picture is another request.
      _ = try await editor.edit("y", references: [picture])
      _ = try await editor.edit("x", references: [picture], options: editOptions { $0.tier = .two })
      _ = try await editor.edit("x", references: [picture], options: editOptions { $0.sendsAgain = true })
      #expect(await simulator.counts.received == 4)
    }
  }

  @Test func `are not sent when another gateway was named first, and this one was reached by failing over`()
    async throws
  {
    let faults = [
      fault { ($0.gateway, $0.status) = ("apiyi", 401) }, fault { ($0.gateway, $0.status) = ("google", 500) },
    ]
    try await scenario.simulated(faults, by: [.apiyi, .google]) { editor, simulator in
      let first = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(first?.exitStatus == 76)
      #expect(await simulator.counts.received == 2)
    }
    try await scenario.simulated { editor, simulator in
      let second = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(second?.exitStatus == 76)
      #expect(await simulator.counts.received == 0)
    }
  }

  @Test func `bring the stored result of that one, finished as requested now`() async throws {
    try await scenario.simulated { editor, simulator in
      let tooSmall = editOptions {
        $0.finish.maximumBytes = .init(300)
        $0.output = .file(folder.file("out.jpg"))
      }
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: tooSmall)
      }
      #expect(error?.billed == .yes && folder.names.contains("out.jpg") == false)
      let larger = editOptions {
        $0.finish.maximumBytes = .megabytes(5)
        $0.output = .file(folder.file("out.jpg"))
      }
      let result = try await editor.edit("x", references: [picture], options: larger)
      #expect(result.image.output?.hasSuffix("out.jpg") == true && folder.names.contains("out.jpg"))
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `differ by every option that is sent, and are known without their prompts`() async throws {
    let others = [
      editOptions { $0.webSearch = true }, editOptions { $0.thinking = .high }, editOptions { $0.count = 2 },
      editOptions { $0.imageSearch = true },
    ]
    let private_ = editOptions { $0.recordsPrompt = false }
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, simulator in
      _ = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: private_)
      }
      let again = editOptions {
        $0.recordsPrompt = false
        $0.tier = .one
      }
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: again)
      }
      #expect(error?.exitStatus == 76)
      #expect(await simulator.counts.received == 1)
      for options in others { _ = try await editor.edit("x", references: [picture], options: options) }
      #expect(await simulator.counts.received >= 1 + others.count)
    }
  }

  @Test func `bring a result that is not finished where this one asks for nothing`() async throws {
    try await scenario.simulated { editor, simulator in
      let strict = editOptions {
        $0.output = .file(folder.file("out.jpg"))
        $0.finish.maximumBytes = .init(300)
      }
      _ = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: strict)
      }
      let plain = editOptions { $0.output = .file(folder.file("plain.jpg")) }
      let result = try await editor.edit("x", references: [picture], options: plain)
      #expect(result.image.output?.hasSuffix("plain.jpg") == true)
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `are left alone by a batch, but its equal lines are variants, each sent`() async throws {
    let equal = ["1.jpg", "2.jpg"].map { #"{"references": ["a.jpg"], "prompt": "x", "output": "\#($0)"}"# }
    try folder.write(Array(equal.joined(separator: "\n").utf8), as: "m.jsonl")
    try folder.write(
      Array(
        #"{"references": ["a.jpg"], "prompt": "x", "tier": "1K", "output": "3.jpg", "max-edge": "2048"}"#.utf8
      ),
      as: "other.jsonl")
    let run = { @Sendable (editor: Editor, name: String) async throws -> BatchSummary in
      let manifest = try Manifest(
        reading: folder.file(name), Manifest.Defaults(folder: folder.file("out")), for: .google)
      return try await Batch(editor).run(manifest)
    }
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, simulator in
      let first = try await run(editor, "m.jsonl")
      #expect(first.done == 1 && first.ambiguous == 1)
      #expect(await simulator.counts.received == 2)
      let other = try await run(editor, "other.jsonl")
      #expect(other.ambiguous == 1 && other.done == 0)
      #expect(await simulator.counts.received == 2)
    }
  }

  @Test func `are foreseen by a dry run`() async throws {
    for (name, more) in [("m", ""), ("other", #", "tier": "1K", "max-edge": "2048""#)] {
      let lines = ["x", "y"].map {
        #"{"references": ["a.jpg"], "prompt": "\#($0)", "output": "\#(name)-\#($0).jpg"\#(more)}"#
      }
      try folder.write(Array(lines.joined(separator: "\n").utf8), as: "\(name).jsonl")
    }
    let manifest = { @Sendable (name: String) throws -> Manifest in
      try Manifest(reading: folder.file(name), Manifest.Defaults(folder: folder.file("out")), for: .google)
    }
    let written = editOptions { ($0.tier, $0.preparation.maximumEdge) = (.one, .pixels(2_048)) }
    try await scenario.simulated([fault { $0.status = 500 }]) { editor, simulator in
      // One after another, so that the first request is the one that fails.
      #expect(try await Batch(editor, maximum: 1).run(manifest("m.jsonl")).ambiguous == 1)
      let batch = Batch(editor)
      let plan = try await batch.plan(manifest("other.jsonl"))
      // Either line got the failing answer, so a plan of one of the two is refused.
      var refusals: [PlantainError] = []
      for prompt in ["x", "y"] {
        do throws(PlantainError) {
          _ = try await editor.plan(prompt, references: [picture], options: written)
        } catch {
          refusals.append(error)
        }
      }
      let summary = try await batch.run(manifest("other.jsonl"))
      #expect(refusals.map(\.exitStatus) == [76])
      #expect(plan.ambiguous == 1 && plan.failed == 0 && plan.jobs == 1)
      #expect(summary.ambiguous == 1 && summary.done == 1)
      #expect(await simulator.counts.received == 3)
      #expect(try await Batch(editor, again: .yes).plan(manifest("other.jsonl")).jobs == 2)
    }
  }

  @Test func `are foreseen by a dry run when their result can be fetched`() async throws {
    let line = { (more: String) in
      #"{"references": ["a.jpg"], "prompt": "x", "output": "1.jpg", "max-output-bytes": "\#(more)"}"#
    }
    try folder.write(Array(line("300").utf8), as: "small.jsonl")
    try folder.write(Array(line("5MB").utf8), as: "large.jsonl")
    try await scenario.simulated { editor, simulator in
      let manifests = try ["small", "large"].map {
        try Manifest(
          reading: folder.file("\($0).jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
      }
      #expect(try await Batch(editor).run(manifests[0]).failed == 1)
      let plan = try await Batch(editor).plan(manifests[1])
      #expect(plan.jobs == 0 && plan.skipped == 1 && plan.cost.amount == 0)
      #expect(try await Batch(editor).run(manifests[1]).done == 1)
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `are done for a batch that spells out a default`() async throws {
    let line = #""references": ["a.jpg"], "prompt": "x", "output": "1.jpg""#
    try folder.write(Array("{\(line)}".utf8), as: "m.jsonl")
    try folder.write(Array("{\(line), \"tier\": \"1K\", \"aspect\": \"source\"}".utf8), as: "same.jsonl")
    try await scenario.simulated { editor, simulator in
      for name in ["m.jsonl", "same.jsonl", "m.jsonl"] {
        let manifest = try Manifest(
          reading: folder.file(name), Manifest.Defaults(folder: folder.file("out")), for: .google)
        _ = try await Batch(editor).run(manifest)
      }
      #expect(await simulator.counts.received == 1)
    }
  }
}
