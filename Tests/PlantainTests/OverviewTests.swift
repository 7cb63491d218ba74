import Foundation
import Imaging
import PlantainSimulator
import TestSupport
import Testing

@testable import Plantain

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

@Suite struct `What a batch leaves to be looked at` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.jpg", "Ä & b.jpg"] {
      try folder.write(Synthetic.jpeg(PixelSize(width: 640, height: 480)), as: name)
    }
  }

  /// Three jobs, of which the second fails, run twice.
  private func run(_ body: @Sendable (Editor, BatchRecord, BatchSummary) async throws -> Void) async throws {
    let lines = [
      #"{"references": ["a.jpg"], "prompt": "<i>one</i> & \"two\"", "output": "1.png", "id": "<b>"}"#,
      #"{"references": ["a.jpg"], "prompt": "refused", "output": "2.png"}"#,
      #"{"references": ["Ä & b.jpg"], "prompt": "three", "output": "Ä #1.png"}"#,
    ]
    try folder.write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
    var refusal = Fault()
    refusal.status = 400
    refusal.body = #"{"error": {"message": "<script>alert(1)</script>"}}"#
    try await withSimulator(faults: [refusal]) { simulator in
      try await withTestEditor(
        gateway: .google, key: key, baseURL: simulator.baseURL(for: .google), ledger: folder
      ) { editor in
        // One after another, so that the first is the one that fails.
        _ = try await Batch(editor, most: 1).run(manifest)
        var record = BatchRecord()
        let summary = try await Batch(editor).run(manifest) { event in
          if case .ended(let item, let outcome) = event { record.add(item, outcome) }
        }
        try await body(editor, record, summary)
      }
    }
  }

  private func report(_ name: String = "report.html") throws -> String {
    String(decoding: try folder.read(name), as: UTF8.self)
  }

  @Test func `the report shows each job, escapes what it shows, and needs no network`() async throws {
    try await run { editor, record, summary in
      #expect(summary.done == 1 && summary.skipped == 2)
      try await editor.writeReport(of: record, summary, to: folder.file("report.html"))
    }
    let html = try report()
    #expect(html.components(separatedBy: "<article").count == 4)
    #expect(html.contains("&lt;b&gt;") && html.contains("&lt;i&gt;one&lt;/i&gt; &amp; &quot;two&quot;"))
    #expect(!html.contains("<i>one</i>") && !html.contains("<b>"))
    #expect(html.contains("href=\"out/1.png\"") && html.contains("href=\"out/%C3%84%20%231.png\""))
    // What was done before has its cost from the ledger.
    #expect(html.components(separatedBy: "0.0336 USD").count == 5, "three jobs and the run's own")
    let outside = html.matches(of: /(src|href)="(https?:|\/\/)|url\(h/)
    #expect(outside.isEmpty && html.contains("default-src 'none'"))
    for match in html.matches(of: /--p:url\(data:image\/webp;base64,([A-Za-z0-9+\/=]+)\)/) {
      let bytes = try #require(Data(base64Encoded: String(match.1)))
      #expect(try decodedPixels(Array(bytes)).size == PixelSize(width: 3 * 400 + 16, height: 300))
    }
    #expect(html.matches(of: /--p:url/).count == 3)
  }

  @Test func `a failure is told with its reason, as text`() async throws {
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
    #expect(!folder.names.contains("none.png"), "without results there is no sheet")
  }

  @Test func `the contact sheet has original and result of each side by side`() async throws {
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
    // Two columns and two rows for three.
    #expect(sheet.size == PixelSize(width: 2 * 656 + 8, height: 2 * 328 + 8))
    let original = try decodedPixels(folder.read("a.jpg"))
    let pixel = { (x: Int, y: Int) in
      (0..<3).map { Int(sheet.pixels[3 * (y * sheet.size.width + x) + $0]) }
    }
    // The middle of the first cell's first picture, which is 320×240 in the middle of 320×320.
    let own = (0..<3).map { Int(original.pixels[3 * (240 * 640 + 320) + $0]) }
    #expect(zip(pixel(8 + 160, 8 + 160), own).allSatisfy { abs($0 - $1) < 24 })
    #expect(pixel(8 + 160, 20) == [48, 48, 48] && pixel(656 + 8 + 160, 328 + 8 + 160) == [48, 48, 48])
    #expect(try decodedPixels(folder.read("s.jpg")).size == sheet.size)
  }

  @Test func `links lead from the page's folder to the results`() {
    #expect(ReportPage.link("/a/b/c.png", from: "/a/b/r.html") == "c.png")
    #expect(ReportPage.link("/a/b/c.png", from: "/a/x/y/r.html") == "../../b/c.png")
    #expect(ReportPage.link("/c.png", from: "/a/r.html") == "../c.png")
  }

  @Test(arguments: [1, 2, 9, 100, 1_000, 20_000])
  func `a sheet stays within what every format takes`(count: Int) throws {
    let sheet = ContactSheet(count: count)
    let rows = (count + sheet.columns - 1) / sheet.columns
    #expect(sheet.columns * (2 * sheet.edge + 16) + 8 <= 8_000 || sheet.edge == 16)
    #expect(rows * (sheet.edge + 8) + 8 <= 8_000 || sheet.edge == 16)
    #expect(count > 1_000 || sheet.edge >= 90, "\(sheet.edge)")
  }

  /// A browser shows a thousand jobs, and its filter works. The picture of it is kept to be looked at.
  @Test(.enabled(if: isExtendedRun && FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")))
  func `Extended: a browser shows a thousand`() async throws {
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
    // The same page as if somebody had chosen the failed ones and switched the first map on.
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
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/chromium")
    process.arguments = ["--headless", "--no-sandbox", "--disable-gpu"] + arguments
    try folder.write([], as: "dom")
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.file("dom")))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return String(decoding: try folder.read("dom"), as: UTF8.self)
  }
}
