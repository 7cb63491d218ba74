import PictureFormats
import Core
import Raster

extension Raster where Self: ~Copyable {
  /// Whether all but 0.5 % of the pixels are nearly black, or nearly white, as when 12 bits are stored in 16
  /// unscaled. The image must be realized.
  func isNearlyBlank() throws(ImagingError) -> Bool {
    let size = size.longestEdge > lookedAtEdge ? size.scaled(toLongestEdge: lookedAtEdge) : size
    let small = try shared().resized(to: size)
    let (pixels, bands) = (try small.pixels(), small.bands)
    let colors = small.hasAlpha ? bands - 1 : bands
    var (dark, light) = (0, 0)
    for start in stride(from: 0, to: pixels.count, by: bands) {
      let pixel = pixels[start..<start + colors]
      if pixel.allSatisfy({ $0 <= darkest }) { dark += 1 }
      if pixel.allSatisfy({ $0 >= 255 - darkest }) { light += 1 }
    }
    return max(dark, light) >= pixels.count / bands * 995 / 1_000
  }
}

/// The longest edge in pixels to which the picture is reduced for this check.
private let lookedAtEdge = 256
/// The maximum level of a channel that counts as nearly black.
private let darkest: UInt8 = 16
