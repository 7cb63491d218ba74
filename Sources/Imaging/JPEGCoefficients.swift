import PictureFormats
import CLossless
package import Core

/// The quantized DCT coefficients of a JPEG. They are turned, made coarser, and packed again without being
/// decoded to pixels, so that nothing is lost beyond what is requested.
package struct JPEGCoefficients: ~Copyable {
  private let handle: OpaquePointer

  /// Reads the coefficients. Returns `nil` if libjpeg cannot read the file or warns about it: then the
  /// decoder decides.
  package init?(_ bytes: PictureBytes) {
    var handle: OpaquePointer?
    let outcome = bytes.withUnsafeBytes { lossless_jpeg_open($0.baseAddress, $0.count, &handle) }
    guard outcome == .done, let handle else { return nil }
    self.handle = handle
  }

  deinit { lossless_jpeg_close(handle) }

  /// Whether an EXIF orientation can be applied losslessly, by moving whole blocks.
  package func canTurn(_ exifOrientation: Int) -> Bool {
    lossless_jpeg_can_turn(handle, Int32(exifOrientation))
  }

  /// Writes a progressive JPEG file of these values, without any metadata.
  ///
  /// - Parameters:
  ///   - exifOrientation: 1…8, applied to the blocks. The result is `nil` if `canTurn` is `false` for it.
  ///   - isDetailed: whether the file will have more than about one bit per pixel, for which other passes
  ///     pack better.
  ///   - quality: 1…100: no value is kept finer than in libjpeg's standard table at this quality. `nil` keeps
  ///     every value.
  package func written(exifOrientation: Int, isDetailed: Bool, quality: Int?) -> PictureBytes? {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    let options = LosslessJPEGOptions(
      exif_orientation: Int32(exifOrientation), quality: Int32(quality ?? 0),
      passes: isDetailed ? .byFrequency : .byBit, every: 1)
    guard lossless_jpeg_write(handle, options, &bytes, &count) == .done else { return nil }
    return adopted(bytes, count)
  }

  /// Estimates the size of the file that `written` returns, to within a few percent and in a sixteenth of its
  /// time, from every sixteenth row of blocks. Returns `nil` if those are too few to tell.
  package func likelySize(isDetailed: Bool, quality: Int) -> Int? {
    let (every, fewest): (Int32, Int32) = (16, 6)
    let rows = lossless_jpeg_sampled_rows(handle, every)
    guard rows >= fewest else { return nil }
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    let options = LosslessJPEGOptions(
      exif_orientation: 1, quality: Int32(quality), passes: isDetailed ? .byFrequency : .byBit, every: every)
    guard lossless_jpeg_write(handle, options, &bytes, &count) == .done else { return nil }
    lossless_free(bytes)
    return count * Int(lossless_jpeg_rows(handle)) / Int(rows)
  }
}

/// Recompresses a PNG as strongly as possible. Pixels, palette and transparency are unchanged. Returns `nil`
/// if libpng warns about the file: then the decoder decides.
package func squeezedPNG(_ file: PictureBytes) -> PictureBytes? {
  var bytes: UnsafeMutableRawPointer?
  var count = 0
  let outcome = file.withUnsafeBytes { lossless_png_squeeze($0.baseAddress, $0.count, &bytes, &count) }
  return outcome == .done ? adopted(bytes, count) : nil
}

private func adopted(_ bytes: UnsafeMutableRawPointer?, _ count: Int) -> PictureBytes? {
  guard let bytes else { return nil }
  return PictureBytes(adopting: UnsafeRawBufferPointer(start: bytes, count: count)) {
    lossless_free(UnsafeMutableRawPointer(mutating: $0))
  }
}
