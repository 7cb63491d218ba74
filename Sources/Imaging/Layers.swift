package import PictureFormats
import CImaging
package import Core

/// Masks and compositing. A mask has one 8-bit channel.
extension Image {
  /// A mask that is 255 inside the rectangle and 0 outside. It rises over `feather` pixels inside the
  /// rectangle's edges, except at edges that coincide with the frame's.
  package static func mask(
    _ frame: PixelSize, _ rectangle: PixelArea, feather: Int
  ) throws(ImagingError) -> Image {
    try ImagingRuntime.start()
    return try made(
      .open,
      cimaging_rectangle_mask(
        Int32(frame.width), Int32(frame.height), Int32(rectangle.left), Int32(rectangle.top),
        Int32(rectangle.size.width), Int32(rectangle.size.height), Int32(feather)))
  }

  /// Multiplies this mask by another of the same size. Both must be realized or generated here.
  package consuming func multiplied(by other: borrowing Image) throws(ImagingError) -> Image {
    try next(.warp, cimaging_multiply_masks(handle, other.handle))
  }

  /// Sets levels below 16 of 255 to 0, and those as near to 255 to 255: encoding and resampling leave such
  /// levels where none are intended.
  package consuming func settled() throws(ImagingError) -> Image {
    try next(.effect, cimaging_settle_mask(handle, 16))
  }

  /// Composites this picture over another of the same size and format: fully where `mask` is 255, blended
  /// where it is less. Where the mask is 0, the other picture's pixels are unchanged.
  ///
  /// This picture and the mask must be realized or generated here; the other may still wait for its decoder.
  package consuming func blended(
    over under: consuming Image, mask: borrowing Image
  ) throws(ImagingError) -> Image {
    try under.next(.warp, cimaging_blend(handle, under.handle, mask.handle))
  }

  /// Places the picture in a frame with its corner at (`left`, `top`). What is outside is cropped, and the
  /// rest of the frame is 0.
  package consuming func embedded(in frame: PixelSize, left: Int, top: Int) throws(ImagingError) -> Image {
    try next(
      .crop,
      cimaging_embed(handle, Int32(left), Int32(top), Int32(frame.width), Int32(frame.height)))
  }

  /// The alpha channel as a mask.
  package func alpha() throws(ImagingError) -> Image {
    try next(.alpha, cimaging_alpha(handle))
  }

  /// Adds a mask of the same size as the alpha channel of a picture without alpha.
  package consuming func with(alpha mask: borrowing Image) throws(ImagingError) -> Image {
    try next(.alpha, cimaging_with_alpha(handle, mask.handle))
  }
}
