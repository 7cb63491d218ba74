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
    // The decoder's reduction is a plain box average, and leaves out what does not fill a last box: with a factor of
    // two left to the resampling kernel on both edges, its sharpness is kept and less than half a pixel is missing.
    let target = size
    let leavesTwo = { (shrink: Int) in
      source.width >= 2 * shrink * target.width && source.height >= 2 * shrink * target.height
    }
    shrink = canShrinkOnLoad ? [8, 4, 2].first(where: leavesTwo) ?? 1 : 1
  }
}
