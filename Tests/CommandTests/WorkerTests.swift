#if os(Linux)
  import Foundation
  import TestSupport
  import Testing
  import Core

  @Suite("The command and its worker processes", .endsInTime)
  struct WorkerTests {
    private let folder: TemporaryFolder

    /// Writes a picture that keeps a worker busy for seconds when it must fit one kilobyte, and one that does
    /// not.
    init() throws {
      folder = try TemporaryFolder()
      try folder.write(Synthetic.jpeg(PixelSize(width: 2_400, height: 2_400)), as: "slow.jpg")
      try folder.write(Synthetic.jpeg(PixelSize(width: 40, height: 30)), as: "quick.jpg")
    }

    private let arguments = [
      "prepare", "slow.jpg", "quick.jpg", "--json", "--max-bytes", "1KB", "--format", "webp",
    ]

    @Test("a decoder that crashes fails its picture, and the next one is still prepared")
    func crash() async throws {
      let outcome = try await Command(folder: folder.path).run(arguments) { process in
        _ = try await whenBusy(process.processIdentifier) { kill($0, SIGSEGV) }
      }
      let objects = try outcome.objects()
      try #require(objects.count == 2)
      let error = try #require(objects[0]["error"] as? [String: Any])
      let message = try #require(error["message"] as? String)
      #expect(message.contains("slow.jpg") && message.contains("worker process ended with SIGSEGV"))
      // On a busy machine the signal may come when the file is decoded already. It is not its fault then.
      let isDecoding = message.contains("while decoding it")
      #expect(error["code"] as? String == (isDecoding ? "damaged-picture" : "internal"))
      #expect(outcome.status == (isDecoding ? 65 : 70))
      #expect(objects[1]["source"] as? String == "quick.jpg")
    }

    @Test(
      "workers end with the command, however it ends", .enabled(if: !isFastRun),
      arguments: [SIGKILL, SIGINT, SIGTERM])
    func noOrphans(_ signal: Int32) async throws {
      var workers: [Int32] = []
      _ = try await Command(folder: folder.path).run(arguments) { process in
        let command = process.processIdentifier
        workers = try await whenBusy(command) {
          // A stopped worker cannot notice anything by itself.
          if signal == SIGKILL { kill($0, SIGSTOP) }
          kill(command, signal)
        }
      }
      try await waitUntil("the workers of a command that ended by signal \(signal) are gone") {
        workers.allSatisfy(isGone)
      }
    }

    @Test("no worker is left when the command is done")
    func tidyEnd() async throws {
      let outcome = try await Command(folder: folder.path).run(
        "prepare", "quick.jpg", "--format", "png", "--json")
      #expect(outcome.status == 0)
      let own = Products.commandFolder.appending(path: "plantain-worker").path(percentEncoded: false)
      let left = try processes().filter { executable($0) == own && parent(of: $0) == 1 }
      #expect(left.isEmpty)
    }
  }

  private func processes() throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
  }

  private func executable(_ process: Int32) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
  }

  /// The fields of /proc/N/stat after the name in parentheses: state, then parent.
  private func statusFields(_ process: Int32) -> [Substring] {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return text.split(separator: ")").last?.split(separator: " ") ?? []
  }

  private func parent(of process: Int32) -> Int32? {
    statusFields(process).dropFirst().first.flatMap { Int32($0) }
  }

  /// Whether the process has ended. Its parent may not have reaped it yet.
  private func isGone(_ process: Int32) -> Bool { ["Z", "X", nil].contains(statusFields(process).first) }

  /// Waits for a worker of `command` that has done some work, and acts on it at once.
  private func whenBusy(_ command: Int32, _ act: @escaping @Sendable (Int32) -> Void) async throws -> [Int32]
  {
    let worker = try await watch("the command's worker computes") {
      let busy = try processes().first { process in
        // Field 14 of the whole line: clock ticks in user mode.
        let ticks = statusFields(process).dropFirst(11).first.flatMap { Int($0) }
        return parent(of: process) == command && (ticks ?? 0) > 20
      }
      if let busy { act(busy) }
      return busy
    }
    return [worker]
  }
#endif
