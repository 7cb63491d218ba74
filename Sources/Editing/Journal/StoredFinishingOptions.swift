package import Finishing
import PictureFormats
package import Ledger
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension StoredFinishing {
  init(_ options: FinishingOptions) {
    self.init()
    format = options.wanted?.name
    maximumBytes = options.maximumBytes
    // The provenance is not stored here, because the ledger's entry contains its values already.
    metadata = options.metadata.map { Metadata(keepsPlace: $0.keepsPlace) }
    shown = options.shown.map { Shown(left: $0.left, top: $0.top, width: $0.width, height: $0.height) }
    fitsSource = options.fitsSource
    aligns = options.aligns
    matchesColor = options.matchesColor
    region = options.region.map {
      Region(left: $0.left, top: $0.top, width: $0.size.width, height: $0.size.height)
    }
    usesMask = options.usesMask
    maskEdits = options.maskEdits?.rawValue
    feather = options.feather
    keepsUnchanged = options.keepsUnchanged
    restoresAlpha = options.restoresAlpha
    measuresDrift = options.measuresDrift
    compares = options.compares
    comparisonEdge = options.comparisonEdge
    reading.page = options.reading.page ?? 1
    reading.allowed = options.reading.allowed.sorted()
    reading.allowsTruncated = options.reading.allowsTruncated
  }

  /// The text for the ledger.
  ///
  /// - Throws: `internalError` when the options cannot be stored, so that the edit is not sent: a later
  ///   process could not finish it the same way.
  func text() throws(PlantainError) -> String {
    do {
      return String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    } catch {
      throw PlantainError(
        .finishing, .internalError, "cannot store how the result is finished: \(error)",
        hint: "Nothing was sent. Please report this.", underlying: error)
    }
  }
}

extension FinishingOptions {
  /// Restores options from the ledger. Returns `nil` if a newer version has stored them in another form.
  package init?(_ stored: StoredFinishing) {
    guard stored.version <= StoredFinishing.currentVersion else { return nil }
    var format: PictureFormat?
    if let name = stored.format {
      format = PictureFormat.all.first { $0.name == name }
      guard format != nil else { return nil }
    }
    let edits = stored.maskEdits.map(MaskEdits.init(rawValue:))
    guard edits == nil || edits != .some(nil) else { return nil }
    self.init(wanted: format)
    maximumBytes = stored.maximumBytes
    metadata = stored.metadata.map { MetadataWishes(keepsPlace: $0.keepsPlace) }
    shown = stored.shown.map { VisibleArea(left: $0.left, top: $0.top, width: $0.width, height: $0.height) }
    settings.fitsSource = stored.fitsSource
    settings.aligns = stored.aligns
    settings.matchesColor = stored.matchesColor
    region = stored.region.map {
      PixelArea(
        left: $0.left, top: $0.top, size: PixelSize(width: $0.size.width, height: $0.size.height))
    }
    usesMask = stored.usesMask
    settings.maskEdits = edits ?? nil
    settings.feather = stored.feather
    settings.keepsUnchanged = stored.keepsUnchanged
    settings.restoresAlpha = stored.restoresAlpha
    measuresDrift = stored.measuresDrift
    compares = stored.compares
    comparisonEdge = stored.comparisonEdge
    reading.page = stored.reading.page
    reading.allowed = Set(stored.reading.allowed)
    reading.allowsTruncated = stored.reading.allowsTruncated
  }
}
