package import Editing

/// What an option sets in the options of an edit, by a text: that of a manifest, and of reports.
package struct OptionSetting: Sendable {
  /// A description of its values, for messages.
  package let expected: String
  /// Whether it changes what is sent or what comes out of an edit, beyond its place and price.
  package private(set) var changesWork = true
  /// Parses and sets a value; returns `false` for an invalid one. Relative paths are resolved against
  /// `folder`.
  package let set: @Sendable (_ options: inout EditOptions, _ text: String, _ folder: String) -> Bool
  /// The value as text, independent of the current folder; `nil` when there is none.
  package let text: @Sendable (_ options: EditOptions) -> String?
  /// The value for people, who need no folder and like large numbers grouped.
  private(set) var shown: @Sendable (_ options: EditOptions) -> String?

  init(
    _ expected: String,
    set: @escaping @Sendable (inout EditOptions, String, String) -> Bool,
    text: @escaping @Sendable (EditOptions) -> String?
  ) {
    (self.expected, self.set, self.text, shown) = (expected, set, text, text)
  }

  /// The setting of an option that changes only the place, the price, or the time of an edit.
  var besidesWork: OptionSetting {
    var setting = self
    setting.changesWork = false
    return setting
  }

  func shown(_ text: @escaping @Sendable (EditOptions) -> String?) -> OptionSetting {
    var setting = self
    setting.shown = text
    return setting
  }
}

extension OptionSetting {
  typealias SettingPath<Value> = any WritableKeyPath<EditOptions, Value> & Sendable

  /// The setting of an option that is a property.
  static func value<Value>(
    _ path: SettingPath<Value>, _ expected: String,
    _ read: @escaping @Sendable (String) -> Value?, _ write: @escaping @Sendable (Value) -> String = plainText
  ) -> OptionSetting {
    OptionSetting(
      expected,
      set: { options, text, _ in
        guard let value = read(text) else { return false }
        options[keyPath: path] = value
        return true
      }, text: { write($0[keyPath: path]) })
  }

  /// The setting of an option that is an optional property.
  static func optional<Value>(
    _ path: SettingPath<Value?>, _ expected: String,
    _ read: @escaping @Sendable (String) -> Value?, _ write: @escaping @Sendable (Value) -> String = plainText
  ) -> OptionSetting {
    OptionSetting(
      expected,
      set: { options, text, _ in
        guard let value = read(text) else { return false }
        options[keyPath: path] = value
        return true
      }, text: { $0[keyPath: path].map(write) })
  }

  /// The setting of a switch.
  static func flag(_ path: SettingPath<Bool>) -> OptionSetting { value(path, "true or false", truth) }

  /// The setting of a switch that has a default of its own.
  static func flag(_ path: SettingPath<Bool?>) -> OptionSetting { optional(path, "true or false", truth) }

  /// The text of a raw value, a number or a switch.
  @Sendable static func plainText(_ value: some Any) -> String {
    (value as? any RawRepresentable)?.rawValue as? String ?? "\(value)"
  }

  /// Spreadsheets write `TRUE` and `FALSE`.
  @Sendable private static func truth(_ text: String) -> Bool? {
    ["true": true, "false": false][text.lowercased()]
  }
}
