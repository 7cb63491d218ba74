import PictureFormats
package import Core

/// The question of how a mask is to be read, and whether it lets anything change, for those who ask before a picture is paid for.
package struct MaskQuestion: Sendable, Codable {
  /// What this kind of work is called between processes.
  package static let jobKind = "mask"

  /// `nil`: by what the mask looks like.
  package let edits: MaskEdits?

  package init(edits: MaskEdits?) {
    self.edits = edits
  }

  package enum Answer: Sendable, Codable {
    case reading(MaskReading)
    case failed(FinishingError)
  }

  /// What a mask's decoder may take.
  package struct Cost: Sendable {
    package let memory: ByteCount
    package let cpuSeconds: Int
  }

  /// By the mask's header.
  package static func cost(of mask: PictureBytes) throws(FinishingError) -> Cost {
    let pixels = try inspect(mask).structure.size.pixelCount
    // As it came, upright, its three or four channels as numbers, and the program.
    return Cost(
      memory: ByteCount(110_000_000 + pixels * 24 + mask.count * 3 / 2),
      cpuSeconds: 10 + pixels * 3 / 10_000_000)
  }

  package static func inspect(_ mask: PictureBytes) throws(FinishingError) -> ResultInspection.Original {
    try readHeader(of: mask, OriginalReading(), FinishingError.mask)
  }
}

/// How a mask is read.
package struct MaskReading: Sendable, Codable, Equatable {
  package let edits: MaskEdits
  /// It lets next to everything change.
  package let coversAll: Bool

  package init(edits: MaskEdits, coversAll: Bool) {
    (self.edits, self.coversAll) = (edits, coversAll)
  }
}
