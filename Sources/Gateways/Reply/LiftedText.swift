import Core

/// What stands in a reply's text where a picture was lifted out of it: its number, behind a word that nobody who writes
/// replies can know.
package struct LiftedMark: Sendable {
  private static let end = UInt8(ascii: ";")

  private let begin: String

  package init(word: UInt64 = .random(in: .min ... .max)) {
    begin = "picture-\(String(word, radix: 36)):"
  }

  func text(of index: Int) -> [UInt8] {
    Array("\(begin)\(index)".utf8) + [Self.end]
  }

  /// The text between marks, and the numbers in them; `nil` when there is no mark. In bytes, because what stands beside a
  /// mark may combine with its first or last letter.
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
      case .text(let text): .text(text)
      case .value(let index): values.indices.contains(index) ? .value(values[index]) : nil
      }
    }
  }
}

/// A part of a string out of which pictures were lifted.
package enum LiftedPiece: Sendable {
  case text(String)
  case value(LiftedValue)

  /// What stood in the reply.
  func withText<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
    switch self {
    case .text(let text):
      try Array(text.utf8).span.bytes.withUnsafeBytes { text throws(E) in try body(text) }
    case .value(let value): try value.withText(body)
    }
  }

  /// For people: a picture is named by its length.
  var text: String {
    switch self {
    case .text(let text): text
    case .value(let value): "…\(value.characters.grouped) characters…"
    }
  }
}
