package import PictureFormats
package import Core

extension Image {
  /// Opens the picture that `structure` describes.
  ///
  /// - Parameters:
  ///   - cleaned: its file without private and superfluous blocks.
  ///   - structure: the structure that was read from the file.
  ///   - shrink: as in the other `decode`. Default: 1.
  ///   - scale: as in the other `decode`. Default: 1.
  ///   - tolerance: how damaged files are handled. Default: strict.
  package static func decode(
    _ cleaned: PictureContent, _ structure: PictureStructure, shrink: Int = 1, scale: Double = 1,
    tolerance: DecodingTolerance = .strict
  ) throws(ImagingError) -> Image {
    guard let codec = structure.format.codec else { throw .unsupportedFormat(structure.format) }
    let image = try decode(
      cleaned, as: codec, shrink: shrink, page: structure.pageInCleaned, scale: scale, tolerance: tolerance)
    guard structure.decodedSize != structure.size, image.size == structure.decodedSize else { return image }
    return try image.cropped(left: 0, top: 0, to: structure.size)
  }
}
