import Editing
import ArgumentParser
import Batch
import Finishing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The style of a batch's progress on standard error.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  /// One line that is redrawn.
  case bar
  /// A line every two seconds.
  case plain
  /// A JSON object every two seconds.
  case json
  /// No progress.
  case none

  /// A bar on a terminal, lines elsewhere.
  static var usual: ProgressStyle { isatty(STDERR_FILENO) == 1 ? .bar : .plain }
}

/// Shows the progress of a batch between the other lines on standard error.
struct ProgressDisplay {
  private let style: ProgressStyle
  private var shownAt: ContinuousClock.Instant?
  private var last: BatchProgress?
  private var isDrawn = false

  init(_ style: ProgressStyle) {
    self.style = style
  }

  mutating func show(_ progress: BatchProgress) {
    last = progress
    let now = ContinuousClock.now
    if let shownAt, now - shownAt < interval { return }
    shownAt = now
    draw()
  }

  /// Erases the bar before another line is printed.
  mutating func clear() {
    if isDrawn { Console.raw("\r\u{1B}[K") }
    isDrawn = false
  }

  /// Shows the last state, even if the interval has not passed. A bar is only erased.
  mutating func end() {
    clear()
    guard style != .bar else { return }
    draw()
  }

  private var interval: Duration {
    switch style {
    case .bar: .milliseconds(100)
    case .plain, .json, .none: .seconds(2)
    }
  }

  private mutating func draw() {
    guard let last else { return }
    switch style {
    case .bar:
      Console.raw("\r\u{1B}[K" + Self.bar(last, columns: Terminal.columns(of: STDERR_FILENO) ?? 80))
      isDrawn = true
    case .plain: Console.note("progress  \(Self.message(last))")
    case .json: Console.noteJSON(["progress": last])
    case .none: break
    }
  }

  /// A bar that fits the terminal's width, so that it never wraps.
  static func bar(_ progress: BatchProgress, columns: Int) -> String {
    let text = " " + message(progress)
    let width = min(40, columns - text.count - 3)
    guard width >= 8 else { return String(text.dropFirst().prefix(columns - 1)) }
    let share = progress.jobs == 0 ? 1 : Double(progress.ended) / Double(progress.jobs)
    let full = Int(share * Double(width))
    return "[" + String(repeating: "█", count: full) + String(repeating: "░", count: width - full) + "]"
      + text
  }

  static func message(_ progress: BatchProgress) -> String {
    let summary = progress.summary
    let counts = [
      (summary.skipped, "skipped"), (summary.failed, "failed"), (summary.ambiguous, "ambiguous"),
      (progress.inFlight, "in flight"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let money = summary.cost.amount.flatMap { amount in
      summary.cost.currency.map { "\(Summary.number(amount)) \($0)" }
    }
    let time =
      progress.ended < progress.jobs ? progress.remaining.map { "\(span($0)) left" } : span(progress.elapsed)
    return (["\(progress.ended)/\(progress.jobs)"] + counts + [time, money].compactMap(\.self))
      .joined(separator: ", ")
  }

  /// A rounded duration: `45 s`, `12 min`, or `3 h 05`.
  static func span(_ duration: Duration) -> String {
    let seconds = Int(duration / .seconds(1) + 0.5)
    if seconds < 100 { return "\(seconds) s" }
    let minutes = (seconds + 30) / 60
    if minutes < 100 { return "\(minutes) min" }
    let rest = minutes % 60
    return "\(minutes / 60) h \(rest < 10 ? "0" : "")\(rest)"
  }
}
