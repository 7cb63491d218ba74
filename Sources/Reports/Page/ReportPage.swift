public import Batch
public import Editing
import Base64
import Finishing
import Gateways
import PictureFormats
import Mustache
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Editor {
  /// Writes the report of a run: one HTML page that needs no network. It shows each job with its pictures
  /// before and after, a map of changes, its options, its cost, and why it failed. Small pictures are
  /// embedded; the files themselves are linked and shown on a click.
  ///
  /// - Parameters:
  ///   - record: the outcomes of the run's items.
  ///   - summary: the totals of the run.
  ///   - path: the file, replaced if it exists.
  /// - Throws: `PlantainError` with the code `outputNotWritable` when it cannot be written.
  public func writeReport(
    of record: BatchRecord, _ summary: BatchSummary, to path: String
  ) async throws(PlantainError) {
    let page: ReportPage
    do {
      page = try ReportPage(path)
    } catch {
      throw .unexpected(error)
    }
    let entries = await completed(record, run: summary.run)
    var budget = ReportBudget(entries)
    var html = Array(page.head(entries, summary, routes[0].gateway.id).utf8)
    await forEachPanels(entries, edge: budget.edge) { [processor] entry, panels in
      var picture: PictureBytes?
      if let panels {
        picture = await processor.small(
          .bytes(panels.bytes, name: "panels.png"), as: .webp, edge: nil, quality: budget.quality,
          limit: budget.limit)?.bytes
      }
      budget.spend(picture?.count ?? 0)
      html += page.card(entry, panels, picture).utf8
    }
    html += page.foot().utf8
    do throws(WriteError) {
      try OutputFile.prepareFolder(of: path)
      try OutputFile.write(PictureContent(PictureBytes(html)), to: path, overwriting: true)
    } catch {
      throw .writing(error, path)
    }
  }
}

/// The size budget for the pictures of a page, so that a page of 300 jobs can be sent by mail. Bytes that
/// some pictures do not need go to others. When they need more than is left, quality is reduced before
/// pixels.
struct ReportBudget {
  /// The longest edge of each picture, in pixels.
  package let edge: Int
  private(set) var quality: Int
  /// The bytes left for the pictures of the remaining jobs.
  private var left: Int
  private var jobs: Int

  init(_ entries: [BatchRecord.Entry]) {
    let text = entries.reduce(0) { $0 + Self.markup + $1.prompt.utf8.count + ($1.hint?.utf8.count ?? 0) }
    let pages = max(1, Double(entries.count) / Double(Self.fullPage))
    // Base64 turns three bytes into four.
    left = (Int(pages * Double(Self.page)) - text) * 3 / 4
    jobs = entries.count
    edge = entries.count > Self.fewJobs ? 320 : 400
    quality = entries.count > Self.fewJobs ? 50 : Self.best
  }

  /// The share of one job's pictures, in bytes.
  private var share: Int { max(Self.least, min(Self.maximum, left / max(1, jobs))) }

  /// The maximum for the next job's pictures, in bytes.
  package var limit: Int { min(Self.maximum, share * 3 / 2) }

  mutating func spend(_ bytes: Int) {
    let step = bytes > share ? -4 : bytes * 5 < share * 4 ? 2 : 0
    quality = max(Self.worst, min(Self.best, quality + step))
    (left, jobs) = (left - bytes, jobs - 1)
  }

  private static let fullPage = 300
  private static let page = 5_700_000
  /// The markup of one job without its texts, in bytes.
  private static let markup = 2_000
  private static let least = 3_000
  private static let maximum = 60_000
  private static let fewJobs = 100
  private static let best = 70
  private static let worst = 20
}

/// The parts of the page, each rendered from its template.
package struct ReportPage {
  private let path: String
  private let top: MustacheTemplate
  private let item: MustacheTemplate
  private let bottom: MustacheTemplate

  /// - Parameter path: the path of the page; links are relative to its folder.
  init(_ path: String) throws {
    self.path = path
    // The template is one page, split around the jobs, so that a thousand of them need not be in memory as
    // values.
    let parts = String(decoding: PackageResources.report_mustache, as: UTF8.self)
      .split(separator: "{{! job }}", omittingEmptySubsequences: false).map(String.init)
    top = try MustacheTemplate(string: parts[0])
    item = try MustacheTemplate(string: parts[1])
    bottom = try MustacheTemplate(string: parts[2])
  }

  package func head(_ entries: [BatchRecord.Entry], _ summary: BatchSummary, _ gateway: String) -> String {
    top.render(ReportHead(entries, summary, gateway))
  }

  /// Whether there is a report of an earlier run at the path.
  static func isReport(_ path: String) -> Bool {
    guard let file = try? PictureFile.open(path) else { return false }
    let head = String(decoding: PictureWindow(PictureContent(file)).array(0..<1_024), as: UTF8.self)
    return head.hasPrefix("<!DOCTYPE html>") && marks.contains(where: head.contains)
  }

  /// The generator, and in pages of earlier versions, the policy.
  private static let marks = [
    #"<meta name="generator" content="Plantain">"#,
    "default-src 'none'; img-src data: file: 'self'; style-src",
  ]

  /// - Parameter picture: the panels, in the format of the page.
  func card(_ entry: BatchRecord.Entry, _ panels: Panels?, _ picture: PictureBytes?) -> String {
    item.render(ReportCard(entry, panels, picture, pageAt: path))
  }

  func foot() -> String { bottom.render([String: String]()) }

  /// A link to a file, relative to the page, so that it stays valid when both are moved together.
  static func link(_ result: String, from page: String) -> String {
    let folder = names(page).dropLast()
    let target = names(result)
    let shared = zip(folder, target).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: folder.count - shared) + target.dropFirst(shared)
    return steps.map(escaped).joined(separator: "/")
  }

  /// The names of a file's folders and its own, from the root. `..` is resolved as a browser resolves it.
  private static func names(_ path: String) -> [String] {
    Path(path).absolute.string.split(separator: "/").reduce(into: []) { names, name in
      if name == ".." {
        _ = names.popLast()
      } else if name != "." {
        names.append(String(name))
      }
    }
  }

  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte -> String in
      let scalar = Character(UnicodeScalar(byte))
      if scalar.isASCII, scalar.isLetter || scalar.isNumber || "-._~".contains(scalar) {
        return String(scalar)
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
