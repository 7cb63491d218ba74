import Preparation
import Editing
import Finishing
import Gateways
import Imaging
import PictureFormats
import Core

/// An option of an edit, by its long name, for manifests: names and values are those of the command line.
struct NamedOption: Sendable {
  package let name: String
  /// A description of its values, for messages.
  package let expected: String
  /// Parses and sets a value; returns `false` for an invalid one. Relative paths are resolved against
  /// `folder`.
  package let set: @Sendable (_ options: inout EditOptions, _ text: String, _ folder: String) -> Bool
  /// The value as text, independent of the current folder; `nil` when there is none.
  package let text: @Sendable (_ options: EditOptions) -> String?

  /// The option of that name, in British or American spelling.
  package static func named(_ name: String) -> NamedOption? {
    byName[name.inAmericanSpelling]
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The options that differ from their defaults, by name.
  package static func texts(of options: EditOptions) -> [String: String] {
    let usual = EditOptions()
    let changed = all.compactMap { option in
      option.text(options).flatMap { $0 == option.text(usual) ? nil : (option.name, $0) }
    }
    return Dictionary(uniqueKeysWithValues: changed)
  }

  package static let all: [NamedOption] =
    [
      NamedOption(
        "aspect", "source, auto or a ratio such as 16:9", \.aspect, EditOptions.Aspect.init(parsing:),
        \.description),
      NamedOption("tier", "0.5K, 1K, 2K or 4K", \.tier) { Tier(rawValue: $0.uppercased()) },
      NamedOption("model", "a model id", \.model) { $0.isEmpty ? nil : $0 },
      NamedOption("count", "a whole number", \.count) { Int($0) },
      NamedOption("thinking", "minimal or high", \.thinking) { ThinkingLevel(rawValue: $0) },
      NamedOption(
        "max-bytes", "a size such as 7MB", \.preparation.maximumBytes, ByteCount.init(parsing:), bytes),
      NamedOption("request-bytes", "a size such as 20MB", \.requestBytes, ByteCount.init(parsing:), bytes),
      NamedOption(
        "max-edge", "pixels or none", \.preparation.maximumEdge, PreparationSettings.EdgeLimit.init(parsing:),
        \.description),
      NamedOption("format", "auto, jpeg, png or webp", \.preparation.format) { text in
        text == "auto" ? .some(nil) : writable(text).map(Optional.some)
      } _: {
        $0.map(word) ?? "auto"
      },
      NamedOption("quality", "a whole number in 1…100", \.preparation.quality) { Int($0) },
      NamedOption(
        "background", "a color name or #rrggbb", \.preparation.background, RGBColor.init(css:),
        StoredNames.color),
      NamedOption("max-pixels", "a whole number", \.preparation.maximumPixels) { Int($0) },
      NamedOption("page", "a whole number", \.preparation.page) { Int($0) },
      NamedOption("keep", "copyright or none", \.preparation.keepsCopyright) {
        ["copyright": true, "none": false][$0]
      } _: {
        $0 ? "copyright" : "none"
      },
      NamedOption(
        name: "fit", expected: "none, pad or crop",
        set: { options, text, _ in
          guard let fit = Fit(rawValue: text) else { return false }
          (options.preparation.fit, options.mirrorsEdges) = (fit, false)
          return true
        }, text: { $0.mirrorsEdges && $0.preparation.fit == .none ? nil : $0.preparation.fit.rawValue }),
      NamedOption("allow", PictureFormat.permissions.joined(separator: ", "), \.preparation.allowed) { text in
        let words = text.split(separator: ",").map(String.init)
        return words.allSatisfy(PictureFormat.permissions.contains) ? Set(words) : nil
      } _: {
        $0.sorted().joined(separator: ",")
      },
      NamedOption("output-format", "jpeg, png or webp", \.outputFormat, writable, word),
      NamedOption("timeout", "a time such as 90s or 6m", \.timeout, Duration.init(parsing:)) {
        "\(Int(($0 / .milliseconds(1)).rounded(.up)))ms"
      },
      NamedOption("price", "a sum such as 0.05USD", \.price, Money.init(parsing:)),
      NamedOption(
        "region", "X,Y,W,H in pixels or percent, or WxH+X+Y", \.finish.statedRegion, Region.init(parsing:)),
      NamedOption("feather", "a whole number", \.finish.feather) { Int($0) },
      NamedOption("output-template", "a pattern such as {stem}-warm.{ext}", \.outputTemplate) {
        try? NameTemplate($0)
      } _: {
        $0.description
      },
      NamedOption("max-drift", "a number", \.finish.maximumDrift) { Double($0) },
      NamedOption(
        "max-output-bytes", "a size such as 2MB", \.finish.maximumBytes, ByteCount.init(parsing:), bytes),
      NamedOption(
        name: "mask", expected: "a file",
        set: { options, text, folder in
          options.finish.mask = Reference(argument: text).located(in: folder)
          return !text.isEmpty
        }, text: { $0.finish.mask?.absoluteArgument }),
      NamedOption("mask-edits", "white or transparent", \.finish.maskEdits, MaskEdits.init(rawValue:)),
      NamedOption(
        name: "compare", expected: "a file",
        set: { options, text, folder in
          options.finish.comparison = Reference.path(text, in: folder)
          return !text.isEmpty
        }, text: { $0.finish.comparison.map(OutputFile.absolute) }),
    ]
    + switches.map { name, path in
      NamedOption(name, "true or false", path, flag)
    }
    + [
      NamedOption("align", "true or false", \.finish.aligns, flag),
      NamedOption("match-color", "true or false", \.finish.matchesColor, flag),
    ]

  private static let switches: [(String, any WritableKeyPath<EditOptions, Bool> & Sendable)] = [
    ("nearest", \.acceptsNearest), ("web-search", \.webSearch), ("image-search", \.imageSearch),
    ("official-fallback", \.officialFallback), ("allow-truncated", \.preparation.allowsTruncated),
    ("raw", \.isRaw),
    ("fit-source", \.finish.fitsSource), ("keep-unchanged", \.finish.keepsUnchanged),
    ("restore-alpha", \.finish.restoresAlpha), ("keep-metadata", \.finish.keepsMetadata),
    ("keep-gps", \.finish.keepsGPS), ("overwrite", \.overwrites),
  ]
}

extension NamedOption {
  /// An option that is a property.
  fileprivate init<Value>(
    _ name: String, _ expected: String, _ path: any WritableKeyPath<EditOptions, Value> & Sendable,
    _ read: @escaping @Sendable (String) -> Value?, _ write: @escaping @Sendable (Value) -> String = plainText
  ) {
    self.init(
      name: name, expected: expected,
      set: { options, text, _ in
        guard let value = read(text) else { return false }
        options[keyPath: path] = value
        return true
      }, text: { write($0[keyPath: path]) })
  }

  /// An option that is an optional property.
  fileprivate init<Value>(
    _ name: String, _ expected: String, _ path: any WritableKeyPath<EditOptions, Value?> & Sendable,
    _ read: @escaping @Sendable (String) -> Value?, _ write: @escaping @Sendable (Value) -> String = plainText
  ) {
    self.init(
      name: name, expected: expected,
      set: { options, text, _ in
        guard let value = read(text) else { return false }
        options[keyPath: path] = value
        return true
      }, text: { $0[keyPath: path].map(write) })
  }

  /// The text of a raw value, a number or a switch.
  @Sendable fileprivate static func plainText(_ value: some Any) -> String {
    (value as? any RawRepresentable)?.rawValue as? String ?? "\(value)"
  }

  @Sendable fileprivate static func bytes(_ size: ByteCount) -> String { "\(size.bytes)" }

  /// Spreadsheets write `TRUE` and `FALSE`.
  @Sendable fileprivate static func flag(_ text: String) -> Bool? {
    ["true": true, "false": false][text.lowercased()]
  }

  @Sendable fileprivate static func writable(_ text: String) -> MediaType? {
    ["jpeg", "png", "webp"].contains(text) ? MediaType("image/\(text)") : nil
  }

  @Sendable fileprivate static func word(_ type: MediaType) -> String {
    String(type.name.trimmingPrefix("image/"))
  }
}
