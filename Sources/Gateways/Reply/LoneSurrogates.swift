/// Replaces lone surrogates in JSON, such as `\ud83c` before a quote: a model's text that was cut in the
/// middle of an emoji. JSON decoders reject them, and a paid reply would be lost.
enum LoneSurrogates {
  /// Returns the text with U+FFFD in place of each lone surrogate; `nil` if there is none.
  static func replaced(in text: [UInt8]) -> [UInt8]? {
    var repaired = text
    var hasLone = false
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\") else {
        at += 1
        continue
      }
      guard let unit = unit(text, at) else {
        at += 2
        continue
      }
      if (0xD800..<0xDC00).contains(unit), let low = self.unit(text, at + 6), (0xDC00..<0xE000).contains(low)
      {
        at += 12
        continue
      }
      if (0xD800..<0xE000).contains(unit) {
        repaired.replaceSubrange(at..<(at + 6), with: "\\ufffd".utf8)
        hasLone = true
      }
      at += 6
    }
    return hasLone ? repaired : nil
  }

  /// The code unit of a `\uXXXX` escape at an offset; `nil` if there is none.
  private static func unit(_ text: [UInt8], _ at: Int) -> UInt32? {
    guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: text[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
  }
}
