package import PictureFormats
import CImaging
package import Core

extension Image {
  /// The format and settings of an encoding. Metadata and profiles are never written.
  package enum Encoding: Sendable, Equatable {
    /// JPEG with quality 1…100. `halvedChroma` selects 4:2:0 instead of 4:4:4. `fitsTables` optimizes the
    /// Huffman tables for the picture, which takes three times as long and gives smaller files.
    case jpeg(quality: Int, halvedChroma: Bool, fitsTables: Bool = true)
    /// PNG at deflate level 6.
    case png
    /// PNG at deflate level 2: a quarter of the time, and 2 % larger (measured on photographs).
    case quickPNG
    /// WebP with quality 1…100; `nil` for lossless.
    case webp(quality: Int?)
  }

  /// Runs the pending work and encodes the result.
  package func encoded(as encoding: Encoding) throws(ImagingError) -> PictureBytes {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    guard cimaging_encode(handle, encoding.options, &bytes, &count), let bytes else {
      throw .stepFailed(.encode, detail: ImagingRuntime.takeErrorText())
    }
    let file = PictureBytes(adopting: UnsafeRawBufferPointer(start: bytes, count: count)) {
      cimaging_free_bytes(UnsafeMutableRawPointer(mutating: $0))
    }
    // libvips 8.14 writes an EXIF block to a WebP even when told to strip it.
    return encoding.isWebP ? try PictureStructure.read(file).cleaned(file) : file
  }
}

extension Image.Encoding {
  fileprivate var isWebP: Bool {
    switch self {
    case .webp: true
    case .jpeg, .png, .quickPNG: false
    }
  }

  fileprivate var options: CImagingEncodeOptions {
    var options = CImagingEncodeOptions(
      saver: .PNG, quality: 100, deflate_level: 6, lossless: false, halve_chroma: false, fit_tables: false)
    switch self {
    case .png: break
    case .quickPNG: options.deflate_level = 2
    case .jpeg(let quality, let halvedChroma, let fitsTables):
      options.saver = .JPEG
      options.quality = Int32(quality)
      options.halve_chroma = halvedChroma
      options.fit_tables = fitsTables
    case .webp(let quality):
      options.saver = .webP
      if let quality { options.quality = Int32(quality) }
      options.lossless = quality == nil
    }
    return options
  }
}
