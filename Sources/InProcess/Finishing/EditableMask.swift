import Finishing
import Imaging
import PictureFormats
import Core

/// The area where a result may change its original, over the part that it shows, at `size`: 255 where it may,
/// 0 where it must not; `nil` when it may everywhere.
func editableMask(
  for size: PixelSize, _ crop: OriginalCrop, _ mask: Mask?, _ options: FinishingOptions,
  _ original: PixelSize
) throws(ImagingError) -> [UInt8]? {
  let area = crop.area
  var levels: [UInt8]?
  if let region = options.region {
    let inside = region.moved(x: -area.left, y: -area.top)
    let scale = AffineTransform.stretch(area.size, to: size)
    let (left, top) = scale(Double(inside.left), Double(inside.top))
    let (right, bottom) = scale(Double(inside.right), Double(inside.bottom))
    levels = (0..<size.pixelCount).map { place in
      let (x, y) = (Double(place % size.width) + 0.5, Double(place / size.width) + 0.5)
      return x >= left && x < right && y >= top && y < bottom ? 255 : 0
    }
  }
  if let mask = mask?.image() {
    var map = AffineTransform.stretch(mask.size, to: original)
    (map.dx, map.dy) = (map.dx - Double(area.left), map.dy - Double(area.top))
    let own = try warp(mask, by: map.then(.stretch(area.size, to: size)), into: size).pixels()
    levels = levels.map { zip($0, own).map(min) } ?? own
  }
  return levels
}

extension OriginalCrop {
  /// The crop as a share of the original's pixels.
  func share(of original: PixelSize) -> Double {
    Double(area.size.pixelCount) / Double(original.pixelCount)
  }
}
