import Foundation
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import Editing
@testable import Plantain

/// A batch whose result would replace a picture that it reads sends nothing.
@Suite(.endsInTime) struct `Results that would replace a source` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, width) in [("a.jpg", 48), ("b.jpg", 52), ("logo.png", 56)] {
      let size = PixelSize(width: width, height: 36)
      try folder.write(
        name.hasSuffix("png") ? Synthetic.png(size) : Synthetic.jpeg(size), as: name)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.jpg"), withDestinationPath: folder.file("b.jpg"))
    try FileManager.default.linkItem(atPath: folder.file("b.jpg"), toPath: folder.file("hard.jpg"))
  }

  private func line(_ reference: String, _ output: String, _ more: String = "") -> String {
    #"{"references":["\#(reference)"],"prompt":"warm","output":"\#(output)"\#(more)}"#
  }

  private func with(
    _ lines: [String], overwrites: Bool, again: ResendPolicy = .no,
    _ body: @Sendable (Batch, Manifest, Simulator) async throws -> Void
  ) async throws {
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
    var defaults = Manifest.Defaults(folder: folder.path)
    defaults.options.overwrites = overwrites
    let manifest = try Manifest(reading: folder.file("m.jsonl"), defaults, for: .apiyi)
    #expect(manifest.problems.isEmpty)
    return try await withSimulator { simulator in
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: folder
      ) { try await body(Batch($0, again: again), manifest, simulator) }
    }
  }

  @Test(
    arguments: [
      "a.jpg", "./a.jpg", "b.jpg", "link.jpg", "hard.jpg", "x/../b.jpg", "new/../b.jpg", "logo.png",
    ],
    [true, false])
  func `are refused before anything is sent, however the source is named`(
    output: String, overwrites: Bool
  ) async throws {
    try FileManager.default.createDirectory(atPath: folder.file("x"), withIntermediateDirectories: false)
    let before = try folder.read("b.jpg")
    let lines = [
      line("b.jpg", "fine.jpg"),
      #"{"references":["a.jpg","logo.png"],"prompt":"warm","output":"\#(output)"}"#,
    ]
    try await with(lines, overwrites: overwrites) { batch, manifest, simulator in
      let run = await #expect(throws: PlantainError.self) { try await batch.run(manifest) }
      let plan = await #expect(throws: PlantainError.self) { try await batch.plan(manifest) }
      #expect(run?.exitStatus == 73 && run?.message.contains("line 2") == true)
      #expect(plan?.message == run?.message)
      #expect(await simulator.counts.received == 0)
    }
    #expect(try folder.read("b.jpg") == before)
  }

  @Test(arguments: [true, false])
  func `are refused by an edit whose output leaves a folder that does not exist yet`(
    overwrites: Bool
  ) async throws {
    let before = try folder.read("a.jpg")
    var options = EditOptions()
    (options.output, options.overwrites) = (.file(folder.file("new/sub/../../a.jpg")), overwrites)
    let settled = options
    try await withSimulator { simulator in
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: folder
      ) { editor in
        let error = await #expect(throws: PlantainError.self) {
          try await editor.edit("x", references: [.file(folder.file("a.jpg"))], options: settled)
        }
        #expect(error?.exitStatus == 73)
        #expect(await simulator.counts.received == 0)
      }
    }
    #expect(try folder.read("a.jpg") == before)
  }

  @Test func `are refused where a photograph has the name of another one's result`() async throws {
    let size = PixelSize(width: 48, height: 36)
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
    for name in ["in/IMG_1.jpg", "in/IMG_1-2.jpg"] { try folder.write(Synthetic.jpeg(size), as: name) }
    let before = try folder.read("in/IMG_1-2.jpg")
    var defaults = Manifest.Defaults(prompt: "warm")
    defaults.options.outputTemplate = try NameTemplate("{stem}-2.{ext}")
    defaults.options.overwrites = true
    let settled = defaults
    let manifest = try Manifest(reading: folder.file("in"), settled, for: .apiyi)
    #expect(
      manifest.items.count == 1 && manifest.warnings.contains { $0.contains("IMG_1-2.jpg is left out") })
    try await withSimulator { simulator in
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: folder
      ) { editor in
        let run = await #expect(throws: PlantainError.self) { try await Batch(editor).run(manifest) }
        let plan = await #expect(throws: PlantainError.self) { try await Batch(editor).plan(manifest) }
        #expect(run?.exitStatus == 73 && run?.message == plan?.message)
        #expect(await simulator.counts.received == 0)
        #expect(try folder.read("in/IMG_1-2.jpg") == before)
        // A result that the ledger knows is replaced.
        try FileManager.default.removeItem(atPath: folder.file("in/IMG_1-2.jpg"))
        let known = try Manifest(reading: folder.file("in"), settled, for: .apiyi)
        #expect(try await Batch(editor).run(known).done == 1)
        let again = try Manifest(reading: folder.file("in"), settled, for: .apiyi)
        #expect(again.items.count == 1)
        #expect(try await Batch(editor, again: .yes).run(again).done == 1)
      }
    }
  }

  @Test func `are refused where two lines write to one file through a link, be it there or not`() throws {
    try FileManager.default.createDirectory(atPath: folder.file("real"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("way"), withDestinationPath: folder.file("real"))
    for (one, other) in [
      ("real/x.jpg", "way/x.jpg"), ("real/new/x.jpg", "way/new/x.jpg"), ("new/x.jpg", "./new//x.jpg"),
      ("way/deep/er/x.jpg", "real/deep/./er/x.jpg"),
    ] {
      let lines = [line("a.jpg", one), line("b.jpg", other)]
      try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
      let manifest = try Manifest(
        reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.path), for: .apiyi)
      #expect(manifest.problems.first?.message.contains("is also written to") == true, "\(one) \(other)")
    }
  }

  @Test func `are refused where an edit goes on from the result of that source`() async throws {
    let original = try folder.read("a.jpg")
    try await Scenario(in: folder).simulated { editor, simulator in
      let first = try await editor.edit(
        "x", references: [.file(folder.file("a.jpg"))],
        options: editOptions { $0.output = .file(folder.file("1.jpg")) })
      let second = try await editor.edit(
        "y", references: [.file(folder.file("1.jpg"))],
        options: editOptions {
          $0.parent = first.id
          $0.output = .file(folder.file("2.jpg"))
        })
      let onto = { (name: String) in
        editOptions {
          ($0.parent, $0.overwrites, $0.output) = (second.id, true, .file(folder.file(name)))
        }
      }
      for plans in [true, false] {
        let error = await #expect(throws: PlantainError.self) {
          let references = [Reference.file(folder.file("2.jpg"))]
          if plans { _ = try await editor.plan("z", references: references, options: onto("a.jpg")) }
          _ = try await editor.edit("z", references: references, options: onto("a.jpg"))
        }
        #expect(error?.code == .outputExists)
      }
      #expect(await simulator.counts.received == 2)
      // A result may be replaced by a later one.
      _ = try await editor.edit(
        "z", references: [.file(folder.file("2.jpg"))], options: onto("1.jpg"))
    }
    #expect(try folder.read("a.jpg") == original)
  }

  @Test func `are the sources of a later line when their own job is done`() async throws {
    let lines = [line("a.jpg", "half.jpg"), line("half.jpg", "whole.jpg")]
    try await with([lines[0]], overwrites: true) { batch, manifest, _ in
      let summary = try await batch.run(manifest)
      #expect(summary.done == 1)
    }
    try await with(lines, overwrites: true) { batch, manifest, _ in
      let summary = try await batch.run(manifest)
      #expect(summary.skipped == 1 && summary.done == 1)
    }
    try await with(lines, overwrites: true, again: .yes) { batch, manifest, simulator in
      let error = await #expect(throws: PlantainError.self) { try await batch.run(manifest) }
      #expect(error?.exitStatus == 73)
      #expect(await simulator.counts.received == 0)
    }
  }
}
