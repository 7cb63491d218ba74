package import PictureFormats
package import Core

/// Embeds the metadata of the finished file: what still holds of the original's, and how the picture was
/// made.
package struct EmbedMetadata: FinishingStep {
  /// The metadata to write into the file.
  package let metadata: EmbeddedMetadata
  /// A picture that gets new metadata must be upright.
  package let needsPixels: Bool
  private let facts: ResultFacts

  /// - Parameter profile: the ICC profile to embed.
  init(_ facts: ResultFacts, profile: [UInt8]?) {
    self.facts = facts
    needsPixels = facts.options.metadata != nil && facts.structure.orientation != 1
    var metadata = EmbeddedMetadata(facts.options.metadata, from: facts.original)
    metadata.profile = profile
    self.metadata = metadata
  }

  /// Whether metadata, or a missing end of the file, is inserted.
  var isRewriting: Bool { !metadata.isEmpty || facts.structure.repairs.contains(.end) }

  /// The file as it arrived, with only these insertions, if it is within the limit.
  func withoutDecoder() -> PictureBytes? {
    let structure = facts.structure
    let file =
      isRewriting
      ? structure.cleaned(facts.bytes).adding(
        metadata, as: structure.format, structure.size, over: structure.profile)
      : facts.bytes
    return file.count <= facts.options.maximumBytes ?? .max ? file : nil
  }
}

extension EmbeddedMetadata {
  /// Collects the metadata of a finished file.
  ///
  /// - Parameter wishes: what to write; `nil`: nothing.
  init(_ wishes: MetadataWishes?, from original: ResultFacts.Original?) {
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
