package import Core

/// How a picture is given the shape that was asked for.
public enum Fit: String, Sendable, Codable, CaseIterable {
  /// It keeps its own shape.
  case none
  /// Margins of the background color are added.
  case pad
  /// What sticks out is cut off, at both ends alike.
  case crop
}

/// How many pixels a picture is to have, what margins it gets or loses, and how much of the reduction the JPEG decoder
/// does by itself. Pure arithmetic.
package struct FitPlan: Equatable, Sendable {
  /// The whole picture's size after scaling, stored as it is: in the same orientation as the size that was given.
  package let size: PixelSize
  /// 1, 2, 4 or 8: the decoder's own reduction.
  package let shrink: Int
  /// What is sent, upright: `size`, and more or less of it where it is padded or cropped.
  package let frame: PixelSize
  /// Where the scaled picture's corner lies in the frame: positive where margins were added, negative where it sticks
  /// out.
  package let offset: PixelOffset

  /// - Parameters:
  ///   - source: the picture's size as it is stored.
  ///   - isOnItsSide: whether width and height change places when it is turned upright.
  ///   - limit: the longest edge of the frame.
  ///   - ratio: the frame's shape, when `fit` is not `none`.
  package init(
    _ source: PixelSize, isOnItsSide: Bool = false, longestEdge limit: Int?, fit: Fit = .none,
    ratio: AspectRatio? = nil, canShrinkOnLoad: Bool
  ) {
    let upright = isOnItsSide ? source.transposed : source
    let framed = Self.framed(upright, fit, ratio)
    let edge = max(framed.width, framed.height)
    let factor = min(1, Double(limit ?? .max) / edge)
    let frame = PixelSize(
      width: Int((framed.width * factor).rounded()), height: Int((framed.height * factor).rounded()))
    var scaled = PixelSize(
      width: Int((Double(upright.width) * factor).rounded()),
      height: Int((Double(upright.height) * factor).rounded()))
    // Rounding must leave neither a seam in a cropped picture nor an overhang in a padded one.
    scaled =
      switch fit {
      case .none: scaled
      case .crop:
        PixelSize(width: max(scaled.width, frame.width), height: max(scaled.height, frame.height))
      case .pad: PixelSize(width: min(scaled.width, frame.width), height: min(scaled.height, frame.height))
      }
    self.init(source, isOnItsSide, scaled: scaled, frame: frame, canShrinkOnLoad)
  }

  /// - Parameters:
  ///   - scaled: the whole picture's size, upright.
  ///   - frame: around its middle.
  init(
    _ source: PixelSize, _ isOnItsSide: Bool, scaled: PixelSize, frame: PixelSize, _ canShrinkOnLoad: Bool
  ) {
    self.frame = frame
    offset = PixelOffset(x: (frame.width - scaled.width) / 2, y: (frame.height - scaled.height) / 2)
    size = isOnItsSide ? scaled.transposed : scaled
    // The decoder's reduction is a plain box average, and leaves out what does not fill a last box: with a factor of
    // two left to the resampling kernel on both edges, its sharpness is kept and less than half a pixel is missing.
    let target = size
    let leavesTwo = { (shrink: Int) in
      source.width >= 2 * shrink * target.width && source.height >= 2 * shrink * target.height
    }
    shrink = canShrinkOnLoad ? [8, 4, 2].first(where: leavesTwo) ?? 1 : 1
  }

  /// Where the whole picture lies, upright, when the frame was made smaller once more, for its bytes.
  func scaled(toFrame smaller: PixelSize, isOnItsSide: Bool) -> (size: PixelSize, offset: PixelOffset) {
    let whole = isOnItsSide ? size.transposed : size
    guard smaller != frame else { return (whole, offset) }
    let (x, y) = (
      Double(smaller.width) / Double(frame.width), Double(smaller.height) / Double(frame.height)
    )
    return (
      PixelSize(
        width: Int((Double(whole.width) * x).rounded()), height: Int((Double(whole.height) * y).rounded())),
      PixelOffset(x: Int((Double(offset.x) * x).rounded()), y: Int((Double(offset.y) * y).rounded()))
    )
  }

  /// The smallest frame of that shape around a picture, or the largest inside it, in the picture's own pixels.
  private static func framed(
    _ size: PixelSize, _ fit: Fit, _ ratio: AspectRatio?
  ) -> (width: Double, height: Double) {
    let (width, height) = (Double(size.width), Double(size.height))
    guard let ratio, fit != .none else { return (width, height) }
    let wanted = Double(ratio.width) / Double(ratio.height)
    let isWider = width / height > wanted
    // A pad grows the edge that is too short, a crop shortens the one that is too long.
    return isWider == (fit == .pad) ? (width, width / wanted) : (height * wanted, height)
  }
}
