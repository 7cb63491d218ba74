import Base64
import Core

/// Finds pictures in the model's text: `![image](data:image/png;base64,…)`, data URIs, plain base64, and
/// URLs, which may lead to a picture or to anything else.
package enum PicturesInText {
  /// The maximum number of URLs. Most texts contain none or one; each must be downloaded to know what it is.
  private static let maximumAddresses = 8
  private static let maximumPictures = 32

  /// Finds pictures whose bytes are in the texts.
  ///
  /// - Parameter texts: The texts in order. A stream may cut a picture anywhere, even between two texts.
  static func inline(in texts: [JSONValue]) -> [ReturnedPicture] {
    let pieces = texts.flatMap(\.pieces)
    let found = dataURIs(in: pieces)
    return found.isEmpty ? bare(in: pieces) : found
  }

  /// Finds URLs that may lead to pictures, in the first and last 100,000 characters of each text.
  static func addresses(in texts: [JSONValue]) -> TextLinks {
    let texts = texts.compactMap(\.string).flatMap { text in
      text.utf8.count <= 2 * looksAt ? [text] : [String(text.prefix(looksAt)), String(text.suffix(looksAt))]
    }
    let tagged = texts.flatMap { $0.matches(of: tag).map { String($0.output.1) } }
    let shown = texts.flatMap { MarkdownPicture.all(in: $0).map(\.address) } + tagged
    let others = texts.flatMap { $0.matches(of: plain).map { trimmed($0.output) } }
    let links = different(shown.filter { $0.hasPrefix("http") })
    return TextLinks(shown: links, plain: different(others.filter { !links.contains($0) }))
  }

  private static let looksAt = 100_000

  private static func different(_ addresses: [String]) -> [String] {
    Array(
      addresses.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.prefix(maximumAddresses))
  }

  /// Returns a text without its pictures; `nil` if nothing, or only one URL, is left.
  package static func withoutPictures(_ text: String) -> String? {
    var rest = ""
    var end = text.startIndex
    for picture in MarkdownPicture.all(in: text) {
      rest += text[end..<picture.range.lowerBound]
      end = picture.range.upperBound
    }
    rest = (rest + text[end...]).replacing(tag, with: "").trimmingSpaces
    return rest.isEmpty || rest.wholeMatch(of: lone) != nil ? nil : rest
  }

  // MARK: - Bytes in the text

  private static func dataURIs(in pieces: [LiftedPiece]) -> [ReturnedPicture] {
    var found: [ReturnedPicture] = []
    var rest = pieces[...]
    while found.count < maximumPictures, let piece = rest.popFirst() {
      guard case .text(let text) = piece, let match = text.firstMatch(of: head) else { continue }
      rest.insert(.text(String(text[match.range.upperBound...])), at: rest.startIndex)
      let (letters, after) = base64(at: rest)
      rest = after
      // Invalid base64 remains a part of the text.
      guard let bytes = try? JSONValue.lifted(letters).base64(), bytes.count > 0 else { continue }
      found.append(ReturnedPicture(.bytes(bytes), label: MediaType(String(match.output.1))))
    }
    return found
  }

  /// Splits `pieces` into the base64 letters at the start and the rest.
  private static func base64(
    at pieces: ArraySlice<LiftedPiece>
  ) -> (letters: [LiftedPiece], rest: ArraySlice<LiftedPiece>) {
    var found: [LiftedPiece] = []
    var rest = pieces
    while let piece = rest.popFirst() {
      guard case .text(let text) = piece else {
        found.append(piece)
        continue
      }
      let letters = text.utf8.prefix(while: isBase64)
      let end = letters.endIndex
      if !letters.isEmpty { found.append(.text(String(text[..<end]))) }
      guard end == text.endIndex else {
        rest.insert(.text(String(text[end...])), at: rest.startIndex)
        break
      }
    }
    return (found, rest)
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

  /// Finds long base64 whose first bytes are the signature of a picture format.
  private static func bare(in pieces: [LiftedPiece]) -> [ReturnedPicture] {
    pieces.compactMap { piece in
      guard case .value(let value) = piece, !value.isBroken, PictureSignature.isThere(value.bytes) else {
        return nil
      }
      return ReturnedPicture(.bytes(value.bytes))
    }
  }

  // MARK: - Addresses

  /// Removes the punctuation that a sentence puts after a URL.
  private static func trimmed(_ address: Substring) -> String {
    var address = address
    while let last = address.last, ".,;:!?)]}'*_`、。，；：！？）】》」".contains(last) { address.removeLast() }
    return String(address)
  }

  // Safe: regular expressions have no mutable state. Each looks ahead a bounded distance, so that repetitive
  // text does not make the search slow.
  private nonisolated(unsafe) static let tag =
    /<img\s[^>]{0,300}?src\s{0,9}=\s{0,9}["']?([^"'\s>]{1,4000})[^>]{0,300}>/
    .ignoresCase()
  private nonisolated(unsafe) static let head =
    /data:(image\/[A-Za-z0-9.+-]{1,60})(?:;[^;,\s]{0,100}){0,4};base64,\s{0,9}/
  private nonisolated(unsafe) static let plain = /https?:\/\/[A-Za-z0-9\-._~:\/?#@!$&'*+,;=%\[]{1,4000}/
  private nonisolated(unsafe) static let lone = /https?:\/\/\S+/
}

/// A picture in Markdown, `![text](url "title")`.
private struct MarkdownPicture {
  let range: Range<String.Index>
  let address: String

  /// Finds all Markdown pictures in one pass. A beginning without an end within a few thousand characters is
  /// skipped.
  static func all(in text: String) -> [MarkdownPicture] {
    var found: [MarkdownPicture] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "![") {
      rest = rest[begin.upperBound...]
      guard let middle = rest.prefix(500).firstRange(of: "](") else { continue }
      let address = rest[middle.upperBound...].drop { $0 == " " || $0 == "<" }.prefix(4_000).prefix {
        !$0.isWhitespace && $0 != ")" && $0 != ">"
      }
      guard let end = rest[address.endIndex...].prefix(300).firstIndex(of: ")") else { continue }
      let after = text.index(after: end)
      found.append(MarkdownPicture(range: begin.lowerBound..<after, address: String(address)))
      rest = text[after...]
    }
    return found
  }
}

extension JSONValue {
  /// The text and pictures of a string; empty for any other value.
  fileprivate var pieces: [LiftedPiece] {
    switch self {
    case .string(let text): [.text(text)]
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
