import Core
import Editing
import Finishing
import PictureFormats
import Preparation

/// Settings whose values are more than one property, or need more than parsing.
extension OptionSetting {
  /// The setting of an optional number of bytes.
  static func size(_ path: SettingPath<ByteCount?>, _ expected: String) -> OptionSetting {
    optional(path, expected, ByteCount.init(parsing:)) { "\($0.bytes)" }
      .shown { options in options[keyPath: path].map { "\($0)" } }
  }

  static let format = value(\.preparation.format, "auto, jpeg, png or webp") { text in
    text == "auto" ? .some(nil) : writable(text).map(Optional.some)
  } _: {
    $0.map(word) ?? "auto"
  }

  /// Naming a fit, `none` included, turns off the padding that is the default.
  static let fit = OptionSetting(
    "none, pad or crop",
    set: { options, text, _ in
      guard let fit = Fit(rawValue: text) else { return false }
      (options.preparation.fit, options.mirrorsEdges) = (fit, false)
      return true
    },
    text: { $0.mirrorsEdges && $0.preparation.fit == .none ? nil : $0.preparation.fit.rawValue })

  static let allowed = value(
    \.preparation.allowed, PictureFormat.permissions.joined(separator: ", ")
  ) { text in
    let words = text.split(separator: ",").map(String.init)
    return words.allSatisfy(PictureFormat.permissions.contains) ? Set(words) : nil
  } _: {
    $0.sorted().joined(separator: ",")
  }

  static let mask = OptionSetting(
    "a file",
    set: { options, text, folder in
      options.finish.mask = Reference(argument: text).located(in: folder)
      return !text.isEmpty
    }, text: { $0.finish.mask?.absoluteArgument }
  ).shown { options in options.finish.mask.map { Path($0.name).name } }

  static let comparison = OptionSetting(
    "a file",
    set: { options, text, folder in
      options.finish.comparison = Reference.path(text, in: folder)
      return !text.isEmpty
    }, text: { $0.finish.comparison.map { Path($0).absolute.string } }
  ).besidesWork

  @Sendable static func writable(_ text: String) -> MediaType? {
    ["jpeg", "png", "webp"].contains(text) ? MediaType("image/\(text)") : nil
  }

  @Sendable static func word(_ type: MediaType) -> String {
    String(type.name.trimmingPrefix("image/"))
  }
}
