import Base64
import Finishing
import Gateways
import Imaging
import Mustache
import Vocabulary

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Editor {
  /// Writes what became of a run as one HTML page that needs no network: each job with its pictures before and after, what has
  /// changed, its prompt, its cost, and why it failed. Pictures are in it, small; the results are linked.
  ///
  /// - Throws: 73 when it cannot be written.
  public func writeReport(
    of record: BatchRecord, _ summary: BatchSummary, to path: String
  ) async throws(PlantainError) {
    let page: ReportPage
    do {
      page = try ReportPage()
    } catch {
      throw .unexpected(error)
    }
    let gateway = routes[0].gateway.id
    var html = Array(page.head(record, summary, gateway).utf8)
    await forEachPanels(completed(record), edge: ReportPage.edge) { [workers] entry, panels in
      var picture: PictureBytes?
      if let panels {
        picture = await workers.small(
          .bytes(panels.bytes, name: "panels.png"), as: .webp, edge: nil, quality: ReportPage.quality)?.bytes
      }
      html += page.card(entry, panels, picture, besides: path).utf8
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

/// The page's parts, each from its template.
struct ReportPage {
  /// Of each picture in it, in pixels.
  static let edge = 400
  static let quality = 70

  private let top: MustacheTemplate
  private let item: MustacheTemplate
  private let bottom: MustacheTemplate

  init() throws {
    // The template is one page, cut where the jobs go, so that a thousand of them need not be in memory as values.
    let parts = String(decoding: PackageResources.report_mustache, as: UTF8.self)
      .split(separator: "{{! job }}", omittingEmptySubsequences: false).map(String.init)
    top = try MustacheTemplate(string: parts[0])
    item = try MustacheTemplate(string: parts[1])
    bottom = try MustacheTemplate(string: parts[2])
  }

  func head(_ record: BatchRecord, _ summary: BatchSummary, _ gateway: String) -> String {
    let states: [BatchRecord.State] = [.done, .skipped, .elsewhere, .failed, .ambiguous]
    let counts = states.compactMap { state -> Count? in
      let count = record.entries.count { $0.state == state }
      return count == 0 ? nil : Count(state: state.rawValue, word: state.word, count: count)
    }
    return top.render(
      Head(
        date: Timestamp(milliseconds: .now).description, run: summary.run, gateway: gateway,
        jobs: record.entries.count, left: summary.left, billed: summary.billed,
        cost: summary.cost.words ?? "unknown", counts: counts, isCut: summary.left > 0))
  }

  /// - Parameters:
  ///   - picture: the panels in a format for the page.
  ///   - path: of the page, from whose folder results are linked.
  func card(
    _ entry: BatchRecord.Entry, _ panels: Panels?, _ picture: PictureBytes?, besides path: String
  ) -> String {
    var view = Card(entry)
    view.links = entry.outputs.map { Link(href: Self.link($0, from: path), name: OutputFile.name(of: $0)) }
    if let panels, let picture {
      view.isCompared = panels.count == 3
      view.isAlone = panels.count == 1
      view.picture = "data:image/webp;base64,\(Base64.encode(picture))"
      (view.width, view.height) = (panels.panel.width, panels.panel.height)
      view.zoom = 100 * Double(panels.size.width) / Double(panels.panel.width)
    }
    return item.render(view)
  }

  func foot() -> String { bottom.render([String: String]()) }

  /// A result as the page finds it, also when both are moved together.
  static func link(_ result: String, from page: String) -> String {
    let folder = OutputFile.absolute(OutputFile.parent(of: page)).split(separator: "/")
    let target = OutputFile.absolute(result).split(separator: "/")
    let shared = zip(folder, target).prefix { $0 == $1 }.count
    let steps =
      Array(repeating: "..", count: folder.count - shared) + target.dropFirst(shared).map(String.init)
    return steps.map(escaped).joined(separator: "/")
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

  private struct Head {
    let date: String
    let run: String
    let gateway: String
    let jobs: Int
    let left: Int
    let billed: Int
    let cost: String
    let counts: [Count]
    let isCut: Bool
  }

  private struct Count {
    let state: String
    let word: String
    let count: Int
  }

  private struct Link {
    let href: String
    let name: String
  }

  /// What a job's template shows. Computed properties are not seen by it.
  private struct Card {
    let line: Int
    let name: String
    let prompt: String
    let state: String
    let word: String
    let cost: String?
    let seconds: String?
    let edit: String?
    let reason: String?
    let hint: String?
    var links: [Link] = []
    var isCompared = false
    var isAlone = false
    var picture: String?
    var width = 0
    var height = 0
    /// In percent of a panel.
    var zoom = 100.0

    init(_ entry: BatchRecord.Entry) {
      (line, name, prompt) = (entry.line, entry.name, entry.prompt)
      (state, word) = (entry.state.rawValue, entry.state.word)
      cost = entry.cost?.words
      seconds = entry.elapsed?.formattedSeconds
      (edit, reason, hint) = (entry.edit, entry.reason, entry.hint)
    }
  }
}

extension BatchRecord.State {
  /// For people.
  var word: String {
    switch self {
    case .done: "done"
    case .skipped: "done before"
    case .elsewhere: "under way elsewhere"
    case .ambiguous: "outcome unknown"
    case .failed: "failed"
    }
  }
}

extension EditReport.Cost {
  /// `nil` when it is not known.
  var words: String? { amount.map { "\($0) \(currency ?? "")" + (basis == "table" ? " by the table" : "") } }
}
