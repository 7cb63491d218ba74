import Base64
package import Core

/// A streaming parser that extracts the pictures from a reply as it arrives. Long runs of base64 inside JSON
/// strings are decoded immediately and replaced by marks. The remaining text is small and is parsed by an
/// ordinary JSON decoder.
///
/// The parser tracks only where JSON strings begin and end. So it also works for server-sent events, for any
/// order of keys, for a data URI in the middle of a sentence, and for any chunk boundaries. Text that is not
/// JSON passes through unchanged, and so do strings that only resemble base64.
package struct ReplyLifter: ~Copyable {
  /// The error for a reply that exceeds the limit, as a whole or without its pictures. The limit is in bytes.
  package struct TooLarge: Error {
    package let limit: Int
  }

  /// The minimum length of a run that is extracted, in letters. No word and no URL has that many consecutive
  /// base64 letters. Signatures of thoughts may, but they are base64 as well.
  package static let usualThreshold = 1_024
  /// The maximum size of a reply, in bytes. A 4K picture has 20 to 30 MB, its base64 a third more, and a
  /// reply can contain several.
  package static let usualLimit = 256_000_000
  /// The maximum size of a reply without its pictures, in bytes. Texts, thoughts, and error pages are far
  /// below it.
  package static let usualTextLimit = 32_000_000

  private let threshold: Int
  private let expected: Int
  private let limit: Int
  private let textLimit: Int
  private var received = 0
  private var text: [UInt8] = []
  private var position = Position.outside
  private var run: Run
  private var values: [LiftedValue] = []
  private let mark: LiftedMark

  private enum Position {
    case outside
    case inString
    /// After a backslash.
    case escape
    /// After `\u`, with the digits so far.
    case unicode([UInt8])
  }

  /// Creates a parser for one reply.
  ///
  /// - Parameters:
  ///   - expected: The `Content-Length` of the reply; 0 if unknown.
  ///   - limit: The maximum size of the reply, in bytes.
  ///   - textLimit: The maximum size of the reply without its pictures, in bytes.
  ///   - threshold: The minimum length of a run of base64 that is extracted, in letters.
  ///   - mark: The placeholder for pictures.
  package init(
    expecting expected: Int = 0, limit: Int = usualLimit, textLimit: Int = usualTextLimit,
    threshold: Int = usualThreshold,
    mark: LiftedMark = LiftedMark()
  ) {
    self.expected = max(0, expected)
    self.limit = limit
    self.textLimit = textLimit
    self.threshold = threshold
    self.mark = mark
    run = Run(threshold: threshold)
  }

  /// Parses the next chunk.
  package mutating func take(_ chunk: UnsafeRawBufferPointer) throws(TooLarge) {
    received += chunk.count
    guard max(received, expected) <= limit else { throw TooLarge(limit: limit) }
    var at = 0
    while at < chunk.count {
      if case .inString = position {
        at += run.lift(UnsafeRawBufferPointer(rebasing: chunk[at...]))
        guard at < chunk.count else { break }
      }
      step(chunk[at])
      at += 1
    }
    guard text.count <= textLimit else { throw TooLarge(limit: textLimit) }
  }

  /// Ends the parsing, and returns the text and the pictures.
  package consuming func finish() -> LiftedText {
    endRun(.end)
    switch position {
    case .outside, .inString: break
    case .escape: text += Array("\\".utf8)
    case .unicode(let digits): text += Array("\\u".utf8) + digits
    }
    return LiftedText(text: text, values: values, mark: mark)
  }

  private mutating func step(_ byte: UInt8) {
    switch position {
    case .outside:
      text.append(byte)
      if byte == UInt8(ascii: "\"") { position = .inString }
    case .inString: stepInString(byte)
    case .escape: stepInEscape(byte)
    case .unicode(let digits): stepInUnicode(byte, digits)
    }
  }

  private mutating func stepInString(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""):
      endRun(.end)
      text.append(byte)
      position = .outside
    case UInt8(ascii: "\\"): position = .escape
    case 0x0A, 0x0D:
      // A JSON string cannot contain a line break. So a stray quote in an event stream affects one line at
      // most.
      endRun(.other)
      text.append(byte)
      position = .outside
    // Control characters, which JSON forbids, stay in the text, so that the JSON decoder rejects them.
    default: take(byte < 0x20 ? 0 : byte, spelled: [byte])
    }
  }

  private mutating func stepInEscape(_ byte: UInt8) {
    position = .inString
    let spelled = [UInt8(ascii: "\\"), byte]
    switch byte {
    case UInt8(ascii: "u"): position = .unicode([])
    case UInt8(ascii: "/"): take(byte, spelled: spelled)
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "f"):
      take(UInt8(ascii: " "), spelled: spelled)
    default: take(0, spelled: spelled)
    }
  }

  private mutating func stepInUnicode(_ byte: UInt8, _ before: [UInt8]) {
    let isDigit = Character(UnicodeScalar(byte)).isHexDigit && byte < 0x80
    let digits = isDigit ? before + [byte] : before
    if isDigit, digits.count < 4 {
      position = .unicode(digits)
      return
    }
    position = .inString
    let value = digits.count == 4 ? UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0 : 0
    take(value < 0x80 ? UInt8(value) : 0, spelled: Array("\\u".utf8) + digits)
    if !isDigit { step(byte) }
  }

  /// Processes one character of a string; 0 stands for every character that does not occur in base64.
  private mutating func take(_ character: UInt8, spelled: [UInt8]) {
    switch run.take(character, spelled: spelled, at: text.count) {
    case .isText: text += spelled
    case .isTaken: break
    case .ended:
      endRun(.other)
      take(character, spelled: spelled)
    case .begins(let start):
      text.removeSubrange(start...)
      text += mark.text(of: values.count)
      run.begin(expecting: Base64ChunkDecoder.room(for: expected > 0 ? expected : limit))
    }
  }

  private mutating func endRun(_ end: Run.End) {
    let (value, rest) = run.finish(end)
    if let value { values.append(value) }
    text += rest
  }
}

/// A picture that was extracted from a reply.
package struct LiftedValue: Sendable {
  package let bytes: PictureBytes
  /// The number of its base64 characters in the reply, without white space.
  package let characters: Int
  /// The characters of its last group, if the group is incomplete.
  let unfinished: [UInt8]
  /// Whether the end of the text is not valid base64.
  package let isBroken: Bool

  /// Calls `body` with the base64 text, encoded again in the standard alphabet.
  func withText<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
    let whole = (characters - unfinished.count) / 4 * 3
    var text = [UInt8](repeating: 0, count: Base64.encodedLength(of: whole))
    bytes.withUnsafeBytes { bytes in
      _ = text.withUnsafeMutableBytes {
        Base64.encode(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), into: $0)
      }
    }
    text += unfinished
    let all = text
    try all.span.bytes.withUnsafeBytes { bytes throws(E) in try body(bytes) }
  }
}
