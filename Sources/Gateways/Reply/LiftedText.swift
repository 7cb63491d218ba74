import Vocabulary

/// What stands in a reply's text where a picture was lifted out of it: its number between two characters of private use, with a word
/// that nobody who writes replies can know.
package struct LiftedMark: Sendable {
  private static let (open, close): (Unicode.Scalar, Unicode.Scalar) = ("\u{E000}", "\u{E001}")

  private let word: String

  package init(word: UInt64 = .random(in: .min ... .max)) {
    self.word = String(word, radix: 36)
  }

  func text(of index: Int) -> [UInt8] {
    Array("\(Self.open)\(word):\(index)\(Self.close)".utf8)
  }

  /// The text between marks, and the numbers in them; `nil` when there is no mark.
  func split(_ text: String) -> [Piece]? {
    let begin = "\(Self.open)\(word):"
    guard text.contains(begin) else { return nil }
    var pieces: [Piece] = []
    for (position, part) in text.split(separator: begin, omittingEmptySubsequences: false).enumerated() {
      var words = part
      if position > 0 {
        guard let end = part.unicodeScalars.firstIndex(of: Self.close), let index = Int(part[..<end]) else {
          return nil
        }
        pieces.append(.value(index))
        words = part[part.unicodeScalars.index(after: end)...]
      }
      if !words.isEmpty { pieces.append(.words(String(words))) }
    }
    return pieces
  }

  enum Piece {
    case words(String)
    case value(Int)
  }
}

/// A reply without its pictures, and the pictures.
package struct LiftedText: Sendable {
  /// The reply, with a mark for each picture.
  package let text: [UInt8]
  package let values: [LiftedValue]
  private let mark: LiftedMark

  init(text: [UInt8], values: [LiftedValue], mark: LiftedMark) {
    self.text = text
    self.values = values
    self.mark = mark
  }

  /// Words and pictures of one string, in their order; `nil` when there is no picture in it.
  func pieces(of string: String) -> [LiftedPiece]? {
    mark.split(string)?.compactMap { piece in
      switch piece {
      case .words(let words): .words(words)
      case .value(let index): values.indices.contains(index) ? .value(values[index]) : nil
      }
    }
  }
}

/// A part of a string out of which pictures were lifted.
package enum LiftedPiece: Sendable {
  case words(String)
  case value(LiftedValue)

  /// For people: a picture is named by its length.
  var words: String {
    switch self {
    case .words(let words): words
    case .value(let value): "…\(value.characters.grouped) characters…"
    }
  }
}
