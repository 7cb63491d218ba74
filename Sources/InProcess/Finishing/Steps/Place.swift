import Finishing
import Imaging
import PictureFormats
import Core

/// The canvas of a finished picture, onto which the result is warped and composited.
struct Canvas {
  /// The size of the finished picture.
  let size: PixelSize
  /// The part of the canvas that the result shows.
  let area: PixelArea
  /// The map from the result's pixels to those of `area`.
  let map: AffineTransform
  let crop: OriginalCrop
  let original: PixelSize
  let isOriginals: Bool

  init(_ crop: OriginalCrop, _ place: Placement, _ original: PixelSize, _ options: FinishingOptions) {
    self.crop = crop
    self.original = original
    isOriginals = options.hasOriginalsSize
    // Without an exact size to meet, the result keeps its own resolution.
    area =
      isOriginals
      ? crop.area
      : PixelArea(crop.area.size.scaled(by: 1 / abs(place.start.determinant).squareRoot()))
    size = isOriginals ? original : area.size
    map = place.map.then(.stretch(crop.area.size, to: area.size))
  }

  /// The part of the original under the canvas, in the canvas's size.
  func part(of originalImage: borrowing OriginalImage) throws(ImagingError) -> Image {
    let picture = try originalImage.picture()
    guard !isOriginals else { return picture }
    let cropped =
      crop.area == PixelArea(original)
      ? picture : try picture.cropped(left: crop.area.left, top: crop.area.top, to: crop.area.size)
    return try cropped.resized(to: size)
  }
}

extension Place {
  /// Warps the result into the part of the canvas that it shows.
  func apply(_ result: borrowing Image, on canvas: Canvas) throws(ImagingError) -> Image {
    try warp(result, by: canvas.map, into: canvas.area.size)
  }
}
