/// The names of results without extension: the stems of their pictures, or the whole file names where two
/// stems would give the same name, as those of `a.heic` and `a.jpg` do.
package struct ResultNames {
  package struct Result {
    package let ofStem: String
    package let ofWholeName: String
    /// The picture's file name.
    package let picture: String
    package var isWhole = false
    /// Whether an earlier run has written the result under this name.
    var isSettled = false

    package var name: String { isWhole ? ofWholeName : ofStem }

    /// - Parameter name: gives the result's name, by the picture's stem or by its whole name.
    package init(_ picture: Reference, _ name: (_ isWhole: Bool) -> String) {
      (ofStem, ofWholeName) = (name(false), name(true))
      self.picture = picture.fileName
    }
  }

  package private(set) var results: [Result]

  /// - Parameter writers: the picture whose result earlier runs wrote under each name; that name stays
  ///   reserved for it.
  package init(_ results: [Result], writers: [String: String] = [:]) {
    self.results = results
    if !writers.isEmpty { settle(by: writers) }
    while separate() {}
  }

  private mutating func settle(by writers: [String: String]) {
    for place in results.indices {
      let result = results[place]
      let isWhole = writers[result.ofWholeName] == result.picture
      let isStem = writers[result.ofStem] == result.picture
      results[place].isSettled = isWhole || isStem
      results[place].isWhole = isWhole && !isStem || !isStem && writers[result.ofStem] != nil
    }
  }

  /// Resolves duplicates. Whole names may be the stems of others: `a.jpg` and `a.jpg.png`.
  ///
  /// - Returns: whether a name has changed.
  private mutating func separate() -> Bool {
    var hasChanged = false
    // File names are bytes: the same name in two normal forms is two files.
    for group in Dictionary(grouping: results.indices, by: { Array(results[$0].name.utf8) }).values
    where Set(group.map { Array(results[$0].picture.utf8) }).count > 1 {
      for place in group where !results[place].isWhole && !results[place].isSettled {
        results[place].isWhole = true
        hasChanged = true
      }
    }
    return hasChanged
  }
}
