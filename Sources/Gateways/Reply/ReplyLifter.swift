import Base64
package import Core

/// Reads a reply as it arrives, and takes the pictures out of it: long runs of base64 inside JSON strings become bytes at
/// once, and a mark stands in their place in what is left, which is small and goes to an ordinary JSON decoder.
///
/// Nothing else of JSON matters here but where its strings begin and end. So the same works for server-sent events, for
/// any order of keys, for a data URI in the middle of a sentence, and at any borders between chunks. What is no JSON
/// passes through unchanged, as do strings that only look a little like base64.
package struct ReplyLifter: ~Copyable {
  /// A reply that is too large, as a whole or without its pictures.
  package struct TooLarge: Error {
    package let limit: Int
  }

  /// A run is lifted from this length on: no word and no address has so many letters on end. Signatures of thoughts may,
  /// and are base64 as well.
  package static let usualThreshold = 1_024
  /// A 4K picture is 20 to 30 MB, its base64 a third more, and a reply can hold several.
  package static let usualLimit = 256_000_000
  /// What is left of a reply without pictures: texts, thoughts and an error's page are far below.
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
    /// Behind a backslash.
    case escape
    /// Behind `\u`, with the digits so far.
    case unicode([UInt8])
  }

  /// - Parameters:
  ///   - expected: the reply's length, as its header says it.
  ///   - limit: how long it may be, in bytes.
  ///   - textLimit: how long it may be without its pictures.
  ///   - threshold: how many letters on end are lifted.
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

  /// Reads one chunk.
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

  /// The reply, read to its end.
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
      // No JSON string goes over a line's end; so a stray quote in an event stream harms one line at most.
      endRun(.other)
      text.append(byte)
      position = .outside
    // What JSON forbids stays for its decoder to see.
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

  /// One character of a string; 0 stands for all that base64 knows nothing of.
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

/// A picture that was taken out of a reply.
package struct LiftedValue: Sendable {
  package let bytes: PictureBytes
  /// How many characters it was in the reply, without white space.
  package let characters: Int
  /// The characters of its last group, when that is not whole.
  let unfinished: [UInt8]
  /// The text does not end as base64 ends.
  package let isBroken: Bool

  /// The characters once more, in the standard alphabet.
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
