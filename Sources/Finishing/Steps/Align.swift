/// Locates the result on the original by registration.
package struct Align: FinishingStep {
  package let needsPixels: Bool
  /// Whether a result of another shape is cropped to cover the original, if it is not located.
  package let isCovering: Bool

  init(_ facts: ResultFacts) {
    needsPixels = facts.options.looksForPlace
    isCovering = facts.options.hasOriginalsSize
  }
}
