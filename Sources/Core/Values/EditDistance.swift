extension Array where Element: Equatable {
  /// The optimal string alignment distance: the number of elements to replace, insert, delete, or swap with
  /// their neighbor.
  package func editDistance(to other: [Element]) -> Int {
    var before: [Int] = []
    var last = Array<Int>(0...other.count)
    for row in indices {
      var next = [row + 1]
      for column in other.indices {
        let isSame = self[row] == other[column]
        var least = Swift.min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, self[row] == other[column - 1], self[row - 1] == other[column] {
          least = Swift.min(least, before[column - 1] + 1)
        }
        next.append(least)
      }
      (before, last) = (last, next)
    }
    return last[other.count]
  }
}
