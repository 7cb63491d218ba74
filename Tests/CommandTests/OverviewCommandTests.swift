import Foundation
import Plantain
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `The report and the contact sheet of a batch` {
  @Test func `the contact sheet has each name below its pictures`() async throws {
    let folder = try TemporaryFolder(
      pictures: "a.jpg", "Ä & b.jpg", size: PixelSize(width: 640, height: 480))
    let outcome = try await Command(folder: folder.path).run(
      "batch", "a.jpg", "Ä & b.jpg", "-p", "x", "-o", "out", "--gateway", "simulator", "--contact-sheet",
      "s.png",
      "--report", "r.html", "--quiet")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let sheet = try decodedPixels(folder.read("s.png"))
    // Pictures of 240 rows, names of 22 rows, and a gap of 8.
    #expect(sheet.size == PixelSize(width: 656 + 8, height: 2 * 270 + 8))
    for top in [8 + 240, 8 + 270 + 240] {
      let rows = sheet.pixels[3 * 664 * (top + 2)..<3 * 664 * (top + 22)]
      #expect(rows.count { $0 > 200 } > 60, "the name is drawn")
      #expect(rows.count { $0 == 48 } > rows.count * 3 / 4, "nothing else is drawn")
    }
    let html = String(decoding: try folder.read("r.html"), as: UTF8.self)
    #expect(html.contains("<h2>Ä &amp; b.jpg</h2>") && html.contains("data-before=\"a.jpg\""))
  }

  @Test func `reports may have the pictures' folder name, but not that of an input or result`()
    async throws
  {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("p"), withIntermediateDirectories: true)
    try folder.write(Synthetic.jpeg(PixelSize(width: 64, height: 48)), as: "p/a.jpg")
    let batch = ["batch", "p", "-p", "x", "--gateway", "simulator", "--quiet"]
    let outcome = try await Command(folder: folder.path).run(
      batch + ["--report", "p.html", "--contact-sheet", "p.jpg"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.names == ["p", "p.html", "p.jpg"])
    for name in ["p/a.jpg", "p/a.edited.jpg", "p"] {
      let wrong = try await Command(folder: folder.path).run(batch + ["--contact-sheet", name])
      #expect(wrong.status == 64, "\(name)")
    }
  }
}
