import Imaging
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

  package func answer(about mask: PictureBytes) -> Answer {
    do throws(FinishingError) { return .reading(try read(mask)) } catch { return .failed(error) }
  }

  /// - Throws: `mask` when it cannot be read, `maskAmbiguous`, `maskOpaqueNowhere`, `maskEmpty`.
  package func read(_ mask: PictureBytes) throws(FinishingError) -> MaskReading {
    let structure = try Self.inspect(mask).structure
    let decoded = try on(FinishingError.mask) { () throws(ImagingError) in try decodeUpright(mask, structure)
    }
    let edits = if let own = self.edits { own } else { try Self.look(of: decoded) }
    let read = try on(FinishingError.mask) { () throws(ImagingError) in try Mask(decoded, edits) }
    guard !read.isEmpty else { throw .maskEmpty(edits) }
    return MaskReading(edits: edits, coversAll: read.coversAll)
  }

  private static func inspect(_ mask: PictureBytes) throws(FinishingError) -> ResultInspection.Original {
    try readHeader(of: mask, OriginalReading(), FinishingError.mask)
  }

  /// Transparency says where to edit when what it leaves is a picture, or all black. Where that is all white, one may have painted
  /// white on an empty layer, or made the transparency of a black and white mask.
  private static func look(of mask: borrowing Image) throws(FinishingError) -> MaskEdits {
    let rest = try on(FinishingError.mask) { () throws(ImagingError) -> Rest? in
      guard mask.hasAlpha, try !mask.isOpaque() else { return nil }
      return Self.rest(try mask.shared().withoutAlpha().pixels(), where: try mask.alpha().pixels())
    }
    switch rest {
    case nil: return .white
    case .picture: return .transparent
    case .white: throw .maskAmbiguous
    case .nothing: throw .maskOpaqueNowhere
    }
  }

  /// What transparency leaves.
  private enum Rest { case nothing, white, picture }

  /// What is opaque, but for what coding and soft edges leave.
  ///
  /// - Parameter levels: one or three for each pixel.
  private static func rest(_ levels: [UInt8], where alpha: [UInt8]) -> Rest {
    let bands = levels.count / alpha.count
    var (opaque, white, colored) = (0, 0, 0)
    for place in alpha.indices where alpha[place] >= 240 {
      let (first, last) = (bands * place, bands * place + bands - 1)
      var (least, maximum) = (levels[first], levels[first])
      for level in levels[first...last] { (least, maximum) = (min(least, level), max(maximum, level)) }
      opaque += 1
      if least >= 230 { white += 1 }
      if maximum - least > 12 { colored += 1 }
    }
    guard opaque > 0 else { return .nothing }
    // Edges are gray; a picture on white has colors.
    let isWhite = white >= opaque - opaque / 100 || 2 * white >= opaque && colored <= opaque / 100
    return isWhite ? .white : .picture
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
