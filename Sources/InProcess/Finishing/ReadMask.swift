package import Core
package import Finishing
import Imaging
import PictureFormats

extension MaskQuestion {
  package func answer(about mask: PictureBytes) -> Answer {
    do throws(FinishingError) { return .reading(try read(mask)) } catch { return .failed(error) }
  }

  /// Reads the mask.
  ///
  /// - Throws: `mask` when it cannot be read, `maskAmbiguous`, `maskOpaqueNowhere`, `maskEmpty`,
  ///   `maskOutside`.
  package func read(_ mask: PictureBytes) throws(FinishingError) -> MaskReading {
    let structure = try Self.inspect(mask).structure
    let decoded = try on(FinishingError.mask) { () throws(ImagingError) in try decodeUpright(mask, structure)
    }
    let edits = if let own = self.edits { own } else { try Self.look(of: decoded) }
    let read = try on(FinishingError.mask) { () throws(ImagingError) in try Mask(decoded, edits) }
    guard !read.isEmpty else { throw .maskEmpty(edits) }
    if let region {
      let isInside = try on(FinishingError.mask) { () throws(ImagingError) in
        try read.allowsChange(in: region)
      }
      guard isInside else { throw .maskOutside(region.area) }
    }
    return MaskReading(edits: edits, coversAll: read.coversAll)
  }

  /// Guesses how the mask is meant. Transparency marks the area to edit when the opaque rest is a picture, or
  /// all black. When the rest is all white, someone may have painted white on an empty layer, or made a black
  /// and white mask transparent.
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

  /// The content of the opaque pixels.
  private enum Rest { case nothing, white, picture }

  /// Classifies the opaque pixels, tolerating what compression and soft edges leave.
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
