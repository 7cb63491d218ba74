import Batch
import Editing
import Base64
import Finishing
import Gateways
import PictureFormats
import Core

/// The values of the page header's template. Mustache does not see computed properties.
package struct ReportHead {
  package let title: String
  package let date: String
  package let run: String
  package let jobs: Int
  package let left: Int
  package let billed: Int
  package let cost: String
  package let counts: [Count]
  let isCut: Bool

  package struct Count {
    package let state: String
    package let word: String
    package let count: Int
  }

  init(_ entries: [BatchRecord.Entry], _ summary: BatchSummary, _ gateway: String) {
    let states: [BatchRecord.State] = [.done, .skipped, .elsewhere, .failed, .ambiguous]
    counts = states.compactMap { state -> Count? in
      let count = entries.count { $0.state == state }
      return count == 0 ? nil : Count(state: state.rawValue, word: state.word, count: count)
    }
    jobs = entries.count
    title = "\(jobs) \(jobs == 1 ? "edit" : "edits") by \(gateway)"
    date = Timestamp.now.localLong
    (run, left, billed) = (summary.run, summary.left, summary.billed)
    cost = Self.cost(summary)
    isCut = left > 0
  }

  private static func cost(_ summary: BatchSummary) -> String {
    let more = summary.uncertain.map {
      ", \($0.text ?? "an unknown cost") more if the unknown edits were billed"
    }
    guard let sum = summary.cost.text else { return "cost unknown" + (more ?? "") }
    if summary.billed == 0, summary.cost.amount == 0 {
      return more.map { "nothing spent for certain" + $0 } ?? "nothing spent"
    }
    return (summary.cost.basis == .table ? sum + " at list prices" : sum) + (more ?? "")
  }
}

/// The values of a job's template.
package struct ReportCard {
  package let line: Int
  package let name: String
  package let prompt: String
  package let state: String
  package let word: String
  package let cost: String?
  package let time: String?
  package let model: String
  package let options: String?
  package let edit: String?
  package let reason: String?
  package let hint: String?
  package let command: String?
  package let warnings: [String]
  let links: [Link]
  package let further: [Link]
  package let kept: Link?
  var isCompared = false
  var isAlone = false
  var isMissing = true
  /// The label of a single picture.
  package var label = ""
  package var picture: String?
  package var width = 0
  package var height = 0
  /// The width of all panels, in percent of one.
  var zoom = 100.0
  /// The width of a panel that is fitted into a 4:3 frame, in percent of the frame.
  package var share = 100.0
  /// The files to show enlarged.
  package var before: String?
  package var after: String?

  package struct Link {
    let href: String?
    package let name: String
  }

  init(_ entry: BatchRecord.Entry, _ panels: Panels?, _ picture: PictureBytes?, pageAt page: String) {
    (line, name, prompt) = (entry.line, entry.name, entry.prompt)
    (state, word) = (entry.state.rawValue, entry.state.word)
    cost = entry.cost?.text.map { entry.isPaidBefore ? "\($0) paid before" : $0 }
    time = entry.elapsed.map(Shown.duration)
    model = [entry.model, entry.tier].compactMap(\.self).joined(separator: ", ")
    options = entry.options.isEmpty ? nil : entry.options.joined(separator: ", ")
    (edit, reason, hint, command) = (entry.edit, entry.reason, entry.hint, entry.command)
    warnings = entry.warnings
    let link = { (path: String) in
      Link(href: ReportPage.link(path, from: page), name: Path(path).name)
    }
    links = entry.outputs.map(link)
    kept = entry.kept.map(link)
    further = entry.references.dropFirst().map { reference in
      guard case .file(let path) = reference else { return Link(href: nil, name: reference.name) }
      return link(path)
    }
    if let panels, let picture { show(entry, panels, picture, link) }
  }

  private mutating func show(
    _ entry: BatchRecord.Entry, _ panels: Panels, _ picture: PictureBytes, _ link: (String) -> Link
  ) {
    isMissing = false
    isCompared = panels.count == 3
    isAlone = !isCompared
    self.picture = "data:image/webp;base64,\(Base64.encode(picture))"
    (width, height) = (panels.panel.width, panels.panel.height)
    zoom = 100 * Double(panels.size.width) / Double(panels.panel.width)
    share = min(100, 75 * Double(width) / Double(max(1, height)))
    if case .file(let path)? = entry.original { before = link(path).href }
    after = entry.result.flatMap { link($0).href }
    label = entry.result == nil ? "Source, no result" : "Result"
  }
}

extension BatchRecord.State {
  /// The name of the state on the page.
  package var word: String {
    switch self {
    case .done: "done"
    case .skipped: "already done"
    case .elsewhere: "in progress elsewhere"
    case .ambiguous: "outcome unknown"
    case .failed: "failed"
    }
  }
}

extension EditResult.Cost {
  /// `nil` when it is unknown.
  fileprivate var text: String? { amount.map { Shown.money($0, currency) } }
}
