import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing
import Core

/// Sends four edits, of which one is refused and one has an unknown outcome, and checks what the ledger
/// reports.
@Suite(.endsInTime) struct `plantain history` {
  private let folder: TemporaryFolder
  private var command: Command

  init() throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 96, height: 64))
    command = Command(folder: folder.path)
    command.environment = ["PLANTAIN_LEDGER": folder.file("l.sqlite"), "TZ": "UTC"]
  }

  private func sendFour() async throws {
    let faults = [nil, 400, 500].map { status in fault { $0.status = status } }
    try await withSimulator(faults: faults) { simulator in
      for (place, prompt) in ["warm ÄRGER", "refused", "lost", "cool"].enumerated() {
        _ = try await command.run(
          "edit", "a.jpg", "-p", prompt, "-o", "\(place).png", "--gateway", "apiyi", "--base-url",
          simulator.baseURL(for: .apiyi), "--quiet")
      }
    }
  }

  private func prompts(_ arguments: String...) async throws -> [String?] {
    let outcome = try await command.run(["history", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.objects().map { $0["prompt"] as? String }
  }

  @Test(.enabled(if: !isFastRun)) func `history lists what is requested, and totals it`() async throws {
    try await sendFour()
    #expect(try await prompts("--search", "ärger") == ["warm ÄRGER"])
    #expect(try await prompts("--search", "3.PNG") == ["cool"])
    #expect(try await prompts("--failed") == ["lost", "refused"])
    #expect(try await prompts("--failed", "--search", "lost") == ["lost"])
    #expect(try await prompts("--gateway", "apiyi", "--since", "today").count == 4)
    #expect(try await prompts("--since", "2h", "--most", "2") == ["cool", "lost"])
    #expect(try await prompts("--since", "2999-01-01") == [])
    let unknown = try await command.run("history", "--gateway", "apiyo")
    #expect(unknown.status == 66 && unknown.errors.contains("apiyi"))
    for wrong in [
      ["--since", "soon"], ["--totals", "--runs"], ["--failed", "abc"], ["--totals", "--most", "3"],
    ] {
      #expect(try await command.run(["history"] + wrong).status == 64, "\(wrong)")
    }
    let totals = try await command.run("history", "--totals", "--json").objects()
    #expect(totals.count == 1 && totals.first?["gateway"] as? String == "apiyi")
    #expect(totals.first?["edits"] as? Int == 3 && totals.first?["billed"] as? Int == 2)
    let price = try #require(totals.first?["uncertain"] as? Double)
    #expect(totals.first?["amount"] as? Double == 2 * price && price > 0)
    let text = try await command.run("history", "--totals").text
    #expect(text.contains("\(2 * price) USD, \(price) USD more if"), "\(text)")
  }

  @Test(.enabled(if: !isFastRun)) func `history says where a picture is, and whether it still exists`()
    async throws
  {
    try await sendFour()
    try FileManager.default.removeItem(atPath: folder.file("3.png"))
    let lines = try await command.run("history").lines
    #expect(lines.contains("          written: \(folder.file("0.png"))"))
    #expect(lines.contains("          written: \(folder.file("3.png")) (no longer exists)"))
    #expect(lines.contains { $0.contains("plantain settle ") })
  }

  @Test(.enabled(if: !isFastRun && FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func `on a terminal history is a table as wide as the terminal`() async throws {
    try await sendFour()
    for columns in [30, 60, 80, 200] {
      let outcome = try await command.run(
        shell: "script -qec \"stty cols \(columns); $plantain history\" /dev/null")
      let lines = outcome.text.split(whereSeparator: \.isNewline).map(String.init)
      #expect(lines.allSatisfy { $0.count <= columns }, "\(outcome.text)")
      #expect(lines.count == (columns < 80 ? 8 : 5) && lines.contains { $0.contains("failed") })
      #expect(lines.contains { $0.contains("0.png") } && lines.contains { $0.contains("warm") })
    }
  }

  @Test(.enabled(if: !isFastRun)) func `an unknown id gives near ones, and a prefix is enough`() async throws
  {
    let batch = try await command.run(
      "batch", "a.jpg", "-p", "x", "-o", "out", "--gateway", "simulator", "--json", "--quiet")
    let objects = try batch.objects()
    let edit = try #require(objects.first?["edit"] as? String)
    let run = try #require((objects.last?["summary"] as? [String: Any])?["run"] as? String)
    for id in [edit, String(edit.prefix(6)), edit.uppercased()] {
      #expect(try await command.run("history", id).status == 0)
    }
    #expect(try await command.run("history", "--run", String(run.prefix(6)), "--json").objects().count == 1)
    let last = edit.last == "0" ? "1" : "0"
    for arguments in [["history"], ["recover"], ["replay"]] {
      let outcome = try await command.run(arguments + [edit.dropLast() + last])
      #expect(outcome.status == 66 && outcome.errors.contains(edit), "\(outcome.errors)")
    }
    let unknown = try await command.run("history", "--run", run.dropLast() + (run.last == "0" ? "1" : "0"))
    #expect(unknown.status == 66 && unknown.errors.contains(run))
    #expect(try await command.run("history", run).errors.contains("--run \(run)"))
    #expect(try await command.run("history", "--run", edit).errors.contains("history \(edit)"))
    #expect(try await command.run("history", "").status == 66)
  }

  @Test func `a named ledger that does not exist is an error, and none is created`() async throws {
    let commands = [
      ["history"], ["history", "--runs"], ["history", "--totals"], ["history", "abc"], ["recover", "abc"],
      ["replay", "abc"], ["history", "prune", "--older-than", "30d"],
    ]
    for arguments in commands {
      let byVariable = try await command.run(arguments)
      #expect(byVariable.status == 66 && byVariable.errors.contains("l.sqlite"), "\(arguments)")
      let byOption = try await command.run(arguments + ["--ledger", "none/x.sqlite"])
      #expect(byOption.status == 66 && byOption.errors.contains("none/x.sqlite"), "\(arguments)")
    }
    #expect(folder.names == ["a.jpg"])
  }

  @Test func `without any ledger yet the history is empty, and none is created`() async throws {
    var command = command
    command.environment = [
      "PLANTAIN_LEDGER": "", "XDG_DATA_HOME": folder.file("data"), "XDG_CONFIG_HOME": "", "HOME": folder.path,
    ]
    for arguments in [[], ["--runs"], ["--totals"], ["--failed"]] {
      let outcome = try await command.run(["history"] + arguments)
      #expect(outcome.status == 0 && outcome.text.isEmpty && outcome.errors.contains("none yet"))
    }
    #expect(try await command.run("doctor").text.contains("none yet"))
    let dry = ["a.jpg", "-p", "x", "--gateway", "simulator", "--dry-run"]
    #expect(try await command.run(["edit"] + dry).status == 0)
    #expect(try await command.run(["batch"] + dry + ["--ledger", "none.sqlite"]).status == 0)
    for wrong in [["history", "abc"], ["history", "--run", "abc"], ["recover", "abc"], ["replay", "abc"]] {
      #expect(try await command.run(wrong).status == 66, "\(wrong)")
    }
    #expect(folder.names == ["a.jpg"])
  }
}
