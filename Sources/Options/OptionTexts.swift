import Core
package import Editing

extension OptionRow {
  /// The option of an edit with that name, in British or American spelling.
  package static func ofEdits(named name: String) -> OptionRow? {
    ofEditsByName[name.inAmericanSpelling]
  }

  private static let ofEditsByName = Dictionary(uniqueKeysWithValues: ofEdits.map { ($0.name, $0) })

  /// The options that differ from their defaults, as texts by their names.
  package static func texts(of options: EditOptions) -> [String: String] {
    Dictionary(uniqueKeysWithValues: changes(in: options) { $0.text(options) }.map { ($0.name, $1) })
  }

  /// The options that differ from their defaults and change the work, each by its name with its value, for
  /// people; without model and tier, which reports show elsewhere.
  package static func words(of options: EditOptions) -> [String] {
    changes(in: options) { $0.changesWork ? $0.shown(options) : nil }.compactMap { row, text in
      if row.name == "model" || row.name == "tier" { return nil }
      return row.value == nil && text == "true" ? row.name : "\(row.name) \(text)"
    }
  }

  private static func changes(
    in options: EditOptions, _ text: (OptionSetting) -> String?
  ) -> [(OptionRow, String)] {
    let usual = EditOptions()
    return ofEdits.compactMap { row in
      guard let setting = row.setting, let own = setting.text(options), own != setting.text(usual) else {
        return nil
      }
      return text(setting).map { (row, $0) }
    }
  }
}
