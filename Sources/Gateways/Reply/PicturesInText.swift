import Base64
import Vocabulary

/// Pictures that a gateway writes into the model's text: `![image](data:image/png;base64,…)`, bare data URIs, and
/// `![Image](https://…)`. Data URIs come before addresses.
enum PicturesInText {
  static func find(in texts: [JSONValue]) throws(Base64.DecodingError) -> [ReturnedPicture] {
    var found: [ReturnedPicture] = []
    for text in texts { found += try dataURIs(in: text) }
    return found.isEmpty ? texts.flatMap { addresses(in: $0.string ?? "") } : found
  }

  /// The text without its pictures; `nil` when nothing is left.
  static func words(_ text: JSONValue) -> String? {
    let all = text.string ?? ""
    let rest = all.replacing(markdown, with: "").trimmingSpaces
    return rest.isEmpty || rest.wholeMatch(of: lone) != nil ? nil : rest
  }

  private static func dataURIs(in text: JSONValue) throws(Base64.DecodingError) -> [ReturnedPicture] {
    // Long ones were lifted as they came; short ones still stand in the text.
    guard case .lifted(let pieces) = text else { return shortDataURIs(in: text.string ?? "") }
    var found: [ReturnedPicture] = []
    var before = ""
    for piece in pieces {
      switch piece {
      case .words(let words): before = words
      case .value(let value):
        if let label = label(before: before), !value.isBroken {
          found.append(ReturnedPicture(.bytes(value.bytes), label: label))
        }
        before = ""
      }
    }
    return found
  }

  private static func shortDataURIs(in text: String) -> [ReturnedPicture] {
    text.matches(of: short).compactMap { match in
      guard let uri = try? DataURI(parsing: String(match.output)) else { return nil }
      return ReturnedPicture(.bytes(uri.bytes), label: uri.mediaType)
    }
  }

  /// The type in a text that ends in `data:image/…;base64,`.
  private static func label(before text: String) -> MediaType? {
    text.firstMatch(of: head).map { MediaType(String($0.output.1)) }
  }

  /// Markdown's pictures, or a text that is nothing but an address.
  private static func addresses(in text: String) -> [ReturnedPicture] {
    let linked = text.matches(of: markdown).map { String($0.output.1) }.filter { $0.hasPrefix("http") }
    let alone = text.trimmingSpaces.wholeMatch(of: lone).map { [String($0.output)] } ?? []
    return (linked.isEmpty ? alone : linked).map { ReturnedPicture(.address($0, expires: nil)) }
  }

  // Expressions hold no state that changes.
  private nonisolated(unsafe) static let markdown = /!\[[^\]]*\]\(([^)\s]*(?:…[^)]*)?)[^)]*\)/
  private nonisolated(unsafe) static let head = /data:(image\/[A-Za-z0-9.+-]+)(?:;[^;,]*)*;base64,\s*$/
  private nonisolated(unsafe) static let short = /data:image\/[^;,\s]+;base64,[A-Za-z0-9+\/_=-]+/
  private nonisolated(unsafe) static let lone = /https?:\/\/\S+/
}

extension String {
  fileprivate var trimmingSpaces: String {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
