package import PictureFormats
import CImaging
package import Core

/// Masks, and pictures laid over one another by them. A mask has one 8-bit channel.
extension Image {
  /// A frame in which the rectangle is 255 and the rest 0; it rises over `feather` pixels inside the rectangle's edges, except
  /// at those that are the frame's own.
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

  /// What this mask and another of the same size have in common. Both must be realized, or made here.
  package consuming func multiplied(by other: borrowing Image) throws(ImagingError) -> Image {
    try next(.warp, cimaging_multiply_masks(handle, other.handle))
  }

  /// With levels below 16 of 255 as none, and those as near to 255 as all: coding and resampling leave such where nothing is meant.
  package consuming func settled() throws(ImagingError) -> Image {
    try next(.effect, cimaging_settle_mask(handle, 16))
  }

  /// Laid over another picture of the same size and format where `mask` is 255, and blended where that is less. Where it is 0,
  /// the other's pixels are left exactly as they are.
  ///
  /// This picture and the mask must be realized, or made here; the other may still wait for its decoder.
  package consuming func blended(
    over under: consuming Image, mask: borrowing Image
  ) throws(ImagingError) -> Image {
    try under.next(.warp, cimaging_blend(handle, under.handle, mask.handle))
  }

  /// With its corner at (`left`, `top`) of a frame, which cuts off what is beyond it and is 0 beside it.
  package consuming func embedded(in frame: PixelSize, left: Int, top: Int) throws(ImagingError) -> Image {
    try next(
      .crop,
      cimaging_embed(handle, Int32(left), Int32(top), Int32(frame.width), Int32(frame.height)))
  }

  /// Its alpha channel alone, as a mask.
  package func alpha() throws(ImagingError) -> Image {
    try next(.alpha, cimaging_alpha(handle))
  }

  /// With a mask of the same size as its alpha channel. For one without alpha.
  package consuming func with(alpha mask: borrowing Image) throws(ImagingError) -> Image {
    try next(.alpha, cimaging_with_alpha(handle, mask.handle))
  }
}
