package import Core
import PictureFormats

/// Warps the result into the original's frame.
package struct Place: FinishingStep {
  package let needsPixels: Bool
  /// The size of the finished picture, or a larger one.
  package let canvas: PixelSize
  package let memory: Int
  private let isAligned: Bool
  private let restoresAlpha: Bool

  init(_ facts: ResultFacts) {
    let options = facts.options
    needsPixels = options.hasOriginalsSize
    isAligned = options.looksForPlace
    restoresAlpha = options.restoresAlpha
    let original = facts.original?.structure.uprightSize
    let decoded = facts.structure.size.pixelCount
    guard let original, needsPixels else {
      canvas = facts.structure.uprightSize
      memory = decoded * 8
      return
    }
    canvas = original
    memory = OriginalCrop(options.shown, of: original).area.size.pixelCount * 8
  }

  /// Whether a result is warped. If only colors were to be matched, or it was not located, it is not, unless
  /// padding was added to the sent picture.
  ///
  /// - Parameter isExceeded: whether it shows more than the original.
  package func warps(isFound: Bool, isExceeded: Bool) -> Bool {
    needsPixels || isFound || restoresAlpha || isAligned && isExceeded
  }
}
