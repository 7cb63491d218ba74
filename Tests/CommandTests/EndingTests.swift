import Foundation
import PlantainSimulator
import TestSupport
import Testing
import Vocabulary

@Suite struct `The sample program` {
  @Test func `edits through the library, and ends with the command's statuses`() async throws {
    let folder = try TemporaryFolder()
    try await withSimulator { simulator in
      let command = Command(folder: folder.path, environment: ["PLANTAIN_APIYI_URL": simulator.baseURL])
      let done = try await command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(done.status == 0)
      #expect(done.text == "night.png: 896×1200 image/png\n")
      #expect(folder.names == ["night.png"])
      let again = try await command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(again.status == 73)
    }
  }
}

@Suite struct `Interrupted` {
  @Test(arguments: [SIGINT, SIGTERM])
  func `after sending: 130, nothing left behind, and the money is named`(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    try await ScriptedGateway.run(.silence) { gateway in
      let arguments = [
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--base-url", gateway.baseURL, "-o",
        "out.png",
      ]
      let outcome = try await Command(folder: folder.path).run(arguments) { process in
        try await gateway.firstRequest()
        kill(process.processIdentifier, signal)
      }
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("billed"))
      // This gateway cannot be asked for what it was sent.
      #expect(outcome.errors.contains("plantain history ") && !outcome.errors.contains("recover"))
      #expect(folder.names.isEmpty)
      #expect(gateway.requests.count == 1)
    }
  }
}

@Suite struct `Interrupted while a task runs` {
  @Test func `130, and the task can be asked for later`() async throws {
    let folder = try TemporaryFolder()
    let answers: [ScriptedGateway.Answer] = [
      .reply(status: 200, body: #"{"data":[{"status":"submitted","task_id":"task_1"}]}"#),
      .reply(status: 200, body: #"{"data":{"status":"processing"}}"#),
    ]
    let ledger = folder.file("ledger.sqlite")
    let environment = ["GCCAI_API_KEY": Command.canary, "PLANTAIN_LEDGER": ledger]
    try await ScriptedGateway.run(answers) { gateway in
      let command = Command(folder: folder.path, environment: environment)
      let arguments = [
        "edit", Samples.coffee, "-p", "x", "--gateway", "gccai", "--base-url", gateway.baseURL, "-o",
        "out.png",
      ]
      let outcome = try await command.run(arguments) { process in
        try await waitUntil("the task is asked for") { gateway.requests.count >= 2 }
        kill(process.processIdentifier, SIGINT)
      }
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("plantain recover "))
      let entry = try #require(try await command.run("history", "--json").objects().first)
      #expect(entry["state"] as? String == "accepted")
      #expect(entry["billed"] as? String == "yes")
    }
  }
}

@Suite struct `Standard output that takes nothing` {
  @Test func `a paid picture is kept, and its place named`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(environment: ["TMPDIR": folder.path]).run(
      shell: #""$plantain" edit '\#(Samples.coffee)' -p cool -o - --gateway simulator > /dev/full"#)
    #expect(outcome.status == 73)
    #expect(folder.names == ["plantain-kept.jpg"])
    #expect(outcome.errors.contains("plantain-kept.jpg"))
    #expect(try decodedPixels(folder.read("plantain-kept.jpg")).size == PixelSize(width: 1264, height: 848))
  }

  @Test func `a paid picture that cannot be used is kept there too`() async throws {
    let folder = try TemporaryFolder()
    let bogus = Data("no picture".utf8).base64EncodedString()
    let body =
      #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"\#(bogus)"}}]}}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: body)) { gateway in
      let outcome = try await Command(environment: ["TMPDIR": folder.path])
        .run(
          "edit", Samples.coffee, "-p", "x", "-o", "-", "--gateway", "apiyi", "--base-url", gateway.baseURL)
      #expect(outcome.status == 80)
      #expect(folder.names == ["plantain-kept.reply"])
      #expect(outcome.errors.contains("plantain-kept.reply"))
    }
  }

  @Test func `a report that is lost is an error`() async throws {
    let outcome = try await Command().run(
      shell: #""$plantain" inspect '\#(Samples.coffee)' --json > /dev/full"#)
    #expect(outcome.status == 73)
  }
}
