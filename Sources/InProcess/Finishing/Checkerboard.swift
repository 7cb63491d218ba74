import Finishing
import Imaging
import PictureFormats
import Core

/// Whether a picture holds the gray and white squares by which programs show transparency. Models that are asked for a
/// transparent ground paint them.
func hasPaintedCheckerboard(_ picture: borrowing Image) throws(ImagingError) -> Bool {
  let edge = 1_024
  let size = picture.size.longestEdge > edge ? picture.size.scaled(toLongestEdge: edge) : picture.size
  let gray = try picture.shared().resized(to: size).gray()
  return (4...48).contains { Checkerboard.share(of: gray, square: $0) >= Checkerboard.least }
}

private enum Checkerboard {
  /// Of the picture: less is the collar of a shirt.
  static let least = 0.04
  /// Squares differ by as much as is seen, and no more than white and a middle gray, in levels of 255.
  private static let contrast = 10...130
  private static let evenness = 6

  /// How much of a picture looks like squares of that many pixels: as bright two squares further, and one square further both
  /// ways, but not one square further one way.
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
