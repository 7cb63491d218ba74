import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing
import Core

/// A run whose ledger or disk fails reports that, sends nothing that it could not record, and loses nothing.
@Suite(.endsInTime) struct `plantain batch with a failing disk or ledger` {
  private let folder: TemporaryFolder
  private let jobs = 6

  init() throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 640, height: 480))
    try folder.writeManifest(jobs: jobs, format: "png")
  }

  private func run(
    _ simulator: Simulator, ledger: String, output: String = "out"
  ) async throws -> Command.Outcome {
    let command = Command(folder: folder.path, environment: ["PLANTAIN_LEDGER": ledger])
    return try await command.run([
      "batch", "m.jsonl", "-o", output, "--gateway", "apiyi", "--base-url", simulator.baseURL(for: .apiyi),
      "--json",
    ])
  }

  private func summary(_ outcome: Command.Outcome) throws -> [String: Any] {
    try #require(try outcome.objects().last?["summary"] as? [String: Any], "\(outcome.errors)")
  }

  @Test func `a damaged ledger, or one that cannot be created, sends nothing`() async throws {
    try folder.write(Array("this is no database, whatever its name says".utf8), as: "bad.sqlite")
    try await withSimulator { simulator in
      for ledger in [folder.file("bad.sqlite"), folder.file("a.jpg/l.sqlite"), "/proc/plantain/l.sqlite"] {
        let outcome = try await run(simulator, ledger: ledger)
        #expect(outcome.status == 73, "\(ledger): \(outcome.errors)")
        #expect(outcome.errors.contains(ledger), "\(outcome.errors)")
        let error = try #require(try outcome.objects().last?["error"] as? [String: Any])
        #expect(error["billed"] as? String == "no")
      }
      #expect(await simulator.counts.received == 0)
    }
    #expect(try folder.read("bad.sqlite") == Array("this is no database, whatever its name says".utf8))
  }

  @Test(.enabled(if: !isFastRun), .enabled(if: SQLiteLock.isPossible))
  func `a ledger locked by another program is waited for, and then nothing is sent`() async throws {
    try await withSimulator { simulator in
      _ = try await run(simulator, ledger: folder.file("l.sqlite"), output: "first")
      let before = await simulator.counts.received
      let lock = try SQLiteLock(folder.file("l.sqlite"))
      let outcome = try await run(simulator, ledger: folder.file("l.sqlite"), output: "second")
      lock.release()
      #expect(outcome.status == 73 && outcome.errors.contains("locked"), "\(outcome.errors)")
      #expect(await simulator.counts.received == before)
      let again = try await run(simulator, ledger: folder.file("l.sqlite"), output: "first")
      #expect(again.status == 0)
      #expect(await simulator.counts.received == before)
    }
  }

  @Test(.enabled(if: SmallDisk.isPossible))
  func `no room for the ledger's replies sends nothing`() async throws {
    let disk = try SmallDisk(folder.file("disk"), kilobytes: 1_000)
    defer { disk.unmount() }
    try await withSimulator { simulator in
      _ = try await run(simulator, ledger: folder.file("disk/l.sqlite"))
      let before = await simulator.counts.received
      try disk.fill()
      try FileManager.default.removeItem(atPath: folder.file("out"))
      let outcome = try await run(simulator, ledger: folder.file("disk/l.sqlite"))
      #expect(outcome.status != 0 && (outcome.errors.contains("space") || outcome.errors.contains("full")))
      #expect(await simulator.counts.received == before, "\(outcome.errors)")
    }
  }

  @Test(.enabled(if: SmallDisk.isPossible))
  func `no room for results loses nothing that was paid for`() async throws {
    let disk = try SmallDisk(folder.file("disk"), kilobytes: 700)
    defer { disk.unmount() }
    try await withSimulator { simulator in
      let first = try await run(simulator, ledger: folder.file("l.sqlite"), output: "disk")
      let found = try summary(first)
      #expect(found["failed"] as? Int ?? 0 > 0, "the disk has room for all results: \(found)")
      let codes = try first.objects().compactMap { ($0["error"] as? [String: Any])?["exit"] as? Int }
      #expect(codes.allSatisfy { $0 == 73 }, "\(codes)")
      // With room again, the same command writes what was paid for before it sends the rest.
      disk.unmount()
      let second = try await run(simulator, ledger: folder.file("l.sqlite"), output: "disk")
      #expect(second.status == 0, "\(second.errors)")
      #expect(folder.names(in: "disk").count { $0.hasSuffix(".png") } == jobs)
      let billed = await simulator.counts.billed
      // Jobs whose file was written and is gone with the disk were done before. They are sent once more.
      let gone = (found["done"] as? Int ?? 0)
      #expect(billed == jobs + gone, "\(billed) billed, \(gone) gone")
    }
  }
}

/// Holds a write lock on a database.
private final class SQLiteLock {
  static let isPossible = (try? Tool.status(of: "python3", "-c", "import sqlite3")) == 0

  private let process = Process()
  private let input = Pipe()

  init(_ path: String) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = """
      import sqlite3, sys
      database = sqlite3.connect(sys.argv[1], isolation_level=None)
      database.execute("BEGIN EXCLUSIVE")
      print("locked", flush=True)
      sys.stdin.read()
      """
    process.arguments = ["python3", "-c", script, path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    _ = output.fileHandleForReading.availableData
  }

  func release() {
    try? input.fileHandleForWriting.close()
    try? process.waitForExit()
  }
}

/// A small file system that fills quickly. Only the superuser can mount one.
private final class SmallDisk: Sendable {
  static let isPossible: Bool = {
    guard geteuid() == 0, let folder = try? TemporaryFolder(),
      let disk = try? SmallDisk(folder.file("d"), kilobytes: 64)
    else { return false }
    disk.unmount()
    return true
  }()

  private let path: String

  init(_ path: String, kilobytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    guard try Tool.status(of: "mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// Fills the disk to the last byte.
  func fill() throws {
    _ = FileManager.default.createFile(atPath: path + "/rest", contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: path + "/rest"))
    let block = Data(count: 1_024)
    while (try? handle.write(contentsOf: block)) != nil {}
  }

  func unmount() {
    // The disk may already be unmounted.
    _ = try? Tool.status(of: "umount", "-l", path)
  }
}
