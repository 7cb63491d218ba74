import Finishing
import Imaging
import PictureFormats
import Core

extension RestoreAlpha {
  /// Replaces the picture's alpha with the original's, if that is planned.
  func apply(
    _ picture: consuming Image, on canvas: Canvas, _ originalImage: borrowing OriginalImage
  ) throws(ImagingError) -> Image {
    guard needsPixels else { return picture }
    let under = try canvas.part(of: originalImage)
    guard under.hasAlpha else { return picture.hasAlpha ? try picture.withoutAlpha() : picture }
    let opaque = picture.hasAlpha ? try picture.withoutAlpha() : try picture.widened(toBands: 3)
    return try opaque.with(alpha: under.alpha())
  }
}
