/// A glob pattern for file names with `*`, `?`, and `[…]`, compared by character, so that any Unicode normal
/// form matches.
struct NamePattern {
  private enum Piece: Equatable {
    case character(Character)
    /// Any single character.
    case one
    /// Any number of characters.
    case any
    case set(Set<Character>, [ClosedRange<Character>], isNegated: Bool)

    func fits(_ character: Character) -> Bool {
      switch self {
      case .character(let own): own == character
      case .one: character != "/"
      case .any: false
      case .set(let characters, let ranges, let isNegated):
        character != "/"
          && (characters.contains(character) || ranges.contains { $0.contains(character) }) != isNegated
      }
    }
  }

  private var pieces: [Piece] = []
  /// A pattern for `glob` that matches at least the same names: `*` stands for everything that is not ASCII.
  private(set) var loosened = ""

  init(_ pattern: String) {
    var rest = pattern[...]
    while let character = rest.popFirst() {
      switch character {
      case "*": add(.any, "*")
      case "?": add(.one, "?")
      case "[":
        guard let set = Self.set(&rest) else {
          add(.character("["), "\\[")
          continue
        }
        add(set, "*")
      case "\\":
        // A backslash makes the next character literal.
        let next = rest.popFirst() ?? character
        add(.character(next), next.isASCII ? "\\\(next)" : "*")
      default: add(.character(character), character.isASCII ? String(character) : "*")
      }
    }
  }

  private mutating func add(_ piece: Piece, _ text: String) {
    pieces.append(piece)
    loosened += text
  }

  /// Parses a bracket expression after its opening bracket; `nil` when it is not closed.
  private static func set(_ rest: inout Substring) -> Piece? {
    var inner = rest
    let isNegated = inner.first == "!" || inner.first == "^"
    if isNegated { inner.removeFirst() }
    // A closing bracket that comes first is literal.
    guard let first = inner.popFirst(), let end = inner.firstIndex(of: "]") else { return nil }
    let characters = [first] + inner[..<end]
    rest = inner[inner.index(after: end)...]
    var ranges: [ClosedRange<Character>] = []
    for place in characters.indices.dropFirst().dropLast()
    where characters[place] == "-" && characters[place - 1] <= characters[place + 1] {
      ranges.append(characters[place - 1]...characters[place + 1])
    }
    return .set(Set(characters), ranges, isNegated: isNegated)
  }

  /// Backtracks to the last `*` only, so that the time is at most proportional to the product of the two
  /// lengths.
  func fits(_ name: String) -> Bool {
    let name = Array(name)
    var (place, piece) = (0, 0)
    var star: (place: Int, piece: Int)?
    while place < name.count {
      if piece < pieces.count, pieces[piece] == .any {
        star = (place, piece)
        piece += 1
      } else if piece < pieces.count, pieces[piece].fits(name[place]) {
        (place, piece) = (place + 1, piece + 1)
      } else if let last = star, name[last.place] != "/" {
        star = (last.place + 1, last.piece)
        (place, piece) = (last.place + 1, last.piece + 1)
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { $0 == .any }
  }
}
