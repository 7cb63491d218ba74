package import PictureFormats
import CImaging
package import Core

extension Image {
  /// How to write a picture. No metadata and no profile is ever written.
  package enum Encoding: Sendable, Equatable {
    /// Quality 1…100; with `halvedChroma` 4:2:0 instead of 4:4:4; with `fitsTables` the Huffman tables are made for
    /// the picture, which takes three times as long and gives smaller files.
    case jpeg(quality: Int, halvedChroma: Bool, fitsTables: Bool = true)
    case png
    /// In a quarter of the time, and 2 % larger (measured on photographs).
    case quickPNG
    /// Quality 1…100; `nil`: without loss.
    case webp(quality: Int?)
  }

  package func encoded(as encoding: Encoding) throws(ImagingError) -> PictureBytes {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    guard cimaging_encode(handle, encoding.options, &bytes, &count), let bytes else {
      throw .stepFailed(.encode, detail: ImagingRuntime.takeErrorText())
    }
    let file = PictureBytes(adopting: UnsafeRawBufferPointer(start: bytes, count: count)) {
      cimaging_free_bytes(UnsafeMutableRawPointer(mutating: $0))
    }
    // libvips 8.14 writes an EXIF block into a WebP even when it is told to strip.
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
