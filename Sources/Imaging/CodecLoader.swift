import CImaging
import PictureFormats

extension PictureFormat.Codec {
  /// The libvips loader that decodes this codec.
  var loader: CImagingLoader {
    switch self {
    case .jpeg: .JPEG
    case .png: .PNG
    case .webp: .webP
    case .gif: .GIF
    case .tiff: .TIFF
    case .heif: .HEIF
    case .svg: .SVG
    case .jpegXL: .JPEGXL
    case .jpeg2000: .JPEG2000
    }
  }
}
