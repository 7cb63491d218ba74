import Foundation
import Ledger
import TestSupport
import Testing

@testable import Batch
@testable import Editing
@testable import Isolation
@testable import Plantain

/// A dry run and a run agree on a billed reply whose picture cannot be read. Only the picture's own bytes can
/// make it unusable.
@Suite(.endsInTime) struct `Billed pictures that cannot be read` {
  private let folder: TemporaryFolder
  private let result: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Synthetic.jpeg(PixelSize(width: 96, height: 64)), as: "a.jpg")
    result = try Synthetic.png(PixelSize(width: 40, height: 30))
  }

  private func reply(_ pictures: [UInt8]...) -> ScriptedGateway.Answer {
    let parts = pictures.map {
      #"{"inlineData":{"mimeType":"image/png","data":"\#(Data($0).base64EncodedString())"}}"#
    }
    return .reply(
      status: 200, body: #"{"candidates":[{"content":{"parts":[\#(parts.joined(separator: ","))]}}]}"#)
  }

  private func manifest(_ more: String = "", output: String = "out.png") throws -> Manifest {
    try folder.write(
      Array(#"{"references":["a.jpg"],"prompt":"warm","output":"\#(output)"\#(more)}"#.utf8), as: "m.jsonl")
    return try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .apiyi)
  }

  private func with(
    _ gateway: ScriptedGateway, processor: ImageProcessor = .inProcess, _ body: (Editor) async throws -> Void
  ) async throws {
    try await withTestEditor(
      gateway: .apiyi, key: key, baseURL: gateway.baseURL, processor: processor, ledger: folder, body)
  }

  /// A processor whose worker program does not work.
  private func withoutWorker() throws -> ImageProcessor {
    let program = try folder.write(Array("#!/bin/sh\nexit 1\n".utf8), as: "no-worker")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    return ImageProcessor(try WorkerFleet(program: program))
  }

  private func state() async throws -> String? {
    try await History(ledger: .file(folder.file("ledger.sqlite"))).edits().last?.state
  }

  private func broken(_ name: String) throws -> [UInt8] {
    switch name {
    case "text": return Array("no picture".utf8)
    case "truncated": return Array(result.dropLast(result.count / 2))
    case "vector": return Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".utf8)
    default: return []
    }
  }

  @Test(arguments: ["text", "truncated", "vector"])
  func `are sent again by the next run, as its dry run says`(name: String) async throws {
    let bytes = try broken(name)
    try await ScriptedGateway.run([reply(bytes), reply(result)]) {
      (gateway: ScriptedGateway) async throws -> Void in
      try await with(gateway) { (editor: Editor) async throws -> Void in
        let batch = Batch(editor)
        let manifest = try manifest()
        #expect(try await batch.run(manifest).failed == 1)
        #expect(try await state() == "unusable")
        let plan = try await batch.plan(manifest)
        #expect(plan.jobs == 1 && plan.skipped == 0)
        let edit = try await editor.plan(
          "warm", references: [.file(folder.file("a.jpg"))])
        #expect(edit.paidFor == nil)
        let entry = try await History(ledger: .file(folder.file("ledger.sqlite"))).edits()[0]
        #expect(entry.billed == "yes" && entry.command == "plantain replay \(entry.id)")
        #expect(try await batch.run(manifest).done == 1)
        #expect(gateway.requests.count == 2)
        #expect(try await batch.plan(manifest).skipped == 1)
      }
    }
  }

  @Test func `are not taken for unusable when the machine or the output is the reason`() async throws {
    // The answer must be decoded, and there is no worker.
    let missing = try withoutWorker()
    try await ScriptedGateway.run(reply(result)) { (gateway: ScriptedGateway) async throws -> Void in
      let manifest = try manifest(output: "out.webp")
      try await with(gateway, processor: missing) { (editor: Editor) async throws -> Void in
        for _ in 0..<2 {
          #expect(try await Batch(editor).run(manifest).failed == 1)
          #expect(try await state() == "stored")
          #expect(try await Batch(editor).plan(manifest).skipped == 1)
        }
        #expect(gateway.requests.count == 1)
      }
      try await with(gateway) { (editor: Editor) async throws -> Void in
        #expect(try await Batch(editor).run(manifest).done == 1)
        #expect(gateway.requests.count == 1)
      }
    }
  }

  @Test func `do not hide another picture of the reply that only this machine cannot read`() async throws {
    let missing = try withoutWorker()
    for bytes in [[result, Array("no".utf8)], [Array("no".utf8), result]] {
      let folder = try TemporaryFolder()
      try folder.write(Synthetic.jpeg(PixelSize(width: 96, height: 64)), as: "a.jpg")
      try await ScriptedGateway.run(reply(bytes[0], bytes[1])) {
        (gateway: ScriptedGateway) async throws -> Void in
        try await withTestEditor(
          gateway: .apiyi, key: key, baseURL: gateway.baseURL, processor: missing, ledger: folder
        ) { (editor: Editor) async throws -> Void in
          var options = EditOptions()
          options.output = .file(folder.file("out.webp"))
          let settled = options
          for _ in 0..<2 {
            _ = await #expect(throws: PlantainError.self) {
              try await editor.edit("x", references: [.file(folder.file("a.jpg"))], options: settled)
            }
          }
          #expect(gateway.requests.count == 1)
        }
      }
    }
  }

  @Test func `a stored reply whose file is unreadable or gone is not paid for again`() async throws {
    try await ScriptedGateway.run([reply(Array("no".utf8)), reply(result)]) {
      (gateway: ScriptedGateway) async throws -> Void in
      try await with(gateway) { (editor: Editor) async throws -> Void in
        let manifest = try manifest(#","max-output-bytes":"300","output-format":"jpeg""#, output: "out.jpg")
        _ = try await Batch(editor).run(manifest)
        let ledger = try Ledger(path: folder.file("ledger.sqlite"))
        let entry = try await ledger.edits(maximum: 1)[0]
        let attempt = try await ledger.attempts(of: entry.id)[0]
        // As an earlier version recorded it, before its reply was read for the first time.
        try await ledger.change(try #require(attempt.id), to: LedgerChange(state: "stored", changed: .now))
        try FileManager.default.removeItem(atPath: ledger.replyPath(attempt.reply))
        let plan = try await Batch(editor).plan(manifest)
        let summary = try await Batch(editor).run(manifest)
        #expect(plan.ambiguous == 1 && summary.ambiguous == 1)
        #expect(gateway.requests.count == 1)
      }
    }
  }

  @Test func `never replace the picture that was edited`() async throws {
    let before = try folder.read("a.jpg")
    let (picture, folder) = (Reference.file(folder.file("a.jpg")), folder)
    try await ScriptedGateway.run([reply(result)]) { gateway in
      let toWebP = editOptions { $0.output = .file(folder.file("out.webp")) }
      try await with(gateway, processor: withoutWorker()) { editor in
        _ = await #expect(throws: PlantainError.self) {
          try await editor.edit("warm", references: [picture], options: toWebP)
        }
      }
      let onto = editOptions { ($0.output, $0.overwrites) = (.file(folder.file("a.jpg")), true) }
      try await with(gateway) { editor in
        let id = try await History(ledger: .file(folder.file("ledger.sqlite"))).edits()[0].id
        let error = await #expect(throws: PlantainError.self) { try await editor.replay(id, options: onto) }
        #expect(error?.exitStatus == 73)
        _ = try await editor.replay(id)
      }
    }
    #expect(try folder.read("a.jpg") == before)
  }
}
