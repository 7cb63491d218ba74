#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is known of a terminal, and how wide text is on one.
enum Terminal {
  /// How many columns it has; `nil` where there is no terminal.
  static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The columns that it takes.
  static func width(of text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// Cut to that width, with `…` where something is left out, and filled with spaces up to it.
  ///
  /// - Parameter keepsEnd: it is cut at its beginning, as paths are.
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

  /// Two for what is as wide as high: East Asian characters and emoji.
  private static func width(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.generalCategory == .format { return 0 }
    return wide.contains { $0.contains(first.value) } || first.properties.isEmojiPresentation ? 2 : 1
  }

  /// Of Unicode's East Asian Width, the blocks that are W or F.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]
}
