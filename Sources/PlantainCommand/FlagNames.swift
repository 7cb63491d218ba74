import Editing
import Options

/// The library names options by their long names in backquotes. On a command line these are flags.
extension MessageStyle {
  static let commandLine = MessageStyle(
    option: flag, exitStatus: { $0.map(ExitStatus.of) ?? ExitStatus.success })

  /// The flag of an option in messages: its short one where that is more usual.
  private static let flag: @Sendable (String) -> String? = { name in
    guard OptionRow.named(name) != nil else { return nil }
    return ["output": "-o", "prompt": "-p"][name] ?? "--\(name)"
  }
}

extension PlantainError {
  var namingFlags: PlantainError { written(in: .commandLine) }
}

extension HistoryEntry {
  var namingFlags: HistoryEntry {
    var entry = self
    entry.advice = advice?.namingFlags
    return entry
  }
}

extension String {
  var namingFlags: String { MessageStyle.commandLine.text(self) }
}
