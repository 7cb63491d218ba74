import Finishing
import Gateways
import Imaging
import Vocabulary

/// An option of an edit by its long name, for manifests: the same names and words as on the command line.
struct NamedOption: Sendable {
  let name: String
  /// What its value looks like, for messages.
  let expected: String
  /// Reads a value; `false` when it is not one. Relative paths count from the folder.
  let set: @Sendable (_ options: inout EditOptions, _ text: String, _ folder: String) -> Bool

  /// In British or American spelling.
  static func named(_ name: String) -> NamedOption? {
    byName[name] ?? byName[name.replacing("color", with: "colour")]
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  static let all: [NamedOption] =
    [
      NamedOption(
        "aspect", "source, auto or a ratio such as 16:9", \.aspect, EditOptions.Aspect.init(parsing:)),
      NamedOption("tier", "0.5K, 1K, 2K or 4K", \.tier) { Tier(rawValue: $0.uppercased()) },
      NamedOption("model", "a model id", \.model) { $0.isEmpty ? nil : $0 },
      NamedOption("count", "a whole number", \.count) { Int($0) },
      NamedOption("thinking", "minimal or high", \.thinking) { ThinkingLevel(rawValue: $0) },
      NamedOption("max-bytes", "a size such as 7MB", \.maximumBytes, ByteCount.init(parsing:)),
      NamedOption("request-bytes", "a size such as 20MB", \.requestBytes, ByteCount.init(parsing:)),
      NamedOption("max-edge", "pixels or none", \.maximumEdge, EditOptions.EdgeLimit.init(parsing:)),
      NamedOption("format", "auto, jpeg, png or webp", \.format) { text in
        text == "auto" ? .some(nil) : writable(text).map(Optional.some)
      },
      NamedOption("quality", "a whole number of 1…100", \.quality) { Int($0) },
      NamedOption("background", "a name of a colour or #rrggbb", \.background, RGBColour.init(css:)),
      NamedOption("max-pixels", "a whole number", \.maximumPixels) { Int($0) },
      NamedOption("page", "a whole number", \.page) { Int($0).map(Optional.some) },
      NamedOption("keep", "copyright or none", \.keepsCopyright) { ["copyright": true, "none": false][$0] },
      NamedOption("fit", "none, pad or crop", \.fit) { Fit(rawValue: $0) },
      NamedOption("allow", PictureFormat.permissions.joined(separator: ", "), \.allowed) { text in
        let words = text.split(separator: ",").map(String.init)
        return words.allSatisfy(PictureFormat.permissions.contains) ? Set(words) : nil
      },
      NamedOption("output-format", "jpeg, png or webp", \.outputFormat, writable),
      NamedOption("timeout", "a time such as 90s or 6m", \.timeout, Duration.init(parsing:)),
      NamedOption("price", "a sum such as 0.05USD", \.price, Money.init(parsing:)),
      NamedOption("region", "X,Y,W,H", \.finish.region, PixelArea.init(parsing:)),
      NamedOption("feather", "a whole number", \.finish.feather) { Int($0) },
      NamedOption("max-drift", "a number", \.finish.mostDrift) { Double($0) },
      NamedOption("max-output-bytes", "a size such as 2MB", \.finish.maximumBytes, ByteCount.init(parsing:)),
      NamedOption(name: "mask", expected: "a file") { options, text, folder in
        options.finish.mask = Reference(argument: text).located(in: folder)
        return !text.isEmpty
      },
      NamedOption("mask-edits", "white or transparent", \.finish.maskEdits, MaskEdits.init(rawValue:)),
      NamedOption(name: "compare", expected: "a file") { options, text, folder in
        options.finish.comparison = Reference.path(text, in: folder)
        return !text.isEmpty
      },
    ]
    + switches.map { name, path in
      NamedOption(name, "true or false", path, flag)
    }
    + [
      NamedOption("align", "true or false", \.finish.aligns, flag),
      NamedOption("match-colour", "true or false", \.finish.matchesColour, flag),
    ]

  private static let switches: [(String, any WritableKeyPath<EditOptions, Bool> & Sendable)] = [
    ("nearest", \.acceptsNearest), ("web-search", \.webSearch), ("image-search", \.imageSearch),
    ("official-fallback", \.officialFallback), ("allow-truncated", \.allowsTruncated), ("raw", \.isRaw),
    ("fit-source", \.finish.fitsSource), ("keep-unchanged", \.finish.keepsUnchanged),
    ("restore-alpha", \.finish.restoresAlpha), ("keep-metadata", \.finish.keepsMetadata),
    ("keep-gps", \.finish.keepsGPS),
  ]

  private init(
    name: String, expected: String, set: @escaping @Sendable (inout EditOptions, String, String) -> Bool
  ) {
    (self.name, self.expected, self.set) = (name, expected, set)
  }

  /// One that is a property.
  private init<Value>(
    _ name: String, _ expected: String, _ path: any WritableKeyPath<EditOptions, Value> & Sendable,
    _ read: @escaping @Sendable (String) -> Value?
  ) {
    self.init(name: name, expected: expected) { options, text, _ in
      guard let value = read(text) else { return false }
      options[keyPath: path] = value
      return true
    }
  }

  /// One that may be without a value.
  private init<Value>(
    _ name: String, _ expected: String, _ path: any WritableKeyPath<EditOptions, Value?> & Sendable,
    _ read: @escaping @Sendable (String) -> Value?
  ) {
    self.init(name: name, expected: expected) { options, text, _ in
      guard let value = read(text) else { return false }
      options[keyPath: path] = value
      return true
    }
  }

  /// Spreadsheets write `TRUE` and `FALSE`.
  @Sendable private static func flag(_ text: String) -> Bool? {
    ["true": true, "false": false][text.lowercased()]
  }

  private static func writable(_ text: String) -> MediaType? {
    ["jpeg", "png", "webp"].contains(text) ? MediaType("image/\(text)") : nil
  }
}

extension EditOptions.Aspect {
  /// `source`, `auto`, or a ratio. `nil` for anything else.
  public init?(parsing text: String) {
    switch text {
    case "source": self = .source
    case "auto": self = .automatic
    default:
      guard let ratio = AspectRatio(parsing: text) else { return nil }
      self = .ratio(ratio)
    }
  }
}

extension EditOptions.EdgeLimit {
  /// `none`, or pixels. `nil` for anything else.
  public init?(parsing text: String) {
    if text == "none" {
      self = .none
    } else {
      guard let pixels = Int(text) else { return nil }
      self = .pixels(pixels)
    }
  }
}

extension Duration {
  /// Reads `90`, `90s`, `6m`, `1h` or `500ms`, up to a day. `nil` for anything else.
  public init?(parsing text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let factors = ["ms": 0.001, "s": 1, "": 1, "m": 60, "h": 3_600]
    guard let amount = Double(number), let factor = factors[String(text.dropFirst(number.count))],
      amount * factor > 0, amount * factor <= 86_400
    else { return nil }
    self = .milliseconds(Int((amount * factor * 1_000).rounded(.up)))
  }
}

extension Reference {
  /// A relative path counted from a folder.
  func located(in folder: String) -> Reference {
    if case .file(let path) = self { .file(Self.path(path, in: folder)) } else { self }
  }

  static func path(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }
}
