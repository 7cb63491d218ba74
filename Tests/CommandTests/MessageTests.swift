import Foundation
import PlantainSimulator
import TestSupport
import Testing
import Core

/// A mistyped argument gives a message that says what was read and what to write.
@Suite(.endsInTime) struct `Messages say what to do` {
  private let folder: TemporaryFolder
  private let command: Command

  init() throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 64, height: 48))
    command = .keepingLedger(in: folder)
  }

  private static let rows: [(arguments: [String], words: [String])] = [
    (["edti", "a.jpg"], ["no command edti", "plantain edit"]), (["Edit", "a.jpg"], ["plantain edit"]),
    (["a.jpg", "-p", "warm"], ["no command a.jpg", "plantain edit a.jpg -p"]),
    (["bake"], ["bake", "edit, batch"]),
    (["edit", "a.jpg", "make it warm"], ["make it warm", "-p 'make it warm'"]),
    (["edit", "a.jpg", "warm?"], ["-p 'warm?'"]), (["edit", "a.jpg"], ["-p TEXT"]),
    (["generate", "a cat"], ["-p 'a cat'"]), (["batch", "a.jpg", "warm"], ["-p warm"]),
    (["edit", "a.jpg", "-p", "x", "--gateway", "apiy"], ["apiy", "Did you mean apiyi?"]),
    (["edit", "a.jpg", "-p", "x", "--gateway", "apiyi, google"], ["apiyi, google", "apiyi,google"]),
    (["edit", "a.jpg", "-p", "x", "--gateway", "apiyi,", "google"], ["apiyi,", "Write apiyi"]),
    (["edit", "a.jpg", "-p", "x", "--aspect", "16x9"], ["16x9", "16:9", "Write 16:9"]),
    (["edit", "a.jpg", "-p", "x", "--aspect", "wide"], ["wide", "a ratio such as 16:9"]),
    (["edit", "a.jpg", "-p", "x", "--teir", "4K"], ["--teir", "--tier"]),
  ]

  @Test(arguments: rows.indices) func `mistyped arguments give a correction`(position: Int) async throws {
    let row = Self.rows[position]
    let outcome = try await command.run(row.arguments)
    #expect(outcome.status == 64, "\(outcome.errors)")
    for word in row.words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    #expect(folder.names == ["a.jpg"])
  }

  @Test func `JSON errors name the nearest valid value`() async throws {
    for (arguments, nearest) in [
      (["edti"], "edit"), (["edit", "a.jpg", "-p", "x", "--gateway", "apiy"], "apiyi"),
      (["edit", "a.jpg", "-p", "x", "--teir", "4K"], "tier"),
    ] {
      let outcome = try await command.run(arguments + ["--json"])
      let error = try #require(try outcome.objects().last?["error"] as? [String: Any], "\(outcome.errors)")
      #expect(error["nearest"] as? String == nearest && error["exit"] as? Int == 64, "\(error)")
      #expect(error["remedy"] as? String == error["hint"] as? String)
    }
  }

  @Test(arguments: ["-5 degrees", "- warm\n- late", "-5", "--5 stops darker"])
  func `a prompt may begin with a dash`(prompt: String) async throws {
    for name in ["-p", "--prompt"] {
      let outcome = try await command.run([
        "edit", "a.jpg", name, prompt, "--gateway", "simulator", "-o", "\(UUID().uuidString).png",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let entry = try #require(try await command.run("history", "--json").objects().first)
      #expect(entry["prompt"] as? String == prompt)
    }
    // An option is not taken for a prompt.
    let outcome = try await command.run("edit", "a.jpg", "-p", "--dry-run", "--gateway", "simulator")
    #expect(outcome.status == 64)
  }

  @Test func `a mistyped model gives the nearest one before anything is sent`() async throws {
    let arguments = ["--gateway", "apiyi", "--model", "gemini-3.1-flash-imge", "--dry-run"]
    for command in [["edit", "a.jpg", "-p", "x"], ["generate", "-p", "x"], ["batch", "a.jpg", "-p", "x"]] {
      let plain = try await self.command.run(command + arguments)
      #expect(plain.status == 0)
      #expect(
        (plain.text + plain.errors).contains("gemini-3.1-flash-imge: did you mean gemini-3.1-flash-image?"),
        "\(plain.errors)")
      let json = try await self.command.run(command + arguments + ["--json"]).objects()
      #expect((json[0]["warnings"] as? [String])?.contains("unknown-model") == true, "\(json)")
    }
    let known = try await command.run(
      "edit", "a.jpg", "-p", "x", "--gateway", "apiyi", "--model", "gemini-3.1-flash-image", "--dry-run")
    #expect(!known.errors.contains("model"), "\(known.errors)")
  }

  @Test func `sums of money are written in the usual way`() async throws {
    let own = try await command.run(
      "edit", "a.jpg", "-p", "x", "--gateway", "apiyi", "--price", "0.02USD", "--dry-run")
    #expect(own.text.contains("0.02 USD as stated"), "\(own.text)")
    let batch = try await command.run("batch", "a.jpg", "-p", "x", "--gateway", "simulator")
    let history = try await command.run("history")
    let again = try await command.run("batch", "a.jpg", "-p", "x", "--gateway", "simulator")
    for text in [batch.errors, again.errors, history.text] {
      #expect(!text.contains("(table)") && text.firstMatch(of: #/\.\d*0  /#) == nil, "\(text)")
    }
  }

  @Test func `the plan says which of several pictures is edited`() async throws {
    for name in ["b.jpg", "c.jpg"] { try folder.write(folder.read("a.jpg"), as: name) }
    let plan = ["edit", "a.jpg", "b.jpg", "c.jpg", "-p", "x", "--gateway", "apiyi"]
    let outcome = try await command.run(plan + ["--dry-run"])
    #expect(outcome.text.contains("the first is edited, 2 are references"), "\(outcome.text)")
    let many = try await command.run(["edit"] + Array(repeating: "a.jpg", count: 26) + plan.dropFirst(4))
    #expect(many.status == 82 && many.errors.contains("plantain batch"), "\(many.errors)")
  }

  @Test func `a region in percent refers to the picture, whose size an error names`() async throws {
    func shown(_ region: String) async throws -> NSDictionary? {
      let outcome = try await command.run(
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--region", region, "--dry-run", "--json")
      let prepared = try outcome.objects().first?["prepared"] as? [[String: Any]]
      return (prepared?.first?["geometry"] as? [String: Any])?["shown"] as? NSDictionary
    }
    let pixels = try #require(try await shown("150,100,300,200"))
    #expect(try await shown("25%,25%,50%,50%") == pixels)
    #expect(try await shown("300x200+150+100") == pixels)
    for region in ["60%,0%,50%,50%", "800x600+900+500", "590,0,20,20"] {
      let outcome = try await command.run(
        "edit", Samples.coffee, "-p", "x", "--gateway", "apiyi", "--region", region, "--dry-run")
      #expect(outcome.status == 64 && outcome.errors.contains("600×400"), "\(outcome.errors)")
    }
  }

  @Test(.enabled(if: !isFastRun)) func `a region in percent is finished like one in pixels`() async throws {
    var results: [[UInt8]] = []
    for (name, region) in [("x.png", "25%,25%,50%,50%"), ("y.png", "150,100,300,200")] {
      let outcome = try await command.run(
        "finish", Samples.coffee, "--source", Samples.coffee, "--region", region, "--no-align",
        "--no-match-color", "-o", name)
      #expect(outcome.status == 0, "\(outcome.errors)")
      results.append(try folder.read(name))
    }
    #expect(results[0] == results[1])
  }

  @Test func `a file name with a line break is written to a pipe unchanged`() async throws {
    let name = "a\nb\u{1B}[31m.png"
    let outcome = try await command.run("edit", "a.jpg", "-p", "x", "--gateway", "simulator", "-o", name)
    #expect(outcome.text == name + "\n")
    #expect(!outcome.errors.contains("\u{1B}"))
  }
}
