import ArgumentParser
import Editing
import Options

extension ArgumentHelp {
  /// The help of an option, from its definition.
  ///
  /// - Parameters:
  ///   - name: its long name.
  ///   - command: a command that has it; only for names whose help differs between commands.
  static func row(_ name: String, of command: OptionRow.Command? = nil) -> ArgumentHelp {
    guard let row = OptionRow.named(name, of: command) else {
      preconditionFailure("the option \(name) has no definition")
    }
    return ArgumentHelp(row.help, discussion: row.discussion ?? "", valueName: row.value)
  }
}
