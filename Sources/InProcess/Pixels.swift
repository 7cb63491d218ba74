package import Core
import Imaging
package import PictureFormats
package import PictureWork

/// Decodes a picture that this program has made, to three bands.
///
/// - Parameter background: the color behind transparency.
package func decodePixels(
  of picture: PictureBytes, over background: RGBColor
) throws(ImagingError) -> RawPixels {
  let image = try Image.decode(PictureContent(picture), PictureStructure.read(picture))
  let flat = image.hasAlpha ? try image.flattened(onto: background) : image
  let whole = try flat.widened(toBands: 3).copiedToMemory()
  return RawPixels(try whole.pixels(), PixelLayout(whole.size, bands: 3))
}

/// Encodes pixels.
package func encodePixels(_ pixels: RawPixels, as encoding: PixelEncoding) throws(ImagingError)
  -> PictureBytes
{
  try Image.fromPixels(pixels.bytes, size: pixels.size, bands: pixels.layout.bands)
    .encoded(as: encoding.settings)
}

extension PixelEncoding {
  var settings: Image.Encoding {
    switch self {
    case .jpeg(let quality): .jpeg(quality: quality, halvedChroma: true)
    case .png: .png
    case .webp(let quality): .webp(quality: quality)
    }
  }
}

/// The formats that the installed libvips decodes.
package func installedDecoders() throws(ImagingError) -> InstalledDecoders {
  var codecs: [PictureFormat.Codec] = []
  for codec in PictureFormat.Codec.allCases where try Image.hasDecoder(codec) { codecs.append(codec) }
  return InstalledDecoders(library: "libvips \(ImagingRuntime.version)", codecs: codecs)
}
