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

  /// The edit distance; `nil` if it is above `maximum`.
  func distance(to other: SpelledName, maximum: Int) -> Int? {
    guard abs(letters.count - other.letters.count) <= maximum else { return nil }
    let distance = letters.editDistance(to: other.letters)
    return distance <= maximum ? distance : nil
  }
}
