import PictureFormats
package import Core

/// The question about a mask: how to read it, and whether it lets anything change. Runs before a picture is
/// billed.
package struct MaskQuestion: Sendable, Codable {
  /// How the mask must be read; `nil`: as its content suggests.
  package let edits: MaskEdits?
  /// The region of the original that may change besides; `nil`: all of it.
  package let region: Region?

  /// A region, and the size of the upright original that it lies in.
  package struct Region: Sendable, Codable {
    package let area: PixelArea
    package let original: PixelSize

    package init(_ area: PixelArea, of original: PixelSize) {
      (self.area, self.original) = (area, original)
    }
  }

  package init(edits: MaskEdits?, region: Region? = nil) {
    (self.edits, self.region) = (edits, region)
  }

  package enum Answer: Sendable, Codable {
    case reading(MaskReading)
    case failed(FinishingError)
  }

  /// The maximum cost, by the mask's header.
  package static func cost(of mask: PictureBytes) throws(FinishingError) -> WorkCost {
    let pixels = try inspect(mask).structure.size.pixelCount
    // The picture as it arrived, upright, its three or four channels as numbers, and the program.
    return WorkCost(
      memory: ByteCount(110_000_000 + pixels * 24 + mask.count * 3 / 2),
      cpuSeconds: 10 + pixels * 3 / 10_000_000)
  }

  package static func inspect(_ mask: PictureBytes) throws(FinishingError) -> ResultInspection.Original {
    try readHeader(of: mask, ReadingOptions(), FinishingError.mask)
  }
}

/// The decision how a mask is read.
package struct MaskReading: Sendable, Codable, Equatable {
  package let edits: MaskEdits
  /// Whether the mask lets almost everything change.
  package let coversAll: Bool

  package init(edits: MaskEdits, coversAll: Bool) {
    (self.edits, self.coversAll) = (edits, coversAll)
  }
}
