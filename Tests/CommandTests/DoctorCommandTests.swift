import Foundation
import TestSupport
import Testing

@Suite(.endsInTime) struct `plantain doctor` {
  private func run(
    _ folder: TemporaryFolder, _ environment: [String: String] = [:], _ arguments: String...
  ) async throws -> (status: Int32, findings: [[String: Any]], text: String) {
    var command = Command(folder: folder.path)
    command.environment = [
      "HOME": folder.path, "XDG_CONFIG_HOME": "", "PLANTAIN_LEDGER": folder.file("l.sqlite"),
    ]
    .merging(environment) { $1 }
    let outcome = try await command.run(["doctor", "--json"] + arguments)
    return (outcome.status, try outcome.objects(), outcome.text + outcome.errors)
  }

  private func state(_ name: String, of findings: [[String: Any]]) -> String? {
    findings.first { $0["name"] as? String == name }?["state"] as? String
  }

  @Test func `doctor reports what it finds, and prints no key`() async throws {
    let folder = try TemporaryFolder()
    let (status, findings, text) = try await run(
      folder, ["APIYI_API_KEY": Command.canary, "AIMLAPI_API_KEY": ""])
    #expect(status == 0, "\(text)")
    for name in ["decoders", "worker", "base64", "key of apiyi"] {
      #expect(state(name, of: findings) == "good", "\(name)")
    }
    for name in ["key of aimlapi", "configuration", "ledger"] {
      #expect(state(name, of: findings) == "absent", "\(name)")
    }
    #expect(!text.contains(Command.canary) && text.contains("AIMLAPI_API_KEY"))
    // The checks create no file.
    #expect(folder.names.isEmpty)
  }

  @Test func `damaged ledgers, configurations, and keys give the status of the commands they affect`()
    async throws
  {
    let folder = try TemporaryFolder()
    let edit = try await Command(folder: folder.path).run(
      "edit", Samples.coffee, "-p", "x", "-o", "a.png", "--gateway", "simulator", "--ledger", "l.sqlite")
    #expect(edit.status == 0)
    let whole = try await run(folder)
    #expect(whole.status == 0 && state("ledger", of: whole.findings) == "good")
    var bytes = try folder.read("l.sqlite")
    // After the file's header, in the pages of its tables.
    for place in stride(from: 4_200, to: min(bytes.count, 40_000), by: 3) { bytes[place] ^= 0xA5 }
    try folder.write(bytes, as: "l.sqlite")
    let damaged = try await run(folder)
    #expect(damaged.status == 73 && state("ledger", of: damaged.findings) == "bad", "\(damaged.text)")

    let other = try TemporaryFolder()
    try other.write(Array("gatway: apiyi\n".utf8), as: "c.yaml")
    let wrong = try await run(other, [:], "--config", "c.yaml")
    #expect(wrong.status == 78 && state("configuration", of: wrong.findings) == "bad")
    let useless = try await run(other, ["APIYI_API_KEY": "\(Command.canary)\u{1}"])
    #expect(useless.status == 77 && state("key of apiyi", of: useless.findings) == "bad")
    #expect(!useless.text.contains(Command.canary))
  }

  @Test(.enabled(if: !isFastRun)) func `the most important finding comes first, and simulators share a line`()
    async throws
  {
    let folder = try TemporaryFolder()
    var command = Command(folder: folder.path)
    command.environment = ["PLANTAIN_LEDGER": folder.file("l.sqlite"), "PLANTAIN_GATEWAY": "apiyi"]
    for name in ["a.png", "b.png"] {
      // Each simulator has its own port.
      let edit = try await command.run(
        "edit", Samples.coffee, "-p", "x", "-o", name, "--gateway", "simulator", "--quiet")
      #expect(edit.status == 0)
    }
    let names = { (findings: [[String: Any]]) in findings.compactMap { $0["name"] as? String } }
    let findings = try await command.run("doctor", "--json").objects()
    #expect(names(findings).prefix(2) == ["gateway", "key of apiyi"])
    let routes = findings.filter { ($0["name"] as? String)?.hasPrefix("route") == true }
    #expect(routes.count == 1)
    #expect((routes.first?["detail"] as? String)?.hasPrefix("2 of 2 attempts at this machine") == true)
    // Bad findings come first; missing keys that are not needed come last.
    let states = findings.compactMap { $0["state"] as? String }
    #expect(states.suffix(4).allSatisfy { $0 == "absent" })
    command.environment["PLANTAIN_GATEWAY"] = "apiyo"
    let wrong = try await command.run("doctor", "--json")
    let first = try wrong.objects().first
    #expect(wrong.status == 64 && first?["name"] as? String == "gateway")
    #expect(first?["state"] as? String == "bad")
  }
}
