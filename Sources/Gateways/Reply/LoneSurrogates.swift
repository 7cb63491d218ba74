/// Half of a pair, as in `\ud83c` before a quote: a model's words that were cut in the middle of a picture sign. No JSON
/// decoder takes it, and a paid answer would be lost for it.
enum LoneSurrogates {
  /// The text with the replacement character in their place; `nil` when there is none.
  static func replaced(in text: [UInt8]) -> [UInt8]? {
    var mended = text
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
        mended.replaceSubrange(at..<(at + 6), with: "\\ufffd".utf8)
        hasLone = true
      }
      at += 6
    }
    return hasLone ? mended : nil
  }

  /// The code unit of an escape with four hexadecimal digits at that place.
  private static func unit(_ text: [UInt8], _ at: Int) -> UInt32? {
    guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: text[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
  }
}
