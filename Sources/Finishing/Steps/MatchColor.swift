/// Removes a tint, so that the result has the original's colors.
package struct MatchColor: FinishingStep {
  package let needsPixels: Bool
  /// Whether colors can be compared only after the result is located.
  package let needsPlace: Bool

  init(_ facts: ResultFacts) {
    needsPixels = facts.options.looksForTint
    needsPlace = facts.options.looksForPlace
  }
}
