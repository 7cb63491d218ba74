package import PictureFormats
import CImaging
package import Core

/// One picture inside libvips: owned, never copied, released when it goes.
///
/// Steps consume one image and give the next. They are lazy until `copiedToMemory()` or `encoded(as:)` runs them. An image
/// belongs to the thread that made it and must not cross an `await`.
package struct Image: ~Copyable {
  let handle: OpaquePointer
  /// What a lazily decoded image still reads.
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

  /// Opens a picture with the decoder of `codec` and no other. A PNG in a file is read from there bit by bit; all others are taken
  /// into memory.
  ///
  /// - Parameters:
  ///   - shrink: the JPEG decoder's own reduction: 1, 2, 4 or 8.
  ///   - scale: an SVG's pixels for each that it declares.
  ///   - page: which page of a TIFF, or picture of an animation, counted from 1.
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

  /// The same of bytes in memory.
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

  /// - Parameter source: when it could not be read, that is what went wrong.
  private static func failure(_ step: ImagingError.Step, _ source: Source?) -> ImagingError {
    let detail = ImagingRuntime.takeErrorText()
    if case .file(let window)? = source, let failure = window.failure { return .unreadable(failure) }
    return .stepFailed(step, detail: detail)
  }

  /// Whether libvips here can read a format.
  package static func hasDecoder(_ codec: PictureFormat.Codec) throws(ImagingError) -> Bool {
    try ImagingRuntime.start()
    return cimaging_has_loader(codec.loader)
  }

  /// Wraps 8-bit gray (1 band), sRGB (3) or sRGB with alpha (4) pixels, row by row and interleaved.
  package static func fromPixels(
    _ pixels: [UInt8], size: PixelSize, bands: Int
  ) throws(ImagingError) -> Image {
    try ImagingRuntime.start()
    let handle = pixels.withUnsafeBytes {
      cimaging_from_pixels($0.baseAddress, $0.count, Int32(size.width), Int32(size.height), Int32(bands))
    }
    return try made(.open, handle)
  }

  package var size: PixelSize {
    PixelSize(width: Int(cimaging_width(handle)), height: Int(cimaging_height(handle)))
  }

  package var bands: Int { Int(cimaging_bands(handle)) }
  /// 8-bit sRGB or gray, with or without alpha.
  package var isEightBitSRGB: Bool { cimaging_is_8_bit_srgb(handle) }
  package var hasProfile: Bool { cimaging_has_profile(handle) }
  package var hasAlpha: Bool { cimaging_has_alpha(handle) }

  func next(_ step: ImagingError.Step, _ result: OpaquePointer?) throws(ImagingError) -> Image {
    guard let result else { throw Self.failure(step, source) }
    return Image(result, reading: source)
  }

  /// A picture of no file.
  static func made(_ step: ImagingError.Step, _ result: OpaquePointer?) throws(ImagingError) -> Image {
    guard let result else { throw .stepFailed(step, detail: ImagingRuntime.takeErrorText()) }
    return Image(result, reading: nil)
  }

  /// A second handle on the same picture, which must be realized, for steps that consume theirs.
  package func shared() -> Image { Image(cimaging_retain(handle), reading: source) }

  /// Runs the work so far, into memory.
  package consuming func copiedToMemory() throws(ImagingError) -> Image {
    try next(.decode, cimaging_copy_to_memory(handle))
  }

  /// AsyncSemaphore the picture upright for an EXIF orientation of 1…8.
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

  package consuming func withoutAlpha() throws(ImagingError) -> Image {
    try next(.alpha, cimaging_drop_alpha(handle))
  }

  /// In color with three channels, or four where the last is alpha; one that has as many is left as it is. For 8-bit sRGB or
  /// gray.
  package consuming func widened(toBands count: Int) throws(ImagingError) -> Image {
    guard bands != count else { return self }
    return try next(.color, cimaging_widen(handle, Int32(count)))
  }

  /// 8-bit sRGB as 16-bit RGB.
  package consuming func deepened() throws(ImagingError) -> Image {
    try next(.color, cimaging_deepen(handle))
  }

  /// Laid over an opaque color.
  package consuming func flattened(onto color: RGBColor) throws(ImagingError) -> Image {
    try next(.alpha, cimaging_flatten(handle, color.red, color.green, color.blue))
  }

  /// Resampled with Lanczos to exactly `size`, in memory: what fails here is the decoder, which has waited until now.
  package consuming func resized(to size: PixelSize) throws(ImagingError) -> Image {
    try next(.decode, cimaging_resize(handle, Int32(size.width), Int32(size.height)))
  }

  /// The rectangle of `size` whose corner is at (`left`, `top`), which must lie inside.
  package consuming func cropped(left: Int, top: Int, to size: PixelSize) throws(ImagingError) -> Image {
    let crop = cimaging_crop(handle, Int32(left), Int32(top), Int32(size.width), Int32(size.height))
    return try next(.crop, crop)
  }

  /// Cut down to, or laid on, a frame with its corner at `offset` of it; margins have the color of `background`. For
  /// 8-bit sRGB or gray.
  package consuming func framed(
    _ frame: PixelSize, offset: PixelOffset, isCropped: Bool, background: RGBColor
  ) throws(ImagingError) -> Image {
    if isCropped { return try cropped(left: -offset.x, top: -offset.y, to: frame) }
    let padded = cimaging_pad(
      handle, Int32(offset.x), Int32(offset.y), Int32(frame.width), Int32(frame.height), background.red,
      background.green, background.blue)
    return try next(.crop, padded)
  }

  /// Laid on a frame with its corner at (`left`, `top`), beyond which it is cut off; where the frame shows beside it, it is
  /// continued as in a mirror.
  package consuming func mirrored(into frame: PixelSize, left: Int, top: Int) throws(ImagingError) -> Image {
    let warped = cimaging_mirror(
      handle, Int32(left), Int32(top), Int32(frame.width), Int32(frame.height))
    return try next(.crop, warped)
  }

  /// Laid onto a frame of `size` by a map from its own pixels to the frame's, with bicubic interpolation; beyond its edges
  /// all is 0. What reduces it strongly has to be done before.
  package consuming func warped(by map: AffineTransform, into size: PixelSize) throws(ImagingError) -> Image {
    let numbers = [map.xx, map.xy, map.yx, map.yy, map.dx, map.dy]
    return try next(.warp, cimaging_warp(handle, numbers, Int32(size.width), Int32(size.height)))
  }

  /// Its brightness alone, in memory.
  package func gray() throws(ImagingError) -> GrayPixels {
    let gray = try next(.color, cimaging_gray(handle))
    return GrayPixels(size: size, pixels: try gray.pixels())
  }

  /// With that ICC profile in place of its own.
  package consuming func withProfile(_ profile: [UInt8]) throws(ImagingError) -> Image {
    try next(.color, cimaging_with_profile(handle, profile, profile.count))
  }

  /// In 8-bit sRGB; through the embedded profile when `usingProfile`. Does not consume, so that a broken profile can
  /// be left out in a second try.
  package func inSRGB(usingProfile: Bool) throws(ImagingError) -> Image {
    try next(.color, cimaging_to_srgb(handle, usingProfile))
  }

  /// Each channel as a weighted sum of red, green and blue plus an offset (0…255).
  package consuming func recombined(
    _ matrix: [[Double]], offset: [Double]
  ) throws(ImagingError) -> Image {
    try next(.effect, cimaging_recombine(handle, matrix.flatMap(\.self), offset))
  }

  /// Each channel as a weighted sum of red, green and blue plus an offset, in linear light (0…1). Alpha stays as it is.
  package consuming func mixedInLinearLight(
    _ weights: [[Double]], offset: [Double]
  ) throws(ImagingError) -> Image {
    try next(.effect, cimaging_mix_linear(handle, weights.flatMap(\.self), offset, nil))
  }

  /// An sRGB picture's colors in another RGB space, relative colorimetric; alpha stays as it is.
  package consuming func fromSRGB(to space: MatrixShaper) throws(ImagingError) -> Image {
    try next(.color, cimaging_mix_linear(handle, space.weights, [0, 0, 0], space.levels))
  }

  /// CIEDE2000 between each of its pixels and another's of the same size, row by row. For 8-bit sRGB without alpha.
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

  package consuming func blurred(sigma: Double) throws(ImagingError) -> Image {
    try next(.effect, cimaging_blur(handle, sigma))
  }

  /// Dark lines on white where brightness changes.
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
