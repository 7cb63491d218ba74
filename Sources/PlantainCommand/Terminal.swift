#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The width of a terminal, and of text on it.
enum Terminal {
  /// The number of columns; `nil` if `descriptor` is not a terminal. Default when the size is unknown: 80.
  static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The number of columns that the text takes.
  static func width(of text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// The text cut to `width` columns, with `…` for the part that is cut, and padded with spaces.
  ///
  /// - Parameter keepsEnd: Cuts the beginning instead of the end, as for paths.
  static func fitted(_ text: String, _ width: Int, keepsEnd: Bool = false) -> String {
    let whole = Self.width(of: text)
    guard whole > width else { return text + String(repeating: " ", count: width - whole) }
    guard width > 1 else { return String(repeating: "…", count: max(0, width)) }
    var left = width - 1
    let characters = keepsEnd ? Array(text.reversed()) : Array(text)
    let kept = characters.prefix { character in
      left -= Self.width(of: character)
      return left >= 0
    }
    let cut = keepsEnd ? "…" + String(kept.reversed()) : String(kept) + "…"
    return cut + String(repeating: " ", count: max(0, width - Self.width(of: cut)))
  }

  /// 2 for East Asian wide characters and emoji, 0 for format characters, otherwise 1.
  private static func width(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.generalCategory == .format { return 0 }
    return wide.contains { $0.contains(first.value) } || first.properties.isEmojiPresentation ? 2 : 1
  }

  /// The blocks whose Unicode East Asian Width is W or F.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]
}
