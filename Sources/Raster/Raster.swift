package import Core
package import PictureFormats

/// A picture's pixels with unique ownership, and what can be done to them: the steps of preparation are
/// written against this protocol, so that a step's arithmetic and its work on pixels stand in one file
/// although programs that only plan link no decoder.
///
/// Operations consume a picture and return the next one. They may be lazy until `copiedToMemory()`.
package protocol Raster: ~Copyable {
  /// Opens the picture that `structure` describes.
  ///
  /// - Parameters:
  ///   - cleaned: its file without private and superfluous blocks.
  ///   - shrink: the JPEG decoder's own reduction: 1, 2, 4 or 8.
  ///   - scale: for SVG, the rendered pixels per declared pixel.
  static func decode(
    _ cleaned: PictureContent, _ structure: PictureStructure, shrink: Int, scale: Double,
    tolerance: DecodingTolerance
  ) throws(ImagingError) -> Self

  /// The width and height.
  var size: PixelSize { get }
  /// The number of channels, including alpha.
  var bands: Int { get }
  var hasAlpha: Bool { get }
  var hasProfile: Bool { get }
  /// Whether the pixels are 8-bit sRGB or gray, with or without alpha.
  var isEightBitSRGB: Bool { get }

  /// Runs the pending steps and stores the result in memory.
  consuming func copiedToMemory() throws(ImagingError) -> Self
  /// A second handle on the same picture, which must be in memory.
  func shared() -> Self
  /// Copies the 8-bit pixels row by row, interleaved.
  func pixels() throws(ImagingError) -> [UInt8]

  /// Crops to the rectangle of `size` whose corner is at (`left`, `top`), inside the picture.
  consuming func cropped(left: Int, top: Int, to size: PixelSize) throws(ImagingError) -> Self
  /// Resamples to exactly `size`, in memory.
  consuming func resized(to size: PixelSize) throws(ImagingError) -> Self
  /// Turns the picture upright for an EXIF orientation of 1…8.
  consuming func oriented(_ exifOrientation: Int) throws(ImagingError) -> Self
  /// Crops or pads the picture to a frame, in which its corner is at `offset`.
  consuming func framed(
    _ frame: PixelSize, offset: PixelOffset, isCropped: Bool, background: RGBColor
  ) throws(ImagingError) -> Self
  /// Places the picture in a frame and continues it there as in a mirror.
  consuming func mirrored(into frame: PixelSize, left: Int, top: Int) throws(ImagingError) -> Self

  /// The peak brightness of an HDR picture with `bits` per channel, in units of SDR white.
  consuming func peak(_ hdr: HDRDescription, bits: Int) throws(ImagingError) -> Double
  /// Converts an HDR picture with `bits` per channel to 8-bit sRGB.
  consuming func inSRGB(
    from hdr: HDRDescription, bits: Int, peak: Double
  ) throws(ImagingError) -> Self
  /// Converts to 8-bit sRGB, through the embedded profile if `usingProfile` is set.
  func inSRGB(usingProfile: Bool) throws(ImagingError) -> Self
  /// Replaces the ICC profile.
  consuming func withProfile(_ profile: [UInt8]) throws(ImagingError) -> Self

  /// Whether every alpha value is the maximum. The picture must be in memory.
  func isOpaque() throws(ImagingError) -> Bool
  /// Removes the alpha channel.
  consuming func withoutAlpha() throws(ImagingError) -> Self
  /// Composites the picture over an opaque color and removes its alpha channel.
  consuming func flattened(onto color: RGBColor) throws(ImagingError) -> Self
}
