import PictureFormats
import CLossless
package import Core

/// The quantized values of a JPEG: turned, made coarser and packed again without ever becoming pixels, so that nothing
/// is lost but what is asked for.
package struct JPEGCoefficients: ~Copyable {
  private let handle: OpaquePointer

  /// `nil` for what libjpeg cannot take apart or has any doubt about: then the decoder has to judge.
  package init?(_ bytes: PictureBytes) {
    var handle: OpaquePointer?
    let outcome = bytes.withUnsafeBytes { lossless_jpeg_open($0.baseAddress, $0.count, &handle) }
    guard outcome == .done, let handle else { return nil }
    self.handle = handle
  }

  deinit { lossless_jpeg_close(handle) }

  /// Whether an EXIF orientation can be applied to whole blocks, which is without loss.
  package func canTurn(_ exifOrientation: Int) -> Bool {
    lossless_jpeg_can_turn(handle, Int32(exifOrientation))
  }

  /// A JPEG file of these values, progressive, without any metadata.
  ///
  /// - Parameters:
  ///   - exifOrientation: 1…8, applied to the blocks; one that `canTurn` refuses gives `nil`.
  ///   - isDetailed: whether the file will have more than about one bit a pixel, which other passes pack better.
  ///   - quality: 1…100: no value finer than libjpeg's standard table has at it. `nil` keeps every value.
  package func written(exifOrientation: Int, isDetailed: Bool, quality: Int?) -> PictureBytes? {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    let options = LosslessJPEGOptions(
      exif_orientation: Int32(exifOrientation), quality: Int32(quality ?? 0),
      passes: isDetailed ? .byFrequency : .byBit, every: 1)
    guard lossless_jpeg_write(handle, options, &bytes, &count) == .done else { return nil }
    return adopted(bytes, count)
  }

  /// How many bytes `written` may give, to a few hundredths, in a sixteenth of its time: from every sixteenth row of blocks.
  /// `nil` where that is too few to tell.
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

/// Packs a PNG again as hard as can be; pixels, palette and transparency stay as they are. `nil` when libpng has any
/// doubt about it: then the decoder has to judge.
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
