@testable import InProcess
import Finishing
import Foundation
import GRDB
import Ledger
import PlantainSimulator
import Submission
import Synchronization
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `A new ledger is opened by many` {
  /// On separate threads, because opening a ledger blocks while others open it.
  @Test func `many threads can open a new ledger at the same time`() async throws {
    for _ in 0..<10 {
      let folder = try TemporaryFolder()
      let path = folder.file("ledger.sqlite")
      let failures = Mutex<[String]>([])
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "opening").async {
          DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
              try Ledger(path: path).close()
            } catch {
              failures.withLock { $0.append("\(error)") }
            }
          }
          continuation.resume()
        }
      }
      #expect(failures.withLock { $0 } == [])
      #expect(try await Ledger(path: path).faults() == [])
    }
  }
}

/// A ledger has prompts.
@Suite(.endsInTime) struct `Who may read the ledger` {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("ledger.sqlite")
    try setMode(0o700, folder.path)
  }

  private func setMode(_ mode: Int, _ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func mode(_ name: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.file(name))
    return attributes?[.posixPermissions] as? Int
  }

  private func use(_ body: (Ledger) async throws -> Void = { _ in }) async throws -> LedgerAccess {
    let ledger = try Ledger(path: path)
    defer { ledger.close() }
    // Until the database is closed, what is written is in the files beside it.
    try await ledger.save(RunEntry(id: "r", started: 1, manifest: nil, gateway: "g", jobs: 1))
    try await body(ledger)
    return ledger.access
  }

  @Test func `a new ledger is private to its owner, whatever the permissions of other files`() async throws {
    try setMode(0o777, folder.path)
    let access = try await use { _ in
      for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
        #expect(mode(name) == 0o600, "\(name)")
      }
      #expect(mode("ledger.sqlite.replies") == 0o700)
    }
    #expect(access == LedgerAccess())
  }

  @Test func `a ledger behind a dangling link is private, too`() async throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.file("real"))
    #expect(try await use() == LedgerAccess())
    #expect(mode("real") == 0o600)
  }

  @Test func `a ledger that others could read becomes private, which is reported once`() async throws {
    _ = try await use()
    try folder.write([1], as: "ledger.sqlite.replies/a.reply")
    for name in ["ledger.sqlite", "ledger.sqlite.replies/a.reply"] { try setMode(0o664, folder.file(name)) }
    try setMode(0o755, folder.file("ledger.sqlite.replies"))
    #expect(try await use().removedPermissions)
    #expect(mode("ledger.sqlite") == 0o600 && mode("ledger.sqlite.replies") == 0o700)
    #expect(mode("ledger.sqlite.replies/a.reply") == 0o600)
    #expect(try await use() == LedgerAccess())
  }

  @Test func `a ledger in a group's folder is the group's, which doctor reports`() async throws {
    try setMode(0o770, folder.path)
    _ = try await use()
    try setMode(0o666, path)
    let access = try await use { _ in #expect(mode("ledger.sqlite-wal") == 0o660) }
    #expect(access.removedPermissions && access.group != nil && mode("ledger.sqlite") == 0o660)
    let findings = await Doctor(ledger: path).examine().filter { $0.name == "ledger's privacy" }
    #expect(findings.map(\.state) == [.good] && findings[0].detail.contains("group"))
    #expect(mode("ledger.sqlite") == 0o660)
  }

  @Test
  func `files beside a shared ledger are the group's, so that colleagues see running edits`()
    async throws
  {
    try setMode(0o770, folder.path)
    _ = try await use()
    for name in ["ledger.sqlite", "ledger.sqlite.replies"] { try setMode(0o770, folder.file(name)) }
    try { ledger in
      let claim = try JobLock(ledger.replyPath("a.job"), for: "here")
      let reply = try StoredReply(making: ledger.replyPath("a.reply"))
      #expect(mode("ledger.sqlite.replies/a.job") == 0o660 && mode("ledger.sqlite.replies/a.reply") == 0o660)
      withExtendedLifetime((claim, reply)) {}
    }(Ledger(path: path))
    try setMode(0o700, folder.file("ledger.sqlite.replies"))
    let reply = try StoredReply(making: folder.file("ledger.sqlite.replies/b.reply"))
    #expect(mode("ledger.sqlite.replies/b.reply") == 0o600)
    reply.discard()
  }

  @Test func `a file that is not a ledger stays unchanged, with nothing put beside it`() throws {
    try folder.write(Array("a letter".utf8), as: "ledger.sqlite")
    try setMode(0o644, path)
    #expect(throws: LedgerError.self) { try Ledger(path: path) }
    #expect(mode("ledger.sqlite") == 0o644 && folder.names == ["ledger.sqlite"])
  }

  @Test(.enabled(if: geteuid() == 0)) func `a ledger of another user is left unchanged`() async throws {
    _ = try await use()
    try setMode(0o644, path)
    #expect(chown(path, 4_711, 4_711) == 0)
    let access = try await use()
    #expect(
      access.foreignOwner == "user 4711" && !access.removedPermissions && mode("ledger.sqlite") == 0o644)
    let findings = await Doctor(ledger: path).examine().filter { $0.name == "ledger's privacy" }
    #expect(findings.map(\.state) == [.absent] && findings[0].hint?.contains("4711") == true)
  }
}

@Suite(.endsInTime) struct `What the ledger tells about an edit` {
  private func reference() throws -> Reference {
    .bytes(PictureBytes(try Synthetic.jpeg(PixelSize(width: 96, height: 64))), name: "p")
  }

  @Test func `a request in flight is recorded as possibly billed, for other processes to read`()
    async throws
  {
    let folder = try TemporaryFolder()
    let reference = try reference()
    try await ScriptedGateway.run(.silence) { gateway in
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL, ledger: folder) {
        editor in
        let task = Task { try await editor.edit("x", references: [reference]) }
        try await gateway.firstRequest()
        let other = try Ledger(path: folder.file("ledger.sqlite"))
        let edit = try #require(try await other.edits(maximum: 2).first)
        #expect(try await other.attempts(of: edit.id).map(\.state) == ["sending"])
        task.cancel()
        let error = await #expect(throws: PlantainError.self) { try await task.value }
        #expect(error?.billed == .unknown)
        #expect(try await other.attempts(of: edit.id).map(\.state) == ["ambiguous"])
        other.close()
      }
    }
  }

  @Test func `a finished edit records each picture's path once, and the reply's facts`()
    async throws
  {
    let folder = try TemporaryFolder()
    try await Scenario(in: folder).simulated(by: .apiyi) { editor, _ in
      var options = EditOptions()
      options.output = .file(folder.file("out.png"))
      options.count = 3
      let result = try await editor.edit("x", references: [reference()], options: options)
      let ledger = try editor.store.ledger()
      let edit = try #require(try await ledger.edits(maximum: 2).first)
      #expect(edit.outputs == result.images.compactMap(\.output))
      #expect(edit.outputs?.count == 3)
      let attempts = try await ledger.attempts(of: edit.id)
      #expect(attempts.map(\.state) == ["done", "done", "done"])
      #expect(attempts.map(\.status) == [200, 200, 200])
    }
  }

  @Test(arguments: [#", "output": "1.png""#, ""])
  func `a finished job without a recorded path is looked for, and not paid for again`(output: String)
    async throws
  {
    let folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 32, height: 24))
    try folder.write(Array(#"{"references": ["a.jpg"], "prompt": "x"\#(output)}"#.utf8), as: "m.jsonl")
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
    try await Scenario(in: folder).simulated { editor, simulator in
      #expect(try await Batch(editor).run(manifest).done == 1)
      let ledger = try editor.store.ledger()
      var edit = try #require(try await ledger.edits(maximum: 2).first)
      let written = try #require(edit.outputs?.first)
      edit.outputs = nil
      try await ledger.save(edit)
      let again = try await Batch(editor).run(manifest)
      #expect(again.skipped == 1 && again.done == 0)
      try FileManager.default.removeItem(atPath: written)
      #expect(try await Batch(editor).run(manifest).failed == 1)
      #expect(try await Batch(editor, again: .yes).run(manifest).done == 1)
      #expect(await simulator.counts.billed == 2)
    }
  }

  @Test func `a partial change leaves the other fields unchanged`() async throws {
    let folder = try TemporaryFolder()
    let ledger = try Ledger(path: folder.file("ledger.sqlite"))
    defer { ledger.close() }
    let edit = EditEntry(
      id: "e", created: 1, prompt: nil, gateway: "g", model: "m", tier: "1K", aspect: nil, count: 1,
      sources: [],
      output: nil, priceMillionths: nil, currency: nil, finishing: nil)
    try await ledger.save(edit)
    let id = try await ledger.insert(
      AttemptEntry(
        edit: "e", part: 1, number: 1, gateway: "g", model: "m", baseURL: "b", state: "sending", started: 2,
        reply: "r", idempotencyKey: "k"))
    try await ledger.change(
      id,
      to: LedgerChange(
        state: "accepted", changed: 3, status: 200, tasks: ["a/b", "\"c\""], message: "queued",
        cost: Money(amount: 0.25, currency: "USD")))
    try await ledger.change(
      id,
      to: LedgerChange(
        state: "done", changed: 4,
        outputs: [WrittenFile(path: "/a.png", sha256: "d"), WrittenFile(path: "/b.png", sha256: "d")]))
    try await ledger.change(
      id,
      to: LedgerChange(
        state: "done", changed: 5,
        outputs: [WrittenFile(path: "/b.png", sha256: "d"), WrittenFile(path: "/c.png", sha256: "d")]))
    try await ledger.change(
      id + 1, to: LedgerChange(state: "done", changed: 6, outputs: [WrittenFile(path: "/d.png", sha256: "d")])
    )
    let attempt = try #require(try await ledger.attempts(of: "e").first)
    #expect(attempt.state == "done" && attempt.changed == 5 && attempt.started == 2)
    #expect(attempt.status == 200 && attempt.message == "queued" && attempt.tasks == ["a/b", "\"c\""])
    #expect(attempt.costAmount == 0.25 && attempt.costCurrency == "USD" && attempt.idempotencyKey == "k")
    #expect(try await ledger.edits(maximum: 2).first?.outputs == ["/a.png", "/b.png", "/c.png"])
  }
}

/// The ledger's disk becomes full, or the ledger is locked, while a request is in flight.
@Suite(.endsInTime) struct `A ledger that cannot be updated` {
  private let scenario: Scenario
  private var folder: TemporaryFolder { scenario.folder }

  init() throws {
    scenario = try Scenario(PixelSize(width: 96, height: 64))
    try Ledger(path: folder.file("ledger.sqlite")).close()
  }

  private func execute(_ sql: String) throws {
    try DatabaseQueue(path: folder.file("ledger.sqlite")).write { try $0.execute(sql: sql) }
  }

  /// Makes changes of attempts fail.
  private func refuse(_ condition: String = "1") throws {
    try execute(
      """
      CREATE TRIGGER full BEFORE UPDATE ON attempts WHEN \(condition)
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
      """)
  }

  @Test func `the picture is written with a warning, and the reply is kept for settling`() async throws {
    try refuse()
    try await scenario.simulated { editor, simulator in
      var options = EditOptions()
      options.output = .file(folder.file("r.jpg"))
      let result = try await editor.edit(
        "x", references: [.file(folder.file("a.jpg"))], options: options)
      #expect(result.warnings.contains(.ledgerNotUpdated))
      let explanation = result.explanation(of: .ledgerNotUpdated)
      #expect(explanation.contains(folder.file("ledger.sqlite")) && explanation.contains(result.id))
      let output = try #require(result.image.output)
      let bytes = try folder.read(Path(output).name)
      #expect(try folder.keptReplies.count { $0.hasSuffix(".reply") } == 1)
      #expect(try await scenario.history.edit(result.id).state == "ambiguous")
      try execute("DROP TRIGGER full")
      guard case .fetched(let again) = try await editor.settle(result.id, as: .billed) else {
        Issue.record("expected the kept reply")
        return
      }
      #expect(!again.warnings.contains(.ledgerNotUpdated))
      #expect(try folder.read(Path(try #require(again.image.output)).name) == bytes)
      #expect(try await scenario.history.edit(result.id).state == "done")
      #expect(try folder.keptReplies.count { $0.hasSuffix(".reply") } == 0)
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `an equal edit fetches the kept reply, and is not paid for again`() async throws {
    try refuse()
    try await scenario.simulated { editor, simulator in
      let picture = Reference.file(folder.file("a.jpg"))
      let id = try await editor.edit("x", references: [picture]).id
      try execute("DROP TRIGGER full")
      #expect(try await editor.edit("x", references: [picture]).id == id)
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `the end is recorded with what could not be recorded before`() async throws {
    try refuse("NEW.state != 'done'")
    try await scenario.simulated { editor, _ in
      let result = try await editor.edit("x", references: [.file(folder.file("a.jpg"))])
      #expect(!result.warnings.contains(.ledgerNotUpdated))
      let entry = try await scenario.history.edit(result.id)
      #expect(entry.state == "done" && entry.attempts.first?.status == 200)
      #expect(try folder.keptReplies.count { $0.hasSuffix(".reply") } == 0)
    }
  }
}
