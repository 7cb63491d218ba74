package import PictureFormats
package import Core

extension EmbeddedMetadata {
  /// Collects the metadata of a finished file: what still holds of the original's, and how the picture was
  /// made.
  ///
  /// - Parameter wishes: what to write; `nil`: nothing.
  init(_ wishes: MetadataWishes?, from original: ResultInspection.Original?) {
    self.init()
    guard let wishes else { return }
    var attribution = Attribution()
    if let original {
      attribution = original.structure.attribution
      let block = EXIFBlock(
        carriedFrom: original.bytes, original.structure, keepsPlace: wishes.keepsPlace)
      if !block.isEmpty { exif = block }
    }
    let packet = wishes.provenance.packet(creator: attribution.creator, copyright: attribution.copyright)
    xmp = Array(packet.utf8)
  }
}

extension PictureBytes {
  /// Adds metadata to a finished picture of that size.
  ///
  /// - Parameter profile: the ICC profile that the file already contains.
  package func adding(
    _ metadata: EmbeddedMetadata, as format: PictureFormat, _ size: PixelSize, over profile: [UInt8]? = nil
  ) -> PictureBytes {
    var metadata = metadata
    let isSRGB = (metadata.profile ?? profile).map { ICCProfile($0).isSRGB } ?? true
    metadata.exif?.describe(size, isSRGB: isSRGB)
    return adding(metadata, as: format)
  }
}
