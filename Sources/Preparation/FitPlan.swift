package import Vocabulary

/// How many pixels a picture is to have, and how much of the reduction the JPEG decoder does by itself.
package struct FitPlan: Equatable, Sendable {
  /// The size to reach, in the same orientation as the size that was given.
  package let size: PixelSize
  /// 1, 2, 4 or 8: the decoder's own reduction.
  package let shrink: Int

  package init(_ source: PixelSize, longestEdge limit: Int?, canShrinkOnLoad: Bool) {
    guard let limit, source.longestEdge > limit else {
      self.size = source
      self.shrink = 1
      return
    }
    size = source.scaled(toLongestEdge: limit)
    // The decoder's reduction is a plain box average: leave the resampling kernel at least a factor of two, so that
    // the result keeps the kernel's sharpness.
    let factor = Double(source.longestEdge) / Double(limit)
    shrink = canShrinkOnLoad ? [8, 4, 2].first { Double($0) * 2 <= factor } ?? 1 : 1
  }
}
