package import Imaging
package import Vocabulary

/// A returned picture, ready to be written.
package struct FinishedPicture: Sendable {
  package let bytes: PictureBytes
  package let format: PictureFormat
  package let size: PixelSize
  /// What came, by its bytes.
  package let returned: PictureFormat
  /// The pixels were encoded anew; otherwise the bytes are the model's own.
  package let isConverted: Bool
}

/// Why a returned picture cannot be used.
package enum FinishingError: Error, Sendable {
  case picture(ImagingError)
}

/// Turns the bytes that a model returned into the file that was asked for. What they are is read from the bytes: the
/// labels of these APIs lie.
///
/// - Parameter wanted: the format to write; `nil` keeps whatever came. The model's own bytes are kept whenever the
///   formats agree, so that marks of provenance stay valid.
package func finishResult(
  _ bytes: PictureBytes, wanted: PictureFormat?
) throws(FinishingError) -> FinishedPicture {
  do throws(ImagingError) {
    let structure = try PictureStructure.read(bytes)
    guard let wanted, wanted != structure.format else {
      return FinishedPicture(
        bytes: bytes, format: structure.format, size: structure.uprightSize, returned: structure.format,
        isConverted: false)
    }
    return try convert(bytes, structure, to: wanted)
  } catch {
    throw .picture(error)
  }
}

/// A decoded 4K picture is 270 MB at most; anything far above is no answer of these models.
private let mostPixels = 200_000_000

private func convert(
  _ bytes: PictureBytes, _ structure: PictureStructure, to wanted: PictureFormat
) throws(ImagingError) -> FinishedPicture {
  guard let codec = structure.format.codec else { throw .unsupportedFormat(structure.format) }
  guard structure.size.pixelCount <= mostPixels else {
    throw .tooManyPixels(structure.size, limit: mostPixels)
  }
  var image = try Image.decode(bytes, as: codec).realised()
  if structure.orientation != 1 { image = try image.oriented(structure.orientation) }
  let profile = structure.profile.map(ICCProfile.init)
  let usesProfile = profile?.isSRGB == false
  if usesProfile, let converted = try? image.inSRGB(usingProfile: true) {
    image = converted
  } else if usesProfile || structure.bitsPerChannel > 8 || structure.colour == .cmyk {
    image = try image.inSRGB(usingProfile: false)
  }
  if image.hasAlpha, !wanted.hasAlpha { image = try image.flattened(onto: .white) }
  let encoded = try image.encoded(as: encoding(for: wanted))
  return FinishedPicture(
    bytes: encoded, format: wanted, size: structure.uprightSize, returned: structure.format,
    isConverted: true)
}

/// The model's picture is encoded once more, so finely that it does not show.
private func encoding(for format: PictureFormat) -> Image.Encoding {
  switch format.codec {
  case .png: .png
  case .webp: .webp(quality: 95)
  default: .jpeg(quality: 95, halvedChroma: false)
  }
}
