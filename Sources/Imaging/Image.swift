package import PictureFormats
import CImaging
package import Core

/// A libvips image with unique ownership: it is never copied, and released at the end of its lifetime.
///
/// Each step consumes an image and returns the next one. Steps are lazy until `copiedToMemory()` or
/// `encoded(as:)` runs them. An image belongs to the thread that made it and must not cross an `await`.
package struct Image: ~Copyable {
  let handle: OpaquePointer
  /// The source from which a lazily decoded image still reads.
  private let source: Source?

  private enum Source {
    case memory(PictureBytes)
    case file(PictureWindow)
  }

  private init(_ handle: OpaquePointer, reading source: Source?) {
    self.handle = handle
    self.source = source
  }

  deinit { cimaging_release(handle) }

  /// Opens a picture with the decoder of `codec` and no other. A PNG in a file is read from there in
  /// portions; all other formats are read into memory.
  ///
  /// - Parameters:
  ///   - shrink: the JPEG decoder's own reduction: 1, 2, 4 or 8. Default: 1.
  ///   - scale: for SVG, the rendered pixels per declared pixel. Default: 1.
  ///   - page: the page of a TIFF, or the picture of an animation, counted from 1. Default: 1.
  package static func decode(
    _ content: PictureContent, as codec: PictureFormat.Codec, shrink: Int = 1, page: Int = 1,
    scale: Double = 1, tolerance: DecodingTolerance = .strict
  ) throws(ImagingError) -> Image {
    try ImagingRuntime.start()
    if codec.needsPermission {
      guard ImagingRuntime.isExpendable else { throw .needsOwnProcess(codec.rawValue) }
      cimaging_trust(codec.loader)
    }
    guard cimaging_has_loader(codec.loader) else { throw .loaderMissing("\(codec)".uppercased()) }
    if codec == .png, content.isInFile {
      let window = PictureWindow(content)
      return try opened(cimaging_decode_png(window.reader, tolerance == .strict), reading: .file(window))
    }
    let bytes = try inMemory(content)
    let memory = bytes.stableMemory
    let options = CImagingDecodeOptions(
      shrink: Int32(shrink), page: Int32(page - 1), scale: scale, fail_on_warning: tolerance == .strict)
    return try opened(
      cimaging_decode(codec.loader, memory.baseAddress, memory.count, options), reading: .memory(bytes))
  }

  /// The same for bytes in memory.
  package static func decode(
    _ bytes: PictureBytes, as codec: PictureFormat.Codec, shrink: Int = 1, page: Int = 1, scale: Double = 1,
    tolerance: DecodingTolerance = .strict
  ) throws(ImagingError) -> Image {
    try decode(
      PictureContent(bytes), as: codec, shrink: shrink, page: page, scale: scale, tolerance: tolerance)
  }

  private static func opened(_ result: OpaquePointer?, reading source: Source) throws(ImagingError) -> Image {
    guard let result else { throw failure(.open, source) }
    return Image(result, reading: source)
  }

  /// - Parameter source: if reading it failed, that failure is the error.
  private static func failure(_ step: ImagingError.Step, _ source: Source?) -> ImagingError {
    let detail = ImagingRuntime.takeErrorText()
    if case .file(let window)? = source, let failure = window.failure { return .unreadable(failure) }
    return .stepFailed(step, detail: detail)
  }

  /// Whether the installed libvips can read a format.
  package static func hasDecoder(_ codec: PictureFormat.Codec) throws(ImagingError) -> Bool {
    try ImagingRuntime.start()
    return cimaging_has_loader(codec.loader)
  }

  /// Copies 8-bit gray (1 band), sRGB (3) or sRGB with alpha (4) pixels, row by row and interleaved, to an
  /// image.
  package static func fromPixels(
    _ pixels: [UInt8], size: PixelSize, bands: Int
  ) throws(ImagingError) -> Image {
    try ImagingRuntime.start()
    let handle = pixels.withUnsafeBytes {
      cimaging_from_pixels($0.baseAddress, $0.count, Int32(size.width), Int32(size.height), Int32(bands))
    }
    return try made(.open, handle)
  }

  /// The width and height.
  package var size: PixelSize {
    PixelSize(width: Int(cimaging_width(handle)), height: Int(cimaging_height(handle)))
  }

  /// The number of channels, including alpha.
  package var bands: Int { Int(cimaging_bands(handle)) }
  /// Whether the pixels are 8-bit sRGB or gray, with or without alpha.
  package var isEightBitSRGB: Bool { cimaging_is_8_bit_srgb(handle) }
  package var hasProfile: Bool { cimaging_has_profile(handle) }
  package var hasAlpha: Bool { cimaging_has_alpha(handle) }

  package func next(_ step: ImagingError.Step, _ result: OpaquePointer?) throws(ImagingError) -> Image {
    guard let result else { throw Self.failure(step, source) }
    return Image(result, reading: source)
  }

  /// Wraps an image that reads from no file.
  package static func made(_ step: ImagingError.Step, _ result: OpaquePointer?) throws(ImagingError) -> Image
  {
    guard let result else { throw .stepFailed(step, detail: ImagingRuntime.takeErrorText()) }
    return Image(result, reading: nil)
  }

  /// A second handle on the same image, which must be realized, for steps that consume theirs.
  package func shared() -> Image { Image(cimaging_retain(handle), reading: source) }

  /// Runs the pending steps and stores the result in memory.
  package consuming func copiedToMemory() throws(ImagingError) -> Image {
    try next(.decode, cimaging_copy_to_memory(handle))
  }

  /// Turns the picture upright for an EXIF orientation of 1…8.
  package consuming func oriented(_ exifOrientation: Int) throws(ImagingError) -> Image {
    try next(.orient, cimaging_orient(handle, Int32(exifOrientation)))
  }

  /// Whether every alpha value is the maximum. The image must be realized.
  package func isOpaque() throws(ImagingError) -> Bool {
    guard hasAlpha else { return true }
    var opaque = false
    guard cimaging_alpha_is_opaque(handle, &opaque) else {
      throw .stepFailed(.alpha, detail: ImagingRuntime.takeErrorText())
    }
    return opaque
  }

  /// Removes the alpha channel.
  package consuming func withoutAlpha() throws(ImagingError) -> Image {
    try next(.alpha, cimaging_drop_alpha(handle))
  }

  /// Converts 8-bit sRGB or gray to `count` channels: three in color, or four with alpha. An image that has
  /// that many is unchanged.
  package consuming func widened(toBands count: Int) throws(ImagingError) -> Image {
    guard bands != count else { return self }
    return try next(.color, cimaging_widen(handle, Int32(count)))
  }

  /// Converts 8-bit sRGB to 16-bit RGB.
  package consuming func deepened() throws(ImagingError) -> Image {
    try next(.color, cimaging_deepen(handle))
  }

  /// Composites the picture over an opaque color and removes its alpha channel.
  package consuming func flattened(onto color: RGBColor) throws(ImagingError) -> Image {
    try next(.alpha, cimaging_flatten(handle, color.red, color.green, color.blue))
  }

  /// Resamples with Lanczos to exactly `size`, in memory. A failure here is one of the decoder, which runs
  /// only now.
  package consuming func resized(to size: PixelSize) throws(ImagingError) -> Image {
    try next(.decode, cimaging_resize(handle, Int32(size.width), Int32(size.height)))
  }

  /// Crops to the rectangle of `size` whose corner is at (`left`, `top`). It must lie inside the picture.
  package consuming func cropped(left: Int, top: Int, to size: PixelSize) throws(ImagingError) -> Image {
    let crop = cimaging_crop(handle, Int32(left), Int32(top), Int32(size.width), Int32(size.height))
    return try next(.crop, crop)
  }

  /// Crops the picture to a frame, or pads it to one. `offset` is the position of the picture's corner in the
  /// frame. Margins have the color of `background`. For 8-bit sRGB or gray.
  package consuming func framed(
    _ frame: PixelSize, offset: PixelOffset, isCropped: Bool, background: RGBColor
  ) throws(ImagingError) -> Image {
    if isCropped { return try cropped(left: -offset.x, top: -offset.y, to: frame) }
    let padded = cimaging_pad(
      handle, Int32(offset.x), Int32(offset.y), Int32(frame.width), Int32(frame.height), background.red,
      background.green, background.blue)
    return try next(.crop, padded)
  }

  /// Places the picture in a frame with its corner at (`left`, `top`), and crops what is outside. The rest of
  /// the frame continues the picture as in a mirror.
  package consuming func mirrored(into frame: PixelSize, left: Int, top: Int) throws(ImagingError) -> Image {
    let warped = cimaging_mirror(
      handle, Int32(left), Int32(top), Int32(frame.width), Int32(frame.height))
    return try next(.crop, warped)
  }

  /// Warps the picture into a frame of `size` with bicubic interpolation. `map` maps its own pixels to those
  /// of the frame. Pixels beyond its edges are 0. Reduce the picture first if the map reduces it strongly.
  package consuming func warped(by map: AffineTransform, into size: PixelSize) throws(ImagingError) -> Image {
    let numbers = [map.xx, map.xy, map.yx, map.yy, map.dx, map.dy]
    return try next(.warp, cimaging_warp(handle, numbers, Int32(size.width), Int32(size.height)))
  }

  /// The brightness of the picture, in memory.
  package func gray() throws(ImagingError) -> GrayPixels {
    let gray = try next(.color, cimaging_gray(handle))
    return GrayPixels(size: size, pixels: try gray.pixels())
  }

  /// Replaces the ICC profile.
  package consuming func withProfile(_ profile: [UInt8]) throws(ImagingError) -> Image {
    try next(.color, cimaging_with_profile(handle, profile, profile.count))
  }

  /// Converts to 8-bit sRGB, through the embedded profile if `usingProfile` is set. Does not consume the
  /// image, so that the caller can try again without a broken profile.
  package func inSRGB(usingProfile: Bool) throws(ImagingError) -> Image {
    try next(.color, cimaging_to_srgb(handle, usingProfile))
  }

  /// Replaces each channel by a weighted sum of red, green and blue plus an offset (0…255).
  package consuming func recombined(
    _ matrix: [[Double]], offset: [Double]
  ) throws(ImagingError) -> Image {
    try next(.effect, cimaging_recombine(handle, matrix.flatMap(\.self), offset))
  }

  /// Replaces each channel by a weighted sum of red, green and blue plus an offset, in linear light (0…1).
  /// Alpha is unchanged.
  package consuming func mixedInLinearLight(
    _ weights: [[Double]], offset: [Double]
  ) throws(ImagingError) -> Image {
    try next(.effect, cimaging_mix_linear(handle, weights.flatMap(\.self), offset, nil))
  }

  /// Converts from sRGB to another RGB space, relative colorimetric. Alpha is unchanged.
  package consuming func fromSRGB(to space: MatrixShaper) throws(ImagingError) -> Image {
    try next(.color, cimaging_mix_linear(handle, space.weights, [0, 0, 0], space.levels))
  }

  /// The CIEDE2000 difference between each pixel and the same pixel of another picture of the same size, row
  /// by row. For 8-bit sRGB without alpha.
  package func differences(from other: borrowing Image) throws(ImagingError) -> [Float] {
    let count = size.pixelCount
    var isDone = false
    let differences = [Float](unsafeUninitializedCapacity: count) { room, initialized in
      if let base = room.baseAddress {
        isDone = cimaging_copy_differences(handle, other.handle, base, count)
      }
      initialized = isDone ? count : 0
    }
    guard isDone else { throw .stepFailed(.effect, detail: ImagingRuntime.takeErrorText()) }
    return differences
  }

  /// Applies a Gaussian blur; `sigma` is in pixels.
  package consuming func blurred(sigma: Double) throws(ImagingError) -> Image {
    try next(.effect, cimaging_blur(handle, sigma))
  }

  /// Detects edges (Sobel): dark lines on white where brightness changes.
  package consuming func edges() throws(ImagingError) -> Image {
    try next(.effect, cimaging_edges(handle))
  }

  /// The 8-bit pixels, row by row and interleaved.
  package func pixels() throws(ImagingError) -> [UInt8] {
    let count = size.pixelCount * bands
    var failed = false
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
      failed = !cimaging_copy_pixels(handle, room.baseAddress, count)
      initialized = failed ? 0 : count
    }
    guard !failed else { throw .stepFailed(.decode, detail: ImagingRuntime.takeErrorText()) }
    return pixels
  }
}
