import ArgumentParser
import Core
import Editing
import PictureFormats

/// Checks and rewrites the arguments of the command line before they are parsed.
enum GivenArguments {
  /// Joins an option and its value with `=` where the parser would take the value for an option: a word that
  /// begins with a dash but is not an option name, such as `-5 degrees`. British option names are replaced by
  /// American ones.
  static func joined(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for (position, word) in arguments.enumerated() {
      guard !arguments[..<position].contains("--"), isValue(word), let option = result.last, isName(option)
      else {
        let isOption = word.hasPrefix("--") && !arguments[..<position].contains("--")
        result.append(isOption ? inAmericanSpelling(word) : word)
        continue
      }
      // The parser accepts `=` only after long names.
      result[result.count - 1] = (long[option] ?? option) + "=" + word
    }
    return result
  }

  private static func inAmericanSpelling(_ option: String) -> String {
    let name = option.prefix { $0 != "=" }
    return name.inAmericanSpelling + option.dropFirst(name.count)
  }

  private static let long = ["-p": "--prompt", "-o": "--output"]

  /// Whether a word is an option name, `-x` or `--word`, without a value.
  private static func isName(_ word: String) -> Bool {
    let name = word.drop { $0 == "-" }
    return word.hasPrefix("-") && !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
      && name.first?.isLetter == true
  }

  private static func isValue(_ word: String) -> Bool {
    guard word.hasPrefix("-"), word != "-", word != "--" else { return false }
    return !isName(String(word.prefix { $0 != "=" }))
  }

  /// - Throws: Status 64 for an unknown command, with the nearest known one.
  static func requireCommand(_ arguments: [String]) throws(PlantainError) {
    let names =
      PlantainCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word) else { return }
    let nearest = names.nearest(to: word)
    let hint: String
    if let nearest {
      hint = "Did you mean plantain \(nearest)?"
    } else if Path(word).onDisk != nil {
      hint = "To edit a picture: plantain edit \(word.shellWord) -p TEXT"
    } else {
      hint = "The commands are \(names.joined(separator: ", "))."
    }
    throw .usage("there is no command \(word)", hint: hint, nearest: nearest)
  }

  /// The advice for an argument that is probably a prompt in the position of a picture; `nil` if it may be a
  /// file name.
  static func promptAdvice(_ words: String?) -> String? {
    guard let words, case .file(let path) = Reference(argument: words), Path(path).onDisk == nil,
      PictureFormat.named(byExtension: Path(path).fileExtension) == nil
    else { return nil }
    return "There is no file \(words). If it is the prompt, write -p \(words.shellWord)."
  }
}
