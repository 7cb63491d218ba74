import Foundation
package import Imaging
import PictureFormats
package import Core
package import struct Core.AffineTransform

/// A result whose placement on its original is known.
package struct Drift: Sendable {
  package var sample = Samples.coffee
  /// In fractions of the result's width and height.
  package var shift = (x: 0.0, y: 0.0)
  package var scale = 1.0
  /// Clockwise, in degrees.
  package var turn = 0.0
  /// The share of the picture, from its left edge, that shows something else.
  package var changed = 0.0
  package var isTinted = false

  package init(
    sample: String = Samples.coffee, shift: (x: Double, y: Double) = (0, 0), scale: Double = 1,
    turn: Double = 0, changed: Double = 0, isTinted: Bool = false
  ) {
    self.sample = sample
    self.shift = shift
    self.scale = scale
    self.turn = turn
    self.changed = changed
    self.isTinted = isTinted
  }

  /// The true transform from the original's pixels to the result's.
  package func map(_ original: PixelSize, _ result: PixelSize) -> AffineTransform {
    let (width, height) = (Double(result.width), Double(result.height))
    let (cosine, sine) = (cos(turn * .pi / 180) * scale, sin(turn * .pi / 180) * scale)
    let turned = AffineTransform(
      xx: cosine, xy: -sine, yx: sine, yy: cosine,
      dx: width / 2 * (1 - cosine) + height / 2 * sine + shift.x * width,
      dy: height / 2 * (1 - cosine) - width / 2 * sine + shift.y * height)
    return AffineTransform.stretch(original, to: result).then(turned)
  }

  /// The original as a model might return it: moved, tinted, partly replaced, and as a JPEG of quality 75.
  ///
  /// - Parameter other: the picture shown in the changed part; a sample by default.
  package func result(
    of original: borrowing Image, _ size: PixelSize, changedTo other: consuming Image? = nil
  ) throws -> Image {
    // Reduction by bicubic interpolation alone would add aliasing patterns.
    let reduced =
      original.size.longestEdge > size.longestEdge
      ? try original.shared().resized(to: size) : original.shared()
    let own = AffineTransform.stretch(reduced.size, to: original.size).then(map(original.size, size))
    var image = try reduced.warped(by: own, into: size).copiedToMemory()
    if isTinted {
      image = try image.recombined(
        [[1.05, 0.03, 0], [0, 0.94, 0.02], [0.02, 0, 0.88]], offset: [6, -4, 9]
      ).copiedToMemory()
    }
    if changed > 0 {
      let another =
        try other.take()
        ?? Image.decode(PictureBytes(Samples.bytes(Samples.rocket)), as: .jpeg).copiedToMemory()
      image = try Self.replacingLeft(changed, of: image, by: another)
    }
    let encoded = try image.encoded(as: .jpeg(quality: 75, halvedChroma: true))
    return try Image.decode(encoded, as: .jpeg).copiedToMemory()
  }

  private static func replacingLeft(
    _ share: Double, of image: borrowing Image, by other: borrowing Image
  ) throws -> Image {
    let size = image.size
    let width = Int((Double(size.width) * share).rounded())
    var pixels = try image.pixels()
    let patch = try other.shared().resized(to: PixelSize(width: width, height: size.height)).pixels()
    for y in 0..<size.height {
      let row = patch[(y * width * 3)..<((y + 1) * width * 3)]
      pixels.replaceSubrange((y * size.width * 3)..<(y * size.width + width) * 3, with: row)
    }
    return try Image.fromPixels(pixels, size: size, bands: 3)
  }

  /// The largest distance, in the original's pixels, between the true position of a point and the one that
  /// `map` (from the result's pixels to the original's) gives it, over the center and four points near the
  /// corners.
  package func error(of map: AffineTransform, _ original: PixelSize, _ result: PixelSize) -> Double {
    let truth = self.map(original, result)
    let distances = [(0.1, 0.1), (0.5, 0.5), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)].map { x, y in
      let (ox, oy) = (x * Double(original.width), y * Double(original.height))
      let there = truth(ox, oy)
      let (bx, by) = map(there.x, there.y)
      return ((bx - ox) * (bx - ox) + (by - oy) * (by - oy)).squareRoot()
    }
    return distances.max() ?? 0
  }
}

extension Drift: CustomStringConvertible {
  package var description: String {
    "\(sample), shift \(shift), scale \(scale), turn \(turn), changed \(changed), tinted \(isTinted)"
  }
}
