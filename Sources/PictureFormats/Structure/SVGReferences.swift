/// The external resources that a drawing refers to: pictures, other drawings, style sheets, fonts. None of
/// them is loaded.
struct SVGReferences {
  /// Each once, in order of appearance, truncated to the length of a line.
  private(set) var names: [String] = []

  /// More names are not collected, and longer drawings are not read further.
  private static let maximumNames = 100
  private static let maximumLooked = 10_000
  private var looked = 0
  private static let maximumBytes = 32 << 20
  private static let longestName = 120
  /// The elements that draw the target of their `href`. A link or a script draws nothing.
  private static let drawing: Set<String> = [
    "image", "feImage", "use", "pattern", "linearGradient", "radialGradient", "filter", "textPath", "tref",
    "include", "link",
  ]

  private let text: [UInt8]
  private var isInStyle = false

  init(_ bytes: RawSpan) {
    text = bytes.array(0..<min(bytes.byteCount, Self.maximumBytes))
    var at = 0
    while names.count < Self.maximumNames, at < text.count {
      let start = index(of: "<", from: at) ?? text.count
      if isInStyle { takeStyle(at..<start) }
      at = takeMarkup(at: start)
    }
  }

  /// - Returns: the offset of the text after it.
  private mutating func takeMarkup(at start: Int) -> Int {
    if has("<!--", start) { return end(of: "-->", from: start + 4) }
    if has("<![CDATA[", start) {
      let end = end(of: "]]>", from: start)
      if isInStyle { takeStyle(start..<end) }
      return end
    }
    if has("<!", start) {
      // The declarations of a document type are in brackets.
      let end = end(of: ">", from: start)
      let bracket = text[start..<end].firstIndex(of: UInt8(ascii: "["))
      return bracket.map { self.end(of: ">", from: self.end(of: "]", from: $0)) } ?? end
    }
    if has("<?", start) {
      let end = end(of: "?>", from: start)
      if has("<?xml-stylesheet", start) { takeAttributes(start + 16..<end, of: "link") }
      return end
    }
    return takeTag(at: start)
  }

  private mutating func takeTag(at start: Int) -> Int {
    let end = tagEnd(from: start)
    let name = text[min(start + 1, end)..<end].prefix { !Self.isSpace($0) && !Array("/>".utf8).contains($0) }
    let element = Self.localName(name)
    let isClosing = has("</", start) || has("/>", end - 2)
    isInStyle = element == "style" && !isClosing
    takeAttributes(name.endIndex..<end, of: element)
    return end
  }

  /// The offset after the next `>` outside of quotes.
  private func tagEnd(from start: Int) -> Int {
    var quote: UInt8?
    for at in min(start, text.count)..<text.count {
      let byte = text[at]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return at + 1
      }
    }
    return text.count
  }

  private mutating func takeAttributes(_ range: Range<Int>, of element: String) {
    var rest = text[range]
    while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
      let before = rest[..<equals].reversed().drop(while: Self.isSpace).prefix { !Self.isSpace($0) }
      let quoted = rest[(equals + 1)...].drop(while: Self.isSpace)
      guard let quote = quoted.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
        rest = quoted
        continue
      }
      let value = quoted.dropFirst().prefix { $0 != quote }
      let name = Self.localName(Array(before.reversed())[...])
      let isReference =
        name == "href" && Self.drawing.contains(element) || name == "src" && element == "img"
      if isReference { add(value) } else { takeStyle(value.indices) }
      rest = rest[min(value.endIndex + 1, rest.endIndex)...]
    }
  }

  /// Collects the targets of `url(…)` and `@import "…"` in a style sheet or an attribute.
  private mutating func takeStyle(_ range: Range<Int>) {
    var at = range.lowerBound
    while let next = text[at..<range.upperBound].firstIndex(where: {
      $0 | 0x20 == UInt8(ascii: "u") || $0 == UInt8(ascii: "@")
    }) {
      at = next + 1
      let isImport = hasInAnyCase("@import", next)
      guard isImport || hasInAnyCase("url(", next) else { continue }
      let content = text[min(next + (isImport ? 7 : 4), range.upperBound)..<range.upperBound].drop(
        while: Self.isSpace)
      let ends =
        content.first == UInt8(ascii: "\"") || content.first == UInt8(ascii: "'") ? content.first : nil
      if ends != nil || !isImport {
        let name = (ends == nil ? content : content.dropFirst()).prefix(Self.longestName)
        add(name.prefix { $0 != ends ?? UInt8(ascii: ")") })
      }
    }
  }

  private mutating func add(_ value: ArraySlice<UInt8>) {
    let trimmed = value.drop(while: Self.isSpace).prefix(Self.longestName)
    // Most references are to parts of the drawing itself.
    guard trimmed.first != UInt8(ascii: "#"), looked < Self.maximumLooked else { return }
    looked += 1
    let name = String(decoding: trimmed, as: UTF8.self).filter {
      !$0.unicodeScalars.contains { $0.value < 0x20 }
    }
    let isInside = name.isEmpty || name.hasPrefix("#") || name.lowercased().hasPrefix("data:")
    guard !isInside, names.count < Self.maximumNames, !names.contains(name) else { return }
    names.append(name)
  }

  // MARK: - Bytes

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func localName(_ name: ArraySlice<UInt8>) -> String {
    let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    return String(decoding: local.prefix(longestName), as: UTF8.self)
  }

  private func has(_ word: StaticString, _ at: Int) -> Bool {
    guard at >= 0, at <= text.count - word.utf8CodeUnitCount else { return false }
    return (0..<word.utf8CodeUnitCount).allSatisfy { text[at + $0] == word.utf8Start[$0] }
  }

  /// Style sheets, unlike XML, are case-insensitive.
  ///
  /// - Parameter word: in lower case.
  private func hasInAnyCase(_ word: StaticString, _ at: Int) -> Bool {
    guard at >= 0, at <= text.count - word.utf8CodeUnitCount else { return false }
    return (0..<word.utf8CodeUnitCount).allSatisfy { place in
      let (byte, wanted) = (text[at + place], word.utf8Start[place])
      return byte == wanted
        || byte | 0x20 == wanted && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(wanted)
    }
  }

  private func index(of word: StaticString, from start: Int) -> Int? {
    guard start < text.count else { return nil }
    return text[start...].indices.first { text[$0] == word.utf8Start[0] && has(word, $0) }
  }

  private func end(of word: StaticString, from start: Int) -> Int {
    index(of: word, from: start).map { $0 + word.utf8CodeUnitCount } ?? text.count
  }
}
