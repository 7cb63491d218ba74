import Core

/// The placeholder for a picture that was extracted from a reply's text: the picture's index after a random
/// prefix. The author of a reply cannot know the prefix, and so cannot forge a placeholder.
package struct LiftedMark: Sendable {
  private static let end = UInt8(ascii: ";")

  private let begin: String

  package init(word: UInt64 = .random(in: .min ... .max)) {
    begin = "picture-\(String(word, radix: 36)):"
  }

  func text(of index: Int) -> [UInt8] {
    Array("\(begin)\(index)".utf8) + [Self.end]
  }

  /// Splits a text into the text between marks and the indices of the marks; `nil` if there is no mark. It
  /// works on bytes, because characters beside a mark may combine with its first or last letter.
  func split(_ text: String) -> [Piece]? {
    var pieces: [Piece] = []
    var rest = text.utf8[...]
    while let mark = rest.firstRange(of: begin.utf8),
      let end = rest[mark.upperBound...].firstIndex(of: Self.end),
      let index = Int(String(rest[mark.upperBound..<end]) ?? "")
    {
      if mark.lowerBound > rest.startIndex {
        pieces.append(.text(String(decoding: rest[..<mark.lowerBound], as: UTF8.self)))
      }
      pieces.append(.value(index))
      rest = rest[rest.index(after: end)...]
    }
    guard !pieces.isEmpty else { return nil }
    return rest.isEmpty ? pieces : pieces + [.text(String(decoding: rest, as: UTF8.self))]
  }

  enum Piece {
    case text(String)
    case value(Int)
  }
}

/// A reply's text without its pictures, and the extracted pictures.
package struct LiftedText: Sendable {
  /// The text of the reply, with a mark in place of each picture.
  package let text: [UInt8]
  /// The extracted pictures, in the order of their marks.
  package let values: [LiftedValue]
  private let mark: LiftedMark

  init(text: [UInt8], values: [LiftedValue], mark: LiftedMark) {
    self.text = text
    self.values = values
    self.mark = mark
  }

  /// Splits a string into text and pictures; `nil` if there is no picture in it.
  func pieces(of string: String) -> [LiftedPiece]? {
    mark.split(string)?.compactMap { piece in
      switch piece {
      case .text(let text): .text(text)
      case .value(let index): values.indices.contains(index) ? .value(values[index]) : nil
      }
    }
  }
}

/// A part of a string from which pictures were extracted.
package enum LiftedPiece: Sendable {
  case text(String)
  case value(LiftedValue)

  /// Calls `body` with the original text of this part in the reply, without white space inside a picture.
  func withText<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
    switch self {
    case .text(let text):
      try Array(text.utf8).span.bytes.withUnsafeBytes { text throws(E) in try body(text) }
    case .value(let value): try value.withText(body)
    }
  }

  /// The text for messages, with a picture replaced by its length.
  var text: String {
    switch self {
    case .text(let text): text
    case .value(let value): "…\(value.characters.grouped) characters…"
    }
  }
}
