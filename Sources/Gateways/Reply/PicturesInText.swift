import Base64
import Vocabulary

/// Pictures that stand in the model's text: `![image](data:image/png;base64,…)`, bare data URIs, base64 and nothing else, and
/// addresses, which may lead to a picture or to anything.
package enum PicturesInText {
  /// Most texts name none or one; each is fetched before it is known what it is.
  private static let mostAddresses = 8

  /// Those whose bytes stand there.
  ///
  /// - Parameter texts: in their order; a stream may cut a picture anywhere, also between two of them.
  static func inline(in texts: [JSONValue]) -> [ReturnedPicture] {
    let pieces = texts.flatMap(\.pieces)
    let found = dataURIs(in: pieces)
    return found.isEmpty ? bare(in: pieces) : found
  }

  /// Addresses that may lead to pictures: those that are shown as one, else those that are linked or stand for themselves.
  static func addresses(in texts: [JSONValue]) -> [String] {
    let texts = texts.compactMap(\.string)
    let shown = texts.flatMap { text in
      text.matches(of: markdown).map { String($0.output.1) }
        + text.matches(of: tag).map { String($0.output.1) }
    }
    .filter { $0.hasPrefix("http") }
    let all = shown.isEmpty ? texts.flatMap { $0.matches(of: plain).map { trimmed($0.output) } } : shown
    let different = all.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return Array(different.prefix(mostAddresses))
  }

  /// A text without its pictures; `nil` when nothing is left.
  package static func words(_ text: String) -> String? {
    let rest = text.replacing(markdown, with: "").replacing(tag, with: "").trimmingSpaces
    return rest.isEmpty || rest.wholeMatch(of: lone) != nil ? nil : rest
  }

  // MARK: - Bytes in the text

  private static func dataURIs(in pieces: [LiftedPiece]) -> [ReturnedPicture] {
    var found: [ReturnedPicture] = []
    var rest = pieces[...]
    while let piece = rest.popFirst() {
      guard case .words(let words) = piece, let match = words.firstMatch(of: head) else { continue }
      rest.insert(.words(String(words[match.range.upperBound...])), at: rest.startIndex)
      let (text, after) = base64(at: rest)
      rest = after
      // What is none is a part of the words.
      guard let bytes = try? JSONValue.lifted(text).base64(), bytes.count > 0 else { continue }
      found.append(ReturnedPicture(.bytes(bytes), label: MediaType(String(match.output.1))))
    }
    return found
  }

  /// The letters of base64 that `pieces` begin with, and what is behind them.
  private static func base64(
    at pieces: ArraySlice<LiftedPiece>
  ) -> (text: [LiftedPiece], rest: ArraySlice<LiftedPiece>) {
    var text: [LiftedPiece] = []
    var rest = pieces
    while let piece = rest.popFirst() {
      guard case .words(let words) = piece else {
        text.append(piece)
        continue
      }
      let letters = words.utf8.prefix(while: isBase64)
      let end = letters.endIndex
      if !letters.isEmpty { text.append(.words(String(words[..<end]))) }
      guard end == words.endIndex else {
        rest.insert(.words(String(words[end...])), at: rest.startIndex)
        break
      }
    }
    return (text, rest)
  }

  private static func isBase64(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
      UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Long base64 that says of itself, by its first bytes, that it is a picture.
  private static func bare(in pieces: [LiftedPiece]) -> [ReturnedPicture] {
    pieces.compactMap { piece in
      guard case .value(let value) = piece, !value.isBroken, PictureSignature.isThere(value.bytes) else {
        return nil
      }
      return ReturnedPicture(.bytes(value.bytes))
    }
  }

  // MARK: - Addresses

  /// Without what a sentence puts behind it.
  private static func trimmed(_ address: Substring) -> String {
    var address = address
    while let last = address.last, ".,;:!?)]}'*_`、。，；：！？）】》」".contains(last) { address.removeLast() }
    return String(address)
  }

  // Expressions hold no state that changes.
  private nonisolated(unsafe) static let markdown = /!\[[^\]]*\]\(\s*<?([^)\s>]*(?:…[^)]*)?)[^)]*\)/
  private nonisolated(unsafe) static let tag = /<img\s[^>]*?src\s*=\s*["']?([^"'\s>]+)[^>]*>/.ignoresCase()
  private nonisolated(unsafe) static let head = /data:(image\/[A-Za-z0-9.+-]+)(?:;[^;,\s]*)*;base64,\s*/
  private nonisolated(unsafe) static let plain = /https?:\/\/[^\s<>"\]]+/
  private nonisolated(unsafe) static let lone = /https?:\/\/\S+/
}

extension JSONValue {
  /// A text as words and pictures; none for what is no text.
  fileprivate var pieces: [LiftedPiece] {
    switch self {
    case .string(let text): [.words(text)]
    case .lifted(let pieces): pieces
    default: []
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
