public import Editing
import Finishing
import Gateways
public import Preparation
import Core

extension EditOptions.Aspect {
  /// Parses `source`, `auto` or a ratio such as `16:9`. `nil` for anything else.
  package init?(parsing text: String) {
    switch text {
    case "source": self = .source
    case "auto": self = .automatic
    default:
      guard let ratio = AspectRatio(parsing: text) else { return nil }
      self = .ratio(ratio)
    }
  }
}

extension EditOptions.Aspect {
  /// A hint for a ratio in another notation, such as `16x9` or `16/9`: how to write it. `nil` for other text.
  package static func remedy(for text: String) -> String? {
    let numbers = text.split { "xX×/:*-; ".contains($0) }
    guard numbers.count == 2, let ratio = AspectRatio(parsing: numbers.joined(separator: ":")) else {
      return nil
    }
    return "Write \(ratio)."
  }
}

extension EditOptions.Aspect: CustomStringConvertible {
  /// The text that `init(parsing:)` reads.
  public var description: String {
    switch self {
    case .source: "source"
    case .automatic: "auto"
    case .ratio(let ratio): "\(ratio)"
    }
  }
}

extension PreparationSettings.EdgeLimit {
  /// Parses `none` or a number of pixels. `nil` for anything else.
  package init?(parsing text: String) {
    if text == "none" {
      self = .none
    } else {
      guard let pixels = Int(text) else { return nil }
      self = .pixels(pixels)
    }
  }
}

extension PreparationSettings.EdgeLimit: CustomStringConvertible {
  /// The text that `init(parsing:)` reads; `automatic`, the default, has no such text.
  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .pixels(let count): "\(count)"
    case .none: "none"
    }
  }
}

extension Duration {
  /// Parses `90`, `90s`, `6m`, `1h` or `500ms`, above zero and up to one day. `nil` for anything else.
  package init?(parsing text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let factors = ["ms": 0.001, "s": 1, "": 1, "m": 60, "h": 3_600]
    guard let amount = Double(number), let factor = factors[String(text.dropFirst(number.count))],
      amount * factor > 0, amount * factor <= 86_400
    else { return nil }
    self = .milliseconds(Int((amount * factor * 1_000).rounded(.up)))
  }
}

extension Reference {
  /// The reference with a relative path resolved against a folder.
  package func located(in folder: String) -> Reference {
    if case .file(let path) = self { .file(Self.path(path, in: folder)) } else { self }
  }

  /// The reference as an argument, independent of the current folder.
  package var absoluteArgument: String {
    switch self {
    case .file(let path): Path(path).absolute.string
    case .url(let text), .dataURI(let text): text
    case .standardInput, .mangled, .bytes: name
    }
  }

  package static func path(_ path: String, in folder: String) -> String {
    Path(path).resolved(against: Path(folder)).string
  }
}
