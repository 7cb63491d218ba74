import Finishing
import Imaging
import PictureFormats
import Core

/// Whether a picture contains the gray and white squares with which programs show transparency. Models paint
/// them when they are asked for a transparent background.
func hasPaintedCheckerboard(_ picture: borrowing Image) throws(ImagingError) -> Bool {
  let edge = 1_024
  let size = picture.size.longestEdge > edge ? picture.size.scaled(toLongestEdge: edge) : picture.size
  let gray = try picture.shared().resized(to: size).gray()
  return (4...48).contains { Checkerboard.share(of: gray, square: $0) >= Checkerboard.least }
}

private enum Checkerboard {
  /// As a share of the picture: less may be the collar of a shirt.
  static let least = 0.04
  /// The difference between the two kinds of squares, in levels of 255: at least visible, and at most that of
  /// white and a middle gray.
  private static let contrast = 10...130
  private static let evenness = 6

  /// The share of the picture that looks like squares of that many pixels: equal brightness two squares
  /// farther, and one square farther in both directions, but not one square farther in one direction.
  static func share(of gray: GrayPixels, square: Int) -> Double {
    let (width, height) = (gray.size.width, gray.size.height)
    guard width > 3 * square, height > 3 * square else { return 0 }
    var (seen, alike) = (0, 0)
    for y in stride(from: 0, to: height - 2 * square, by: 3) {
      for x in stride(from: 0, to: width - 2 * square, by: 3) {
        seen += 1
        let level = { (dx: Int, dy: Int) in
          Int(gray.pixels[(y + dy * square) * width + x + dx * square])
        }
        let own = level(0, 0)
        let other = level(1, 0)
        guard contrast.contains(abs(own - other)), max(own, other) > 150,
          abs(level(0, 1) - other) < evenness, abs(level(1, 1) - own) < evenness,
          abs(level(2, 0) - own) < evenness, abs(level(0, 2) - own) < evenness,
          abs(level(2, 1) - other) < evenness
        else { continue }
        alike += 1
      }
    }
    return Double(alike) / Double(max(1, seen))
  }
}
