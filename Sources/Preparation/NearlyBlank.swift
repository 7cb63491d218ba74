import Imaging
import PictureFormats
import Core

extension Image {
  /// Whether all but a few of its pixels are nearly black, or nearly white: what is left of 12 bits in 16. It must be realized.
  func isNearlyBlank() throws(ImagingError) -> Bool {
    let size = size.longestEdge > Self.lookedAtEdge ? size.scaled(toLongestEdge: Self.lookedAtEdge) : size
    let small = try shared().resized(to: size)
    let (pixels, bands) = (try small.pixels(), small.bands)
    let colors = small.hasAlpha ? bands - 1 : bands
    var (dark, light) = (0, 0)
    for start in stride(from: 0, to: pixels.count, by: bands) {
      let pixel = pixels[start..<start + colors]
      if pixel.allSatisfy({ $0 <= Self.darkest }) { dark += 1 }
      if pixel.allSatisfy({ $0 >= 255 - Self.darkest }) { light += 1 }
    }
    return max(dark, light) >= pixels.count / bands * 995 / 1_000
  }

  /// In pixels.
  private static let lookedAtEdge = 256
  private static let darkest: UInt8 = 16
}
