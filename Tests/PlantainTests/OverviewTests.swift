import Foundation
import Imaging
import PictureFormats
import Ledger
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Reports and contact sheets` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(
      pictures: "a.jpg", "Ä & b.jpg", size: PixelSize(width: 640, height: 480))
  }

  /// Three jobs, of which the second fails, run twice.
  private func run(_ body: @Sendable (Editor, BatchRecord, BatchSummary) async throws -> Void) async throws {
    let lines = [
      #"{"references": ["a.jpg"], "prompt": "<i>one</i> & \"two\"", "output": "1.png", "id": "<b>"}"#,
      #"{"references": ["a.jpg"], "prompt": "refused", "output": "2.png"}"#,
      #"{"references": ["Ä & b.jpg"], "prompt": "three", "output": "Ä #1.png"}"#,
    ]
    try folder.writeManifest(lines)
    let scenario = Scenario(in: folder)
    let manifest = try scenario.manifest()
    let refusal = fault {
      $0.status = 400
      $0.body = #"{"error": {"message": "<script>alert(1)</script>"}}"#
    }
    try await scenario.simulated([refusal]) { editor, _ in
      // One after another, so that the first request is the one that fails.
      _ = try await Batch(editor, maximum: 1).run(manifest)
      var record = BatchRecord()
      let summary = try await Batch(editor).run(manifest) { event in
        if case .ended(let item, let outcome) = event { record.add(item, outcome) }
      }
      try await body(editor, record, summary)
    }
  }

  private func report(_ name: String = "report.html") throws -> String {
    String(decoding: try folder.read(name), as: UTF8.self)
  }

  @Test func `the report shows each job, escapes its texts, and needs no network`() async throws {
    try await run { editor, record, summary in
      #expect(summary.done == 1 && summary.skipped == 2)
      try await editor.writeReport(of: record, summary, to: folder.file("report.html"))
    }
    let html = try report()
    #expect(html.components(separatedBy: "<article").count == 4)
    #expect(html.contains("&lt;b&gt;") && html.contains("&lt;i&gt;one&lt;/i&gt; &amp; &quot;two&quot;"))
    #expect(!html.contains("<i>one</i>") && !html.contains("<b>"))
    #expect(html.contains("href=\"out/1.png\"") && html.contains("href=\"out/%C3%84%20%231.png\""))
    // The cost of a job that was done before comes from the ledger.
    #expect(html.components(separatedBy: "$0.0336").count == 5, "three jobs and the whole run")
    let outside = html.matches(of: /(src|href)="(https?:|\/\/)|url\(h/)
    #expect(outside.isEmpty && html.contains("default-src 'none'"))
    for match in html.matches(of: /--p:url\(data:image\/webp;base64,([A-Za-z0-9+\/=]+)\)/) {
      let bytes = try #require(Data(base64Encoded: String(match.1)))
      #expect(try decodedPixels(Array(bytes)).size == PixelSize(width: 3 * 400 + 16, height: 300))
    }
    #expect(html.matches(of: /--p:url/).count == 3)
  }

  @Test func `what was paid before is told apart, once for each edit`() async throws {
    try await run { editor, record, summary in
      let entries = await editor.completed(record, run: summary.run)
      for entry in entries where entry.state == .skipped {
        #expect(entry.isPaidBefore)
        #expect(entry.cost?.amount == 0.0336)
      }
      for entry in entries where entry.state == .done { #expect(!entry.isPaidBefore) }
      var doubled = record
      let manifest = try Scenario(in: folder).manifest()
      for id in entries.compactMap(\.edit) { doubled.add(manifest.items[0], .skipped(id: id, outputs: [])) }
      let all = await editor.completed(doubled, run: summary.run)
      #expect(all.count == 2 * entries.count && all.compactMap(\.cost).count == entries.count)
      try await editor.writeReport(of: doubled, summary, to: folder.file("report.html"))
    }
    #expect(try report().contains("$0.0336 paid before"))
  }

  @Test func `a failure is shown with its reason, as text`() async throws {
    try await run { editor, _, summary in
      var record = BatchRecord()
      let lines = #"{"references": ["a.jpg"], "prompt": "x", "output": "9.png"}"#
      try folder.write(Array(lines.utf8), as: "n.jsonl")
      let manifest = try Manifest(
        reading: folder.file("n.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
      let error = PlantainError.usage("<script>alert(1)</script>", hint: "do & this")
      record.add(manifest.items[0], .failed(error))
      record.add(manifest.items[0], .ambiguous(error))
      try await editor.writeReport(of: record, summary, to: folder.file("report.html"))
      try await editor.writeContactSheet(of: record, to: folder.file("none.png"))
    }
    let html = try report()
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && html.contains("do &amp; this"))
    #expect(html.contains("data-state=\"failed\"") && html.contains("data-state=\"ambiguous\""))
    #expect(html.matches(of: /<script>/).count == 1)
    #expect(!folder.names.contains("none.png"), "without results no sheet is written")
  }

  @Test func `the contact sheet shows original and result side by side`() async throws {
    try await run { editor, record, _ in
      for name in ["s.png", "s.jpg", "s.webp"] {
        try await editor.writeContactSheet(of: record, to: folder.file(name))
      }
      await #expect(throws: PlantainError.self) {
        try await editor.writeContactSheet(of: record, to: folder.file("s.gif"))
      }
      await #expect(throws: PlantainError.self) {
        try await editor.writeContactSheet(of: record, to: folder.file("a.jpg/s.png"))
      }
    }
    let sheet = try decodedPixels(folder.read("s.png"))
    // One below the other, each row as high as its pictures, so that no space is empty.
    #expect(sheet.size == PixelSize(width: 656 + 8, height: 3 * 248 + 8))
    let original = try decodedPixels(folder.read("a.jpg"))
    let pixel = { (x: Int, y: Int) in
      (0..<3).map { Int(sheet.pixels[3 * (y * sheet.size.width + x) + $0]) }
    }
    // The center of the first picture, which is 320×240.
    let own = (0..<3).map { Int(original.pixels[3 * (240 * 640 + 320) + $0]) }
    #expect(zip(pixel(8 + 160, 8 + 120), own).allSatisfy { abs($0 - $1) < 24 })
    #expect(pixel(8 + 160, 4) == [48, 48, 48] && pixel(8 + 324, 100) == [48, 48, 48])
    #expect(pixel(8 + 160, 12) != [48, 48, 48] && pixel(8 + 500, 500 + 12) != [48, 48, 48])
    #expect(try decodedPixels(folder.read("s.jpg")).size == sheet.size)
  }

  @Test func `links are relative to the report's folder`() {
    #expect(ReportPage.link("/a/b/c.png", from: "/a/b/r.html") == "c.png")
    #expect(ReportPage.link("/a/b/c.png", from: "/a/x/y/r.html") == "../../b/c.png")
    #expect(ReportPage.link("/c.png", from: "/a/r.html") == "../c.png")
    #expect(ReportPage.link("out/c.png", from: "r.html") == "out/c.png")
    #expect(ReportPage.link("./x/../c.png", from: "./out/r.html") == "../c.png")
  }

  @Test(arguments: [1, 2, 9, 100, 1_000, 20_000])
  func `a sheet stays within the maximum size of every format`(count: Int) throws {
    let sheet = ContactSheet(count: count)
    let rows = (count + sheet.columns - 1) / sheet.columns
    #expect(sheet.columns * (2 * sheet.edge + 16) + 8 <= 8_000 || sheet.edge == 16)
    let names = sheet.edge < 48 ? 0 : 22
    #expect(rows * (sheet.edge + names + 8) + 8 <= 8_000 || sheet.edge == 16)
    #expect(count > 1_000 || sheet.edge >= 90, "\(sheet.edge)")
    #expect(rows * sheet.columns - count <= rows * sheet.columns / 8, "nearly no cell is empty")
  }

  @Test func `names on a sheet are safe to draw, and keep their beginning and end`() {
    let names = [
      "<script>&amp;", "\u{202E}gpj.exe\u{1}\n", String(repeating: "x", count: 500) + "-0173.jpg", "Ä 日本 🙂",
      "",
    ]
    let cells = names.enumerated().map { SheetNames.Cell(name: $1, left: 208 * $0, width: 200) }
    let drawing = String(
      decoding: SheetNames(cells: cells, width: 1_032, height: 22).drawing, as: UTF8.self)
    #expect(drawing.contains("&lt;script&gt;&amp;amp;") && !drawing.contains("<script"))
    #expect(drawing.contains("·gpj.exe··") && drawing.contains("…") && drawing.contains("-0173.jpg"))
    #expect(drawing.contains("Ä 日本 🙂") && drawing.utf8.count < 3_000)
  }

  @Test(arguments: [
    (0, "$0"), (0.0336, "$0.0336"), (0.05, "$0.05"), (0.5, "$0.50"), (12.5, "$12.50"), (3, "$3"),
    (10.0849, "$10.08"), (1e-7, "$1e-07"), (1e30, "1e+30 USD"), (-0.05, "-$0.05"), (1_234, "$1234"),
  ])
  func `dollar amounts are written in the usual way`(amount: Double, text: String) {
    #expect(Shown.money(amount, "USD") == text)
  }

  @Test func `other currencies and durations are written in the usual way`() {
    #expect(Shown.money(2.5, "credits") == "2.5 credits" && Shown.money(3, "CNY") == "3 CNY")
    #expect(Shown.money(0.1, "EUR") == "€0.10" && Shown.money(.nan, "USD") == "nan USD")
    let times = [0.04, 8.24, 12, 59.6, 80, 3_540, 3_599.9, 7_500].map { Shown.duration(.seconds($0)) }
    #expect(times == ["0.0 s", "8.2 s", "12 s", "1 min", "1 min 20 s", "59 min", "1 h", "2 h 5 min"])
  }

  /// A report of three hundred jobs can be sent by mail.
  @Test func `pictures in a report get smaller as their number grows`() throws {
    let lines = (0..<300).map {
      #"""
      {"references": ["a.jpg"], "prompt": "\#(String(repeating: "long ", count: 80))", \#
      "output": "\#($0).png"}
      """#
    }
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "n.jsonl")
    let manifest = try Manifest(
      reading: folder.file("n.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
    var record = BatchRecord()
    for item in manifest.items { record.add(item, .skipped(id: "x", outputs: [])) }
    // Flat pictures, ordinary ones, and ones that no quality makes small.
    for size in [3_000, 16_000, 30_000, 1_000_000] {
      var budget = ReportBudget(record.sorted)
      var sum = 0
      for _ in 0..<300 {
        #expect((20...70).contains(budget.quality) && budget.limit >= 4_500)
        let bytes = min(budget.limit, size * (20 + budget.quality) / 90)
        budget.spend(bytes)
        sum += 2_000 + 400 + bytes * 4 / 3
      }
      #expect(sum < 5_900_000, "\(size): \(sum)")
      #expect(size < 16_000 || sum > 5_000_000, "the budget is used up")
    }
    let few = ReportBudget(Array(record.sorted.prefix(9)))
    #expect(few.limit == 60_000 && few.quality == 70 && ReportBudget([]).quality == 70)
  }

  @Test func `an open or failed job shows its source, kept files, and the command to resolve it`()
    async throws
  {
    try await run { editor, _, summary in
      let lines = (0..<4).map {
        #"""
        {"references": ["a.jpg", "Ä & b.jpg", "https://a.example/s.png"], "prompt": "x", \#
        "output": "\#(90 + $0).png", "tier": "2K", "feather": "3", "region": "1,2,30,40", \#
        "match-color": false}
        """#
      }
      try folder.write(Array(lines.joined(separator: "\n").utf8), as: "n.jsonl")
      let manifest = try Manifest(
        reading: folder.file("n.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
      var record = BatchRecord(in: MessageStyle { "--\($0)" })
      try #require(manifest.items.count == 4, "\(manifest.problems)")
      for (item, state) in zip(manifest.items, ["ambiguous", "accepted", "stored", "unbilled"]) {
        try await insert(state, editor.store.ledger())
        record.add(item, .ambiguous(.unknownOutcome(of: "edit-\(state)")))
      }
      let kept = PlantainError.usage("too far", hint: nil).keeping(folder.file("out/1.png"))
      record.add(manifest.items[3], .failed(kept))
      try await editor.writeReport(of: record, summary, to: folder.file("report.html"))
    }
    let html = try report()
    let ledger = "--ledger \(folder.file("ledger.sqlite"))"
    #expect(
      html.contains("plantain settle edit-ambiguous --as billed|unbilled|resend \(ledger)"),
      "\(html.suffix(9_000))")
    #expect(html.contains("plantain recover edit-accepted \(ledger)"))
    #expect(html.contains("plantain replay edit-stored \(ledger)"))
    #expect(html.components(separatedBy: "Source, no result").count == 9, "twice in each of four")
    #expect(html.contains("kept: <a href=\"out/1.png\">1.png</a>"))
    #expect(html.matches(of: /--p:url/).count == 1, "the kept picture beside its source")
    #expect(html.contains("data-before=\"a.jpg\"") && html.contains("data-after=\"out/1.png\""))
    #expect(
      html.contains("with <a href=\"%C3%84%20%26%20b.jpg\">Ä &amp; b.jpg</a> · with https://a.example/s.png"))
    #expect(html.contains("2K") && html.contains("match-color false, region 1,2,30,40, feather 3"))
    #expect(!html.contains("<h2>line"))
  }

  private func insert(_ state: String, _ ledger: Ledger) async throws {
    let id = "edit-\(state)"
    try await ledger.save(
      EditEntry(
        id: id, created: 1, prompt: nil, gateway: "google", model: "m", tier: "2K", aspect: nil, count: 1,
        sources: [], output: nil, priceMillionths: nil, currency: nil, finishing: nil))
    let attempt = try await ledger.insert(
      AttemptEntry(
        edit: id, part: 1, number: 1, gateway: "google", model: "m", baseURL: "b", state: state, started: 2,
        reply: "\(id).reply", idempotencyKey: nil))
    if state == "accepted" {
      try await ledger.change(attempt, to: LedgerChange(state: state, changed: 3, tasks: ["t"]))
    }
  }

  /// A browser shows a thousand jobs, and its filter works. A screenshot is kept for inspection.
  @Test(.enabled(if: isExtendedRun && FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")))
  func `Extended: a browser shows a thousand jobs`() async throws {
    try await run { editor, record, summary in
      var many = BatchRecord()
      for entry in 0..<1_000 {
        let lines =
          #"{"references": ["a.jpg"], "prompt": "job \#(entry)", "output": "1.png", "id": "n\#(entry)"}"#
        try folder.write(Array(lines.utf8), as: "n.jsonl")
        let manifest = try Manifest(
          reading: folder.file("n.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
        let item = try #require(manifest.items.first)
        many.add(
          item,
          entry % 5 == 4
            ? .failed(.usage("it was refused", hint: nil))
            : .skipped(id: "x", outputs: [folder.file("out/1.png")]))
      }
      try await editor.writeReport(of: many, summary, to: folder.file("report.html"))
    }
    #expect(try report().utf8.count < 60_000_000)
    let picture = folder.file("report.png")
    try browse("--screenshot=\(picture)", "--window-size=1200,1600", "file://\(folder.file("report.html"))")
    Attachment.record(Data(try folder.read("report.png")), named: "report.png")
    let shot = try decodedPixels(folder.read("report.png"))
    #expect(shot.size == PixelSize(width: 1_200, height: 1_600))
    // The same page as if a user had selected the failed jobs and switched on the first map.
    let click = """
      <script>document.querySelector("input[value=failed]").click();
      const box = document.querySelector("input[type=checkbox]"); box.click();
      document.title = cards.filter(card => !card.hidden).length + " of " + cards.length + " "
        + document.querySelectorAll(".mapped").length;</script>
      """
    try folder.write(
      Array(try report().replacing("</html>", with: click + "</html>").utf8), as: "clicked.html")
    let dom = try browse("--dump-dom", "file://\(folder.file("clicked.html"))")
    #expect(dom.contains("<title>200 of 1000 1</title>"))
  }

  @discardableResult
  private func browse(_ arguments: String...) throws -> String {
    let options = ["--headless", "--no-sandbox", "--disable-gpu"]
    return String(decoding: try Tool.run("/usr/bin/chromium", options + arguments), as: UTF8.self)
  }
}
