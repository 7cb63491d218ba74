extension StringProtocol {
  /// Whether the text is empty, or only whitespace, control, and format characters.
  package var isBlank: Bool {
    unicodeScalars.allSatisfy { scalar in
      scalar.properties.isWhitespace || [.control, .format].contains(scalar.properties.generalCategory)
    }
  }

  /// The first 60 characters, for a message.
  package var shortened: String { count > 60 ? "\(prefix(59))…" : String(self) }
  package var quoted: String { "\"\(shortened)\"" }
}

extension StringProtocol where SubSequence == Substring {
  /// The text without leading and trailing white space.
  package var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return self[first...last]
  }
}
