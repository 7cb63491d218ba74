import Editing
import Core

/// The names that columns of a table and keys of a line have a meaning by.
enum FieldName {
  /// Beside the options of an edit.
  package static let own = ["references", "prompt", "output", "id", "gateway"]
  /// Keys of lines that are columns like any other in a table.
  static let ofLines: Set<String> = ["variant", "whole-name"]

  /// The name in the spelling that has a meaning, however it is capitalized; `nil` for one that is the user's own.
  package static func known(_ name: String) -> String? {
    let name = String(name.trimmed).lowercased()
    return own.contains(name) ? name : NamedOption.named(name)?.name
  }

  /// What somebody most likely means by a name that has no meaning: a name that is nearly the same, or whose usual word it is.
  static func meant(by name: String) -> String? {
    let word = name.lowercased().filter { !"-_. ".contains($0) }
    return words[word] ?? (own + NamedOption.all.map(\.name)).nearest(to: name)
  }

  /// Usual words for what has another name here.
  private static let words: [String: String] = {
    let groups = [
      "references": [
        "picture", "image", "img", "file", "filename", "filepath", "photo", "source", "src", "input", "path",
      ],
      "prompt": ["text", "instruction"],
      "output": ["out", "outfile", "destination", "dest"],
      "aspect": ["aspectratio", "ratio"],
      "tier": ["resolution"],
    ]
    var words: [String: String] = [:]
    for (name, all) in groups {
      for word in all { (words[word], words[word + "s"]) = (name, name) }
    }
    return words
  }()
}
