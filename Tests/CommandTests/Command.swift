import Foundation
import PlantainSimulator
import TestSupport
import Testing

/// A fault with the fields that `change` sets.
func fault(_ change: (inout Fault) -> Void) -> Fault {
  var fault = Fault()
  change(&fault)
  return fault
}

/// Runs the built binary as a user runs it.
struct Command {
  struct Outcome {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// Standard output as JSON objects, one per line.
    func objects() throws -> [[String: Any]] {
      try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
    }
  }

  /// A fake key. Every output and every file of a run is searched for it, and must not have it.
  static let canary = "sk-canary-5e1f"

  var folder: String?
  var environment: [String: String] = [:]

  /// A command that runs in a folder, and whose ledger is in it.
  static func keepingLedger(in folder: TemporaryFolder) -> Command {
    Command(folder: folder.path, environment: ["PLANTAIN_LEDGER": folder.file("ledger.sqlite")])
  }

  private static let binary = Products.commandFolder.appending(path: "plantain")

  func run(_ arguments: String..., input: [UInt8] = []) async throws -> Outcome {
    try await run(arguments, input: input)
  }

  func run(_ arguments: [String], input: [UInt8] = []) async throws -> Outcome {
    try await run(Self.binary, arguments, input: input)
  }

  /// Runs a line of shell in which `$plantain` is the binary, for arguments that are not valid text.
  func run(shell line: String) async throws -> Outcome {
    let path = Self.binary.path(percentEncoded: false)
    return try await run(URL(filePath: "/bin/sh"), ["-c", "plantain='\(path)'; \(line)"], input: [])
  }

  /// Runs one of the programs under `samples`.
  func run(sample name: String, _ arguments: String...) async throws -> Outcome {
    try await run(Products.folder.appending(path: name), arguments, input: [])
  }

  /// Runs the binary while `body` acts on the process.
  func run(_ arguments: [String], while body: (Process) async throws -> Void) async throws -> Outcome {
    let scratch = try TemporaryFolder()
    let process = try start(Self.binary, arguments, input: [], in: scratch)
    try await body(process)
    return try await finish(process, in: scratch)
  }

  /// Runs the binary while `body` acts on the process and reads its standard error so far.
  func run(
    _ arguments: [String], watching body: (Process, () throws -> String) async throws -> Void
  ) async throws -> Outcome {
    let scratch = try TemporaryFolder()
    let process = try start(Self.binary, arguments, input: [], in: scratch)
    try await body(process) { String(decoding: try scratch.read("err"), as: UTF8.self) }
    return try await finish(process, in: scratch)
  }

  private func run(_ program: URL, _ arguments: [String], input: [UInt8]) async throws -> Outcome {
    let scratch = try TemporaryFolder()
    return try await finish(start(program, arguments, input: input, in: scratch), in: scratch)
  }

  private func start(
    _ program: URL, _ arguments: [String], input: [UInt8], in scratch: TemporaryFolder
  ) throws -> Process {
    // Files rather than pipes, so that no amount of output can block the child.
    for name in ["in", "out", "err"] { try scratch.write(name == "in" ? input : [], as: name) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    // Every run has its own ledger, unless the test sets one.
    process.environment = [
      "PATH": "/usr/bin:/bin", "APIYI_API_KEY": Self.canary, "PLANTAIN_LEDGER": scratch.file("ledger.sqlite"),
    ].merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: scratch.file("in")))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.file("out")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: scratch.file("err")))
    try process.run()
    return process
  }

  /// Requires that no output, ledger, stored reply, or result has the key.
  private func requireNoKey(in folders: [String]) throws {
    let canary = Data(Self.canary.utf8)
    for root in folders {
      let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      for name in names where !Self.keyFiles.contains(name) {
        let bytes = FileManager.default.contents(atPath: root + "/" + name)
        if bytes?.range(of: canary) != nil { Issue.record("the key is in \(name)") }
      }
    }
  }

  /// The names of files that hold a key because a test put it there.
  private static let keyFiles: Set<String> = ["key"]

  private func finish(_ process: Process, in scratch: TemporaryFolder) async throws -> Outcome {
    // `waitUntilExit` would occupy a thread, and often a whole core, which the simulator in this process
    // needs.
    do {
      try await waitUntil("'plantain \(process.arguments?.joined(separator: " ") ?? "")' has ended") {
        !process.isRunning
      }
    } catch {
      process.terminate()
      throw error
    }
    try requireNoKey(in: [scratch.path] + [folder].compactMap(\.self))
    return Outcome(
      status: process.terminationStatus, output: try scratch.read("out"),
      errors: String(decoding: try scratch.read("err"), as: UTF8.self))
  }
}
