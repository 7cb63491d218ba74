/// A prompt template: names in braces are replaced by values. `{{` is a literal brace.
package struct PromptTemplate {
  package struct UnknownName: Error {
    package let name: String
  }

  private enum Piece {
    case text(String)
    case name(String)
  }

  private var pieces: [Piece] = []

  package init(_ text: String) {
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      pieces.append(.text(String(rest[..<brace])))
      rest = rest[rest.index(after: brace)...]
      let name = rest.prefix { $0.isLetter || $0.isNumber || "_- ".contains($0) }
      if rest.first == "{" {
        pieces.append(.text("{"))
        rest.removeFirst()
      } else if !name.isEmpty, rest[name.endIndex...].first == "}" {
        pieces.append(.name(String(name)))
        rest = rest[rest.index(after: name.endIndex)...]
      } else {
        // A brace that begins no name is literal.
        pieces.append(.text("{"))
      }
    }
    pieces.append(.text(String(rest)))
  }

  /// The names in braces.
  package var names: [String] { pieces.compactMap { if case .name(let name) = $0 { name } else { nil } } }

  /// The text with each name replaced by its value.
  package func filled(with words: [String: String]) throws(UnknownName) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .name(let name):
        guard let word = Self.word(name, in: words) else { throw UnknownName(name: name) }
        result += word
      }
    }
    return result
  }

  /// The value for a name: an exact match, or else the only one that differs in case alone.
  private static func word(_ name: String, in words: [String: String]) -> String? {
    if let word = words[name] { return word }
    let near = words.keys.filter { $0.lowercased() == name.lowercased() }
    return near.count == 1 ? words[near[0]] : nil
  }
}
