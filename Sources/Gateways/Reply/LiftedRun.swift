import Base64
import Core

extension ReplyLifter {
  /// A run of consecutive base64 letters within one string. The letters are counted first; from the threshold
  /// on, they are decoded.
  struct Run: ~Copyable {
    /// The effect of a character on the run.
    enum Step {
      /// The character stays in the reply's text.
      case isText
      /// The character belongs to a picture, or is kept until that is clear.
      case isTaken
      /// The picture ended before this character.
      case ended
      /// The character reaches the threshold: the text from `start` on belongs to the picture.
      case begins(start: Int)
    }

    /// What follows the last letter.
    enum End {
      /// The end of the string.
      case end
      case other
    }

    /// The minimum length of a line of base64. Lines have 64 or 76 letters; white space after a shorter line
    /// separates words.
    private static let shortestLine = 60

    /// The maximum amount of undecided text, in bytes. More white space ends the picture.
    private static let maximumDoubtful = 1_000

    private let threshold: Int
    private var state = State.counting
    /// Letters that are counted, but not decoded yet.
    private var letters: [UInt8] = []
    /// The offset of the first letter in the reply's text.
    private var start = 0
    /// The number of letters since the last white space.
    private var line = 0
    /// Whether the run has had a line break, so that its last line may be short.
    private var hasLines = false
    private var decoder = Base64ChunkDecoder()
    private var bytes = ByteAccumulator()
    /// White space in a picture and the letters after it, as spelled in the reply, until it is clear whether
    /// they belong to the picture.
    private var doubtful: [UInt8] = []

    private enum State {
      case counting
      case lifting
      /// After white space within a picture.
      case doubting
      /// After further white space, which follows what may be the last line of the picture.
      case doubtingTail
      /// After a `=`.
      case padded
    }

    init(threshold: Int) {
      self.threshold = threshold
    }

    /// Processes the next character of the string.
    ///
    /// - Parameters:
    ///   - spelled: The character as spelled in the reply, such as an escape sequence.
    ///   - place: The length of the reply's text before this character.
    mutating func take(_ character: UInt8, spelled: [UInt8], at place: Int) -> Step {
      let kind = Kind(character)
      switch state {
      case .counting: return count(character, kind, at: place)
      case .lifting: return continueLifting(character, kind, spelled)
      case .doubting: return doubt(character, kind, spelled)
      case .doubtingTail: return doubtTail(character, kind, spelled)
      case .padded:
        guard kind == .padding, decoder.takesPadding else { return .ended }
        pad()
        return .isTaken
      }
    }

    // MARK: Counting

    private mutating func count(_ character: UInt8, _ kind: Kind, at place: Int) -> Step {
      switch kind {
      case .letter:
        if letters.isEmpty { start = place }
        letters.append(character)
        line += 1
        return letters.count >= threshold ? .begins(start: start) : .isText
      case .space where line == 0 && !letters.isEmpty || line >= min(Self.shortestLine, threshold):
        line = 0
        hasLines = true
      case .space, .padding, .other: reset()
      }
      return .isText
    }

    private mutating func reset() {
      letters.removeAll(keepingCapacity: true)
      line = 0
      hasLines = false
      doubtful = []
      state = .counting
    }

    // MARK: Lifting

    /// Starts decoding, with the letters counted so far.
    ///
    /// - Parameter expected: The expected maximum of decoded bytes.
    mutating func begin(expecting expected: Int) {
      bytes = ByteAccumulator(expecting: expected)
      decoder = Base64ChunkDecoder()
      state = .lifting
      decodeCounted()
    }

    /// Decodes the letters at the start of `text`, if a picture is being decoded.
    ///
    /// - Returns: The number of letters.
    mutating func lift(_ text: UnsafeRawBufferPointer) -> Int {
      guard case .lifting = state else { return 0 }
      return decode(text)
    }

    private mutating func decode(_ text: UnsafeRawBufferPointer) -> Int {
      var taken = 0
      bytes.append(upTo: Base64ChunkDecoder.room(for: text.count)) { room in
        let run = decoder.decodeLetters(text, into: room)
        taken = run.taken
        return run.written
      }
      return taken
    }

    private mutating func decodeCounted() {
      let counted = letters
      _ = counted.withUnsafeBytes { decode($0) }
      letters.removeAll(keepingCapacity: true)
      line = 0
    }

    private mutating func continueLifting(_ character: UInt8, _ kind: Kind, _ spelled: [UInt8]) -> Step {
      switch kind {
      case .letter:
        letters.append(character)
        decodeCounted()
      case .padding where decoder.takesPadding: pad()
      case .space:
        doubtful = spelled
        state = .doubting
      case .padding, .other: return .ended
      }
      return .isTaken
    }

    /// Processes a character after white space: another line of the picture, or words.
    private mutating func doubt(_ character: UInt8, _ kind: Kind, _ spelled: [UInt8]) -> Step {
      switch kind {
      case .letter:
        letters.append(character)
        doubtful += spelled
        if letters.count >= Self.shortestLine {
          believe()
          hasLines = true
        }
      case .space where doubtful.count > Self.maximumDoubtful: return .ended
      case .space:
        doubtful += spelled
        if !letters.isEmpty { state = .doubtingTail }
      case .padding where letters.isEmpty ? decoder.takesPadding : hasLines:
        believe()
        return continueLifting(character, kind, spelled)
      case .padding: return .ended
      case .other: return endDoubt(character)
      }
      return .isTaken
    }

    /// Processes a character after a short line and white space: the end of the picture, or more words.
    private mutating func doubtTail(_ character: UInt8, _ kind: Kind, _ spelled: [UInt8]) -> Step {
      switch kind {
      case .space where doubtful.count <= Self.maximumDoubtful:
        doubtful += spelled
        return .isTaken
      case .letter, .padding, .space: return .ended
      case .other: return endDoubt(character)
      }
    }

    private mutating func endDoubt(_ character: UInt8) -> Step {
      if hasLines, character == UInt8(ascii: ")") { believe() }
      return .ended
    }

    private var isDoubting: Bool {
      switch state {
      case .doubting, .doubtingTail: true
      case .counting, .lifting, .padded: false
      }
    }

    private mutating func believe() {
      doubtful = []
      state = .lifting
      decodeCounted()
    }

    private mutating func pad() {
      state = .padded
      bytes.append(upTo: Base64ChunkDecoder.room(for: 1)) { room in
        // Cannot fail: the caller has checked `takesPadding`.
        (try? [UInt8(ascii: "=")].withUnsafeBytes { try decoder.decode($0, into: room) }) ?? 0
      }
    }

    /// Ends the run.
    ///
    /// - Returns: The picture, if there is one, and the text after it that does not belong to it.
    mutating func finish(_ end: End) -> (value: LiftedValue?, rest: [UInt8]) {
      if isDoubting, case .end = end, hasLines || letters.isEmpty { believe() }
      defer { reset() }
      if case .counting = state { return (nil, []) }
      let unfinished = decoder.unfinished
      var isBroken = false
      bytes.append(upTo: Base64ChunkDecoder.room(for: 0)) { room in
        do throws(Base64.DecodingError) {
          return try decoder.finish(into: room)
        } catch {
          isBroken = true
          return 0
        }
      }
      let lifted = exchange(&bytes, with: ByteAccumulator()).finish()
      let value = LiftedValue(
        bytes: lifted, characters: decoder.offset, unfinished: unfinished, isBroken: isBroken)
      return (value, doubtful)
    }
  }
}

/// The kind of a character in base64, standard or URL-safe.
private enum Kind {
  case letter, padding, space, other

  init(_ character: UInt8) {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      self = .letter
    case UInt8(ascii: "="): self = .padding
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20: self = .space
    default: self = .other
    }
  }
}
