public import Editing
import Finishing
import Gateways
import Core

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

extension EditOptions.Aspect {
  /// What to write instead of a ratio that is written in another way, as `16x9` or `16/9`; `nil` for other words.
  public static func remedy(for text: String) -> String? {
    let numbers = text.split { "xX×/:*-; ".contains($0) }
    guard numbers.count == 2, let ratio = AspectRatio(parsing: numbers.joined(separator: ":")) else {
      return nil
    }
    return "Write \(ratio)."
  }
}

extension EditOptions.Aspect: CustomStringConvertible {
  /// As it is read.
  public var description: String {
    switch self {
    case .source: "source"
    case .automatic: "auto"
    case .ratio(let ratio): "\(ratio)"
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

extension EditOptions.EdgeLimit: CustomStringConvertible {
  /// As it is read; `automatic` is what is said by saying nothing.
  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .pixels(let count): "\(count)"
    case .none: "none"
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

  /// How it is named wherever the current folder is.
  var absoluteArgument: String {
    switch self {
    case .file(let path): OutputFile.absolute(path)
    case .url(let text), .dataURI(let text): text
    case .standardInput, .mangled, .bytes: name
    }
  }

  package static func path(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }
}
