import Foundation
import Gateways
import PlantainSimulator
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `The sample program` {
  @Test func `the sample program edits, and exits with 1 after an error`() async throws {
    let folder = try TemporaryFolder()
    try await withSimulator { simulator in
      let command = Command(folder: folder.path, environment: ["PLANTAIN_APIYI_URL": simulator.baseURL])
      let done = try await command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(done.status == 0)
      #expect(done.text == "night.png: 896×1200 image/png\n")
      #expect(folder.names == ["night.png"])
      let again = try await command.run(sample: "edit-portrait", "night", Samples.portrait, "night.png")
      #expect(again.status == 1 && again.text.contains("already exists"), "\(again.text)")
    }
  }
}

@Suite(.endsInTime) struct `Interrupted twice` {
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `a second signal gives 130, leaves no file, and names the possible cost`(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    try await ScriptedGateway.run(.silence) { gateway in
      let arguments = [
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--base-url", gateway.baseURL, "-o",
        "out.png",
      ]
      let outcome = try await Command(folder: folder.path).run(
        arguments,
        watching: { process, errors in
          try await gateway.firstRequest()
          kill(process.processIdentifier, signal)
          try await waitUntil("it says that it is stopping") { try errors().contains("Stopping: waiting") }
          kill(process.processIdentifier, signal)
        })
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("(up to 6 min). Ctrl-C again leaves it."))
      #expect(outcome.errors.contains("billed"))
      // This gateway cannot be queried for the result of an earlier request.
      #expect(outcome.errors.contains("plantain history ") && !outcome.errors.contains("recover"))
      #expect(folder.names.isEmpty)
      #expect(gateway.requests.count == 1)
    }
  }
}

@Suite(.endsInTime) struct `Interrupted once` {
  private let folder: TemporaryFolder
  private let command: Command

  init() throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 64, height: 48))
    command = .keepingLedger(in: folder)
    try folder.writeManifest(jobs: 10)
  }

  private func slow(_ times: Int) -> [Fault] {
    [fault { ($0.delay, $0.times) = (.milliseconds(800), times) }]
  }

  @Test func `an edit keeps the picture that was in flight, and exits with 130`() async throws {
    try await withSimulator(faults: slow(1)) { simulator in
      let url = simulator.baseURL(for: .apiyi)
      let outcome = try await command.run(
        ["edit", "a.jpg", "-p", "x", "--gateway", "apiyi", "--base-url", url, "-o", "out.jpg"]
      ) { process in
        try await waitUntil("the request has come") { await simulator.counts.received == 1 }
        kill(process.processIdentifier, SIGINT)
      }
      #expect(outcome.status == 130 && outcome.text == "out.jpg\n", "\(outcome.errors)")
      #expect(try decodedPixels(folder.read("out.jpg")).size.width > 0)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `a batch reports what it does, and sends nothing new`(signal: Int32) async throws {
    try await withSimulator(faults: slow(100)) { simulator in
      let url = simulator.baseURL(for: .apiyi)
      let arguments = ["batch", "m.jsonl", "-o", "out", "--gateway", "apiyi", "--base-url", url, "--json"]
      let outcome = try await command.run(arguments) { process in
        try await waitUntil("four requests have come") { await simulator.counts.received == 4 }
        kill(process.processIdentifier, signal)
      }
      let words =
        "Stopping: 4 in flight will finish, 6 were not sent. Ctrl-C again abandons them."
      #expect(outcome.status == 130 && outcome.errors.contains(words), "\(outcome.errors)")
      let summary = try #require(try outcome.objects().last?["summary"] as? [String: Any])
      #expect(summary["done"] as? Int == 4 && summary["billed"] as? Int == 4 && summary["left"] as? Int == 6)
      #expect(await simulator.counts.received == 4)
      let next = try await command.run(arguments)
      #expect(next.status == 0, "\(next.errors)")
      #expect(await simulator.counts.received == 10)
    }
  }

  @Test func `a second signal abandons the requests, and unknown outcomes can be settled`() async throws {
    var silent = Fault()
    (silent.connection, silent.times) = (.stall, 4)
    try await withSimulator(faults: [silent]) { simulator in
      let url = simulator.baseURL(for: .apiyi)
      let arguments = ["batch", "m.jsonl", "-o", "out", "--gateway", "apiyi", "--base-url", url, "--json"]
      let outcome = try await command.run(
        arguments,
        watching: { process, errors in
          try await waitUntil("four edits were done") { await simulator.counts.billed == 4 }
          kill(process.processIdentifier, SIGINT)
          try await waitUntil("it says that it is stopping") { try errors().contains("Stopping:") }
          kill(process.processIdentifier, SIGINT)
        })
      let summary = try #require(try outcome.objects().last?["summary"] as? [String: Any])
      #expect(outcome.status == 130, "\(outcome.errors)")
      #expect(
        summary["ambiguous"] as? Int == 4 && summary["left"] as? Int == 6 && summary["failed"] as? Int == 0)
      let line = try #require(outcome.errors.split(separator: "\n").last { $0.hasPrefix("ambiguous") })
      #expect(line.hasPrefix("ambiguous a.jpg, a.jpg, a.jpg, a.jpg: plantain settle "))
      let run = try #require(summary["run"] as? String)
      #expect(line.contains("\(run) --as billed|unbilled|resend"))
      let settled = try await command.run("settle", run, "--as", "unbilled", "--json")
      #expect(settled.status == 0, "\(settled.errors)")
      let billed = try settled.objects().compactMap { $0["billed"] as? String }
      #expect(billed == ["no", "no", "no", "no"])
      let next = try await command.run(arguments)
      #expect(next.status == 0, "\(next.errors)")
      #expect(folder.names(in: "out").count == 10)
      #expect(try await command.run("settle", run, "--as", "unbilled").status == 64)
    }
  }

  @Test func `a signal that was ignored at the start stays ignored`() async throws {
    try await withSimulator(faults: slow(1)) { simulator in
      let url = simulator.baseURL(for: .apiyi)
      let edit = "edit a.jpg -p x --gateway apiyi --base-url \(url) -o out.jpg"
      let outcome = try await command.run(
        shell: #"trap '' HUP; "$plantain" \#(edit) & sleep 0.5; kill -HUP $!; wait $!"#)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(folder.names.contains("out.jpg"))
    }
  }
}

@Suite(.endsInTime) struct `Interrupted while a task runs` {
  @Test func `the exit status is 130, and the task can be recovered later`() async throws {
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
        try await waitUntil("the task is polled") { gateway.requests.count >= 2 }
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

@Suite(.endsInTime) struct `Standard output that cannot be written` {
  @Test func `a paid picture is kept, and its path is named`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(environment: ["TMPDIR": folder.path]).run(
      shell: #""$plantain" edit '\#(Samples.coffee)' -p cool -o - --gateway simulator > /dev/full"#)
    #expect(outcome.status == 73)
    #expect(folder.names == ["plantain-kept.jpg"])
    #expect(outcome.errors.contains("plantain-kept.jpg"))
    #expect(try decodedPixels(folder.read("plantain-kept.jpg")).size == PixelSize(width: 1264, height: 848))
  }

  @Test func `a paid picture that was kept is the output of its edit`() async throws {
    let folder = try TemporaryFolder()
    let command = Command(
      folder: folder.path,
      environment: ["TMPDIR": folder.path, "PLANTAIN_LEDGER": folder.file("l.sqlite")])
    let edit = #""$plantain" edit '\#(Samples.coffee)' -p cool -o - --gateway simulator > /dev/full"#
    #expect(try await command.run(shell: edit).status == 73)
    let entry = try #require(try await command.run("history", "--json").objects().first)
    #expect((entry["outputs"] as? [String])?.last?.hasSuffix("/plantain-kept.jpg") == true, "\(entry)")
    let id = try #require(entry["id"] as? String)
    for further in [["--from", id], ["--continue"]] {
      let outcome = try await command.run(
        ["edit"] + further + ["-p", "warm", "--gateway", "simulator", "--quiet"])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test func `a paid picture that cannot be used is kept there, too`() async throws {
    let folder = try TemporaryFolder()
    let bogus = Array("no picture".utf8)
    try await ScriptedGateway.run(.picture(bogus, label: "image/png")) { gateway in
      let outcome = try await Command(environment: ["TMPDIR": folder.path])
        .run(
          "edit", Samples.coffee, "-p", "x", "-o", "-", "--gateway", "apiyi", "--base-url", gateway.baseURL)
      #expect(outcome.status == 80)
      #expect(folder.names == ["plantain-kept.reply"])
      #expect(outcome.errors.contains("plantain-kept.reply"))
    }
  }

  @Test func `a report that cannot be written is an error`() async throws {
    let outcome = try await Command().run(
      shell: #""$plantain" inspect '\#(Samples.coffee)' --json > /dev/full"#)
    #expect(outcome.status == 73)
  }
}

@Suite(.endsInTime) struct `A closed pipe` {
  /// Runs a line of shell with a pipe as descriptor 3 whose reader is gone.
  private func run(_ line: String, in folder: TemporaryFolder) async throws -> Command.Outcome {
    try await Command(folder: folder.path, environment: ["TMPDIR": folder.path]).run(
      shell: "mkfifo pipe; (: < pipe) & exec 3> pipe; wait; rm pipe; \(line)")
  }

  @Test(arguments: [
    "prepare a.png b.png -o out", "prepare a.png -o -", "inspect a.png b.png --json", "prepare a.png b.png",
    "gateways", "edit a.png -p x --gateway simulator --dry-run", "prepare a.png --data-uri",
  ])
  func `a command that sends nothing ends at once and silently`(arguments: String) async throws {
    let folder = try TemporaryFolder()
    for name in ["a.png", "b.png"] { try folder.write(Samples.bytes(Samples.coffee), as: name) }
    let outcome = try await run("\"$plantain\" \(arguments) --quiet >&3", in: folder)
    #expect(outcome.status == 128 + SIGPIPE && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(folder.names(in: "out").count <= 1)
  }

  @Test func `a paid picture is still written to its file`() async throws {
    let folder = try TemporaryFolder()
    for name in ["in-a.png", "in-b.png"] {
      try folder.write(Samples.bytes(name == "in-a.png" ? Samples.coffee : Samples.rocket), as: name)
    }
    let edit = #""$plantain" edit in-a.png -p cool --gateway simulator"#
    #expect(try await run("\(edit) -o out.png >&3", in: folder).status == 0)
    #expect(try decodedPixels(folder.read("out.png")).size == PixelSize(width: 1264, height: 848))
    let lost = try await run("\(edit) -o - >&3", in: folder)
    #expect(lost.status == 73 && lost.errors.contains("plantain-kept.jpg"))
    #expect(folder.names.contains("plantain-kept.jpg"))
    let batch = try await run(
      #""$plantain" batch in-a.png in-b.png -p warm -o done --gateway simulator --json >&3"#, in: folder)
    #expect(batch.status == 0, "\(batch.errors)")
    #expect(folder.names(in: "done").count == 2)
  }
}
