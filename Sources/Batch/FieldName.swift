import Editing
import Options
import Core

/// The known names of table columns and line keys.
enum FieldName {
  /// The names besides the options of an edit.
  package static let own = ["references", "prompt", "output", "id", "gateway"]
  /// Keys of JSON lines; in a table, such columns have no special meaning.
  static let ofLines: Set<String> = ["variant", "whole-name"]

  /// The canonical spelling of a known name, ignoring case; `nil` for a name of the user's own.
  package static func known(_ name: String) -> String? {
    let name = String(name.trimmed).lowercased()
    return own.contains(name) ? name : OptionRow.ofEdits(named: name)?.name
  }

  /// The known name that an unknown one most likely stands for: a similar name, or the one that it is a
  /// common word for.
  static func meant(by name: String) -> String? {
    let word = name.lowercased().filter { !"-_. ".contains($0) }
    return words[word] ?? (own + OptionRow.ofEdits.map(\.name)).nearest(to: name)
  }

  /// Common words for things that have another name here.
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
