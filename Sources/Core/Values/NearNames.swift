extension Sequence<String> {
  /// Finds the name that a mistyped one most likely stands for. The distance counts characters that are
  /// missing, added, changed, or swapped with their neighbor. It ignores case and `-`, `_`, `.` and spaces.
  ///
  /// - Parameter maximum: how many characters may differ. Default: `nil`: none in names of three characters,
  ///   one in those of eight, two in longer ones.
  /// - Returns: the first of the nearest names; `nil` if none is near enough.
  package func nearest(to name: String, within maximum: Int? = nil) -> String? {
    let typed = SpelledName(name)
    var best: (name: String, distance: Int)?
    for candidate in self {
      let known = SpelledName(candidate)
      let limit = maximum ?? typed.usualLimit(to: known)
      guard let distance = typed.distance(to: known, maximum: limit), distance < best?.distance ?? .max else {
        continue
      }
      best = (candidate, distance)
    }
    return best?.name
  }
}

/// A name in the form in which names are compared.
private struct SpelledName {
  private let letters: [Character]

  /// How many characters are compared; longer names are compared by their beginning.
  private static let longest = 64

  init(_ name: String) {
    letters = Array(name.lowercased().lazy.filter { !"-_. ".contains($0) }.prefix(Self.longest))
  }

  func usualLimit(to other: SpelledName) -> Int {
    let length = Swift.max(letters.count, other.letters.count)
    if length >= 9 { return 2 }
    if length >= 5 { return 1 }
    // Short words are near many others: `age` does not stand for `page`, nor `task` for `mask`.
    let begin = Array(letters.prefix(2))
    let isSimilar = letters.first == other.letters.first || begin.reversed() == Array(other.letters.prefix(2))
    return length == 4 && isSimilar ? 1 : 0
  }

  /// The optimal string alignment distance; `nil` if it is above `maximum`.
  func distance(to other: SpelledName, maximum: Int) -> Int? {
    let (one, two) = (letters, other.letters)
    guard abs(one.count - two.count) <= maximum else { return nil }
    var before: [Int] = []
    var last = Array(0...two.count)
    for row in one.indices {
      var next = [row + 1]
      for column in two.indices {
        let isSame = one[row] == two[column]
        var least = Swift.min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, one[row] == two[column - 1], one[row - 1] == two[column] {
          least = Swift.min(least, before[column - 1] + 1)
        }
        next.append(least)
      }
      (before, last) = (last, next)
    }
    return last[two.count] <= maximum ? last[two.count] : nil
  }
}
