import PictureFormats

/// Replaces the result's transparency by the original's.
package struct RestoreAlpha: FinishingStep {
  package let needsPixels: Bool
  /// Whether there was transparency before, or it is requested again.
  package let expectsTransparency: Bool

  init(_ facts: ResultFacts) {
    needsPixels = facts.options.restoresAlpha
    expectsTransparency = needsPixels || facts.original?.structure.hasAlpha == true
  }
}
