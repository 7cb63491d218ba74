import CImaging
import Core
package import PictureFormats

extension HDRDescription {
  /// - Parameter bits: the bits per channel of the file. libvips stores more than 8 bits in the upper bits of
  ///   16.
  fileprivate func parameters(bits: Int) -> CImagingHDR? {
    guard let w = space.weightsToSRGB, let share = space.luminance else { return nil }
    let full = (9...16).contains(bits) ? (1 << bits - 1) << (16 - bits) : 65_535
    return CImagingHDR(
      is_hlg: curve == .hlg, full: Int32(full),
      weights: (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]),
      luminance: (share[0], share[1], share[2]))
  }
}

extension Image {
  /// The peak brightness of an HDR picture, in units of SDR white and at most 4,000 cd/m²: brighter light is
  /// shown as white.
  ///
  /// - Parameter bits: the bits per channel of the file.
  package consuming func peak(_ hdr: HDRDescription, bits: Int) throws(ImagingError) -> Double {
    let reduced = size.longestEdge > Self.measuredEdge ? size.scaled(toLongestEdge: Self.measuredEdge) : size
    let small = try resized(to: reduced)
    var peak = 1.0
    guard var parameters = hdr.parameters(bits: bits), cimaging_hdr_peak(small.handle, &parameters, &peak)
    else { throw .stepFailed(.color, detail: ImagingRuntime.takeErrorText()) }
    return min(max(1, peak), Self.highestPeak)
  }

  /// The picture is reduced to this longest edge first, so that points of light smaller than one of its
  /// pixels do not count.
  private static let measuredEdge = 512
  private static let highestPeak = 4_000.0 / 203

  /// Converts an HDR picture to 8-bit sRGB.
  ///
  /// - Parameters:
  ///   - bits: the bits per channel of the file.
  ///   - peak: the peak brightness, in units of SDR white.
  package consuming func inSRGB(
    from hdr: HDRDescription, bits: Int, peak: Double
  ) throws(ImagingError) -> Image {
    guard var parameters = hdr.parameters(bits: bits) else {
      throw .stepFailed(.color, detail: "its primaries are collinear")
    }
    return try next(.color, cimaging_hdr_to_srgb(handle, &parameters, peak))
  }
}
