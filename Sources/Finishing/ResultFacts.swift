package import PictureFormats
package import Core

/// A returned picture and what accompanies it: what the steps are planned from.
package struct ResultFacts: Sendable {
  package let bytes: PictureBytes
  package let structure: PictureStructure
  package let options: FinishingOptions
  package let original: Original?
  package let mask: Original?

  /// A picture that accompanies the result.
  package struct Original: Sendable {
    package let bytes: PictureBytes
    package let structure: PictureStructure
    package let reading: ReadingOptions
  }

  /// The pixels of the result and of its original.
  var pixels: Int { structure.size.pixelCount + (original?.structure.size.pixelCount ?? 0) }
}
