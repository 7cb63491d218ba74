import Base64
import Core

extension ReplyLifter {
  /// Letters of base64 on end within one string: first counted, and from the threshold on turned into bytes.
  struct Run: ~Copyable {
    /// What a character means for the run.
    enum Step {
      /// It stays in the reply's text.
      case isText
      /// It belongs to a picture, or is kept until that is known.
      case isTaken
      /// The picture has ended before it.
      case ended
      /// With it the threshold is reached: from `start` on the text belongs to the picture.
      case begins(start: Int)
    }

    /// What comes after the last letter.
    enum End {
      /// The string's end.
      case end
      case other
    }

    /// Lines of base64 have 64 or 76 letters. Behind a shorter one a break is one between words.
    private static let shortestLine = 60

    /// White space that is waited through.
    private static let maximumDoubtful = 1_000

    private let threshold: Int
    private var state = State.counting
    /// Letters that are counted, but not decoded yet.
    private var letters: [UInt8] = []
    /// Where in the reply's text they begin.
    private var start = 0
    /// Letters since the last white space.
    private var line = 0
    /// A line has ended in it, so its last one may be short.
    private var hasLines = false
    private var decoder = Base64ChunkDecoder()
    private var bytes = ByteAccumulator()
    /// White space in a picture and the letters behind it, as they are spelled, until it is clear whether they belong.
    private var doubtful: [UInt8] = []

    private enum State {
      case counting
      case lifting
      /// White space came within a picture.
      case doubting
      /// And again, behind what may be its last line.
      case doubtingTail
      /// `=` came.
      case padded
    }

    init(threshold: Int) {
      self.threshold = threshold
    }

    /// The run's next character, and how the reply spells it there.
    ///
    /// - Parameter place: where the reply's text ends.
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

    /// - Parameter expected: how many bytes may come.
    mutating func begin(expecting expected: Int) {
      bytes = ByteAccumulator(expecting: expected)
      decoder = Base64ChunkDecoder()
      state = .lifting
      decodeCounted()
    }

    /// Decodes as many letters as stand at the front of `text`, if a picture is being lifted.
    ///
    /// - Returns: how many.
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

    /// Behind white space: a further line of the picture, or words.
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

    /// Behind a short line and white space: the end, or more words.
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
        // That it may come was asked before.
        (try? [UInt8(ascii: "=")].withUnsafeBytes { try decoder.decode($0, into: room) }) ?? 0
      }
    }

    /// Ends the run.
    ///
    /// - Returns: the picture, if there is one; and what stood behind it that does not belong to it.
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

/// What a character is in base64 of either alphabet.
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
