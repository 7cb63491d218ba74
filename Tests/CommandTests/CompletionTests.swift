import Foundation
import TestSupport
import Testing

/// What a shell completes. The scripts ask the program itself for gateways, models, and ids.
@Suite(.endsInTime) struct `Completion in shells` {
  /// What the program offers for the last word.
  private func offers(
    _ words: String..., of option: String, from command: Command = Command()
  ) async throws -> [String] {
    let question = [
      "---completion", words[1], "--", option, "\(words.count - 1)", "\(words.last?.count ?? 0)",
    ]
    let outcome = try await command.run(question + words)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.lines
  }

  @Test func `gateways are offered, with those of the configuration, and after a comma`() async throws {
    let folder = try TemporaryFolder()
    let text = "gateways:\n  house:\n    like: gccai\n    url: https://images.example.com\n"
    try folder.write(Array(text.utf8), as: "c.yaml")
    let all = try await offers("plantain", "edit", "--gateway", "", of: "--gateway")
    #expect(all.contains("apiyi") && all.contains("google") && !all.contains("house"))
    let own = try await offers(
      "plantain", "edit", "--config", folder.file("c.yaml"), "--gateway", "apiyi,", of: "--gateway")
    #expect(own.contains("apiyi,house") && own.contains("apiyi,google"))
  }

  @Test func `models are those of the chosen gateway`() async throws {
    let all = try await offers("plantain", "edit", "--model", "", of: "--model")
    let some = try await offers("plantain", "edit", "--gateway", "aimlapi", "--model", "", of: "--model")
    #expect(!some.isEmpty && Set(some).isStrictSubset(of: all))
  }

  @Test func `ids are those of the ledger, and none is created`() async throws {
    let folder = try TemporaryFolder()
    let command = Command.keepingLedger(in: folder)
    #expect(try await offers("plantain", "edit", "--from", "", of: "--from", from: command) == [])
    #expect(folder.names == [])
    let edit = try await command.run(
      "edit", Samples.coffee, "-p", "x", "--gateway", "simulator", "-o", "x.png", "--json")
    let id = try #require(try edit.objects().first?["id"] as? String)
    #expect(try await offers("plantain", "edit", "--from", "", of: "--from", from: command) == [id])
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `the script completes files, and has no errors`(shell: String) async throws {
    let folder = try TemporaryFolder()
    let script = try await Command().run("completion", shell)
    #expect(script.status == 0 && script.text.contains("mask"))
    try folder.write(script.output, as: "script")
    let check = try await Command(folder: folder.path).run(
      shell: "command -v \(shell) >/dev/null || exit 0; \(shell) -n script")
    #expect(check.status == 0, "\(check.errors)")
    guard shell == "bash" else { return }
    try folder.write([1], as: "photo.jpg")
    for (words, expected) in [
      ("edit ph", "photo.jpg"), ("edit --mask ph", "photo.jpg"), ("prepare ph", "photo.jpg"),
      ("batch --report ph", "photo.jpg"), ("edit --fit-s", "--fit-source"), ("sett", "settle"),
    ] {
      let line = """
        command -v bash >/dev/null || { echo '\(expected)'; exit 0; }
        bash -c 'source ./script; COMP_LINE="plantain \(words)"; COMP_POINT=${#COMP_LINE}
          COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
          _plantain plantain "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$COMP_CWORD-1]}"
          printf "%s\\n" "${COMPREPLY[@]}"'
        """
      let outcome = try await Command(folder: folder.path).run(shell: line)
      #expect(
        outcome.lines.map { $0.trimmingCharacters(in: .whitespaces) }.contains(expected),
        "\(words): \(outcome.text) \(outcome.errors)")
    }
  }
}
