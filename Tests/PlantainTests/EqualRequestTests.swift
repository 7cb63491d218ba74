import Gateways
import PlantainSimulator
import Synchronization
import TestSupport
import Testing

@testable import Batch
@testable import Editing
@testable import Plantain

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

/// Options can be written in other words, and routes named in another way, while the request stays the same.
@Suite struct `Requests that equal an earlier one` {
  private let folder: TemporaryFolder
  private var picture: Reference { .file(folder.file("a.jpg")) }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Synthetic.jpeg(PixelSize(width: 400, height: 300)), as: "a.jpg")
  }

  private func with<Value: Sendable>(
    _ faults: [Fault] = [], routes: [Gateway] = [.google],
    _ body: @Sendable (Editor, Simulator) async throws -> Value
  ) async throws -> Value {
    try await withSimulator(faults: faults) { simulator in
      let routes = try routes.map { try Route($0, key: key, baseURL: simulator.baseURL(for: $0)) }
      return try await withTestEditor(routes: routes, ledger: folder) { try await body($0, simulator) }
    }
  }

  private func options(_ change: (inout EditOptions) -> Void = { _ in }) -> EditOptions {
    var options = EditOptions()
    change(&options)
    return options
  }

  @Test func `are not sent while the outcome of that one is unknown, however their options are written`()
    async throws
  {
    let written: [EditOptions] = [
      options { $0.tier = .one }, options { $0.model = Gateway.google.defaultModel.id },
      options { $0.aspect = .source }, options { $0.preparation.maximumEdge = .pixels(2_048) },
      options { $0.preparation.maximumBytes = .megabytes(7) }, options { $0.finish.keepsMetadata = true },
      options { $0.finish.maximumDrift = 5 },
    ]
    try await with([fault { $0.status = 500 }]) { editor, simulator in
      _ = await #expect(throws: PlantainError.self) { try await editor.edit("x", references: [picture]) }
      for options in written {
        let error = await #expect(throws: PlantainError.self) {
          try await editor.edit("x", references: [picture], options: options)
        }
        #expect(error?.exitStatus == 76 && error?.hint?.contains("--again") == true, "\(options)")
      }
      #expect(await simulator.counts.received == 1)
      // Another prompt, tier, or picture is another request.
      _ = try await editor.edit("y", references: [picture])
      _ = try await editor.edit("x", references: [picture], options: options { $0.tier = .two })
      _ = try await editor.edit("x", references: [picture], options: options { $0.sendsAgain = true })
      #expect(await simulator.counts.received == 4)
    }
  }

  @Test func `are not sent when another gateway was named first, and this one was reached by failing over`()
    async throws
  {
    let faults = [
      fault { ($0.gateway, $0.status) = ("apiyi", 401) }, fault { ($0.gateway, $0.status) = ("google", 500) },
    ]
    try await with(faults, routes: [.apiyi, .google]) { editor, simulator in
      let first = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(first?.exitStatus == 76)
      #expect(await simulator.counts.received == 2)
    }
    try await with { editor, simulator in
      let second = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture])
      }
      #expect(second?.exitStatus == 76)
      #expect(await simulator.counts.received == 0)
    }
  }

  @Test func `bring the stored result of that one, finished as requested now`() async throws {
    try await with { editor, simulator in
      let tooSmall = options {
        $0.finish.maximumBytes = .init(300)
        $0.output = .file(folder.file("out.jpg"))
      }
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: tooSmall)
      }
      #expect(error?.billed == .yes && folder.names.contains("out.jpg") == false)
      let larger = options {
        $0.finish.maximumBytes = .megabytes(5)
        $0.output = .file(folder.file("out.jpg"))
      }
      let result = try await editor.edit("x", references: [picture], options: larger)
      #expect(result.image.output?.hasSuffix("out.jpg") == true && folder.names.contains("out.jpg"))
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
    try await with([fault { $0.status = 500 }]) { editor, simulator in
      let first = try await run(editor, "m.jsonl")
      #expect(first.done == 1 && first.ambiguous == 1)
      #expect(await simulator.counts.received == 2)
      let other = try await run(editor, "other.jsonl")
      #expect(other.ambiguous == 1 && other.done == 0)
      #expect(await simulator.counts.received == 2)
    }
  }

  @Test func `are done for a batch that spells out a default`() async throws {
    let line = #""references": ["a.jpg"], "prompt": "x", "output": "1.jpg""#
    try folder.write(Array("{\(line)}".utf8), as: "m.jsonl")
    try folder.write(Array("{\(line), \"tier\": \"1K\", \"aspect\": \"source\"}".utf8), as: "same.jsonl")
    try await with { editor, simulator in
      for name in ["m.jsonl", "same.jsonl", "m.jsonl"] {
        let manifest = try Manifest(
          reading: folder.file(name), Manifest.Defaults(folder: folder.file("out")), for: .google)
        _ = try await Batch(editor).run(manifest)
      }
      #expect(await simulator.counts.received == 1)
    }
  }
}
