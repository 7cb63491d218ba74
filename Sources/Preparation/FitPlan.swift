package import Core

/// How a picture is fitted to the requested aspect ratio.
public enum Fit: String, Sendable, Codable, CaseIterable {
  /// The picture keeps its own aspect ratio.
  case none
  /// Adds margins of the background color.
  case pad
  /// Crops the longer edges, equally at both ends.
  case crop
}

/// The geometry of a prepared picture: its size after scaling, the margins that it gets or loses, and the
/// JPEG decoder's share of the reduction. Pure arithmetic.
package struct FitPlan: Equatable, Sendable {
  /// The size of the whole picture after scaling, in the stored orientation, like the size that was given.
  package let size: PixelSize
  /// The decoder's own reduction: 1, 2, 4 or 8.
  package let shrink: Int
  /// The upright size of the picture that is sent: `size`, plus padding or minus what is cropped.
  package let frame: PixelSize
  /// The position of the scaled picture's corner in the frame: positive where margins are added, negative
  /// where the picture is cropped.
  package let offset: PixelOffset

  /// - Parameters:
  ///   - source: the picture's size as stored.
  ///   - isOnItsSide: whether width and height are exchanged when the picture is turned upright. Default:
  ///     `false`.
  ///   - limit: the maximum longest edge of the frame in pixels; `nil` for no limit.
  ///   - fit: how the picture is fitted to `ratio`. Default: `none`.
  ///   - ratio: the aspect ratio of the frame, if `fit` is not `none`. Default: `nil`.
  ///   - canShrinkOnLoad: whether the decoder can reduce the picture.
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
    // Rounding must leave no gap in a cropped picture and no overhang in a padded one.
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
  ///   - scaled: the upright size of the whole picture after scaling.
  ///   - frame: the upright size of the frame, which has the same center.
  init(
    _ source: PixelSize, _ isOnItsSide: Bool, scaled: PixelSize, frame: PixelSize, _ canShrinkOnLoad: Bool
  ) {
    self.frame = frame
    offset = PixelOffset(x: (frame.width - scaled.width) / 2, y: (frame.height - scaled.height) / 2)
    size = isOnItsSide ? scaled.transposed : scaled
    // The decoder's reduction is a plain box average, and it drops the pixels that do not fill a last box.
    // With a factor of two left to the resampling kernel on both edges, the kernel's sharpness is kept and
    // less than half a pixel is missing.
    let target = size
    let leavesTwo = { (shrink: Int) in
      source.width >= 2 * shrink * target.width && source.height >= 2 * shrink * target.height
    }
    shrink = canShrinkOnLoad ? [8, 4, 2].first(where: leavesTwo) ?? 1 : 1
  }

  /// The upright size and position of the whole picture when the frame was reduced once more to meet the byte
  /// limit.
  package func scaled(toFrame smaller: PixelSize, isOnItsSide: Bool) -> (size: PixelSize, offset: PixelOffset)
  {
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

  /// The smallest frame of the aspect ratio around a picture, or the largest inside it, in the picture's own
  /// pixels.
  private static func framed(
    _ size: PixelSize, _ fit: Fit, _ ratio: AspectRatio?
  ) -> (width: Double, height: Double) {
    let (width, height) = (Double(size.width), Double(size.height))
    guard let ratio, fit != .none else { return (width, height) }
    let wanted = Double(ratio.width) / Double(ratio.height)
    let isWider = width / height > wanted
    // Padding extends the edge that is too short, cropping shortens the one that is too long.
    return isWider == (fit == .pad) ? (width, width / wanted) : (height * wanted, height)
  }
}
