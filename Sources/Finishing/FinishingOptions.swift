package import PictureFormats
package import Core

/// The options for finishing a returned picture: the settings, and what its original and its file are.
///
/// The settings are its properties, too: `options.feather` is `options.settings.feather`.
@dynamicMemberLookup
package struct FinishingOptions: Sendable, Equatable {
  /// The settings, which hold for every original.
  package var settings = FinishingSettings()
  /// How the original's file is read.
  package var reading = ReadingOptions()
  /// The format to write; `nil`: the format that was returned, or the original's if some of its pixels stay.
  package var wanted: PictureFormat?
  /// The maximum size of the file in bytes; `nil`: any.
  package var maximumBytes: Int?
  /// The metadata to write into the file; `nil`: none.
  package var metadata: MetadataWishes?
  /// The area of the original that the result shows; `nil`: all of it.
  package var shown: VisibleArea?
  /// The only area of the upright original that changes; `nil`: all of it.
  package var region: PixelArea?
  /// Changes only the area that the mask marks, which is passed beside the original.
  package var usesMask = false
  /// Measures how far the result is from its original.
  package var measuresDrift = false
  /// Also makes a picture of the original, the result, and their difference.
  package var compares = false
  /// The longest edge of each panel of the comparison, in pixels; `nil`: 1,024.
  package var comparisonEdge: Int?

  package init(wanted: PictureFormat? = nil) {
    self.wanted = wanted
  }

  /// A property of the settings.
  package subscript<Value>(dynamicMember path: WritableKeyPath<FinishingSettings, Value>) -> Value {
    get { settings[keyPath: path] }
    set { settings[keyPath: path] = newValue }
  }

  /// Whether some of the original's pixels stay as they are.
  package var composites: Bool { region != nil || usesMask || settings.keepsUnchanged }
  /// Whether the result is as large as the original.
  package var hasOriginalsSize: Bool { settings.fitsSource || composites }
  package var looksForPlace: Bool { settings.aligns ?? composites }
  package var looksForTint: Bool { settings.matchesColor ?? composites }

  /// Whether the result is placed back into the original's frame, whose own pixels show where it does not
  /// reach.
  package var laysBack: Bool { hasOriginalsSize || looksForPlace || settings.restoresAlpha }

  /// Whether the result's pixels are changed; otherwise they are only inspected.
  var changesPixels: Bool { laysBack || looksForTint }

  /// Whether the original's pixels are needed.
  package var looksAtOriginal: Bool { changesPixels || compares || measuresDrift }

  /// Checks that the options are possible for an original of that size.
  ///
  /// - Parameter original: its upright size.
  package func check(against original: PixelSize) throws(FinishingError) {
    if let region, !region.isInside(original) { throw .regionOutside(region, original) }
    guard original.pixelCount <= maximumPixels else {
      throw .original(.tooManyPixels(original, limit: maximumPixels))
    }
    if let shown { try shown.requireSense(in: original) }
    if let feather = settings.feather {
      let maximum = region.map { min($0.size.width, $0.size.height) } ?? min(original.width, original.height)
      guard feather <= maximum else { throw .featherTooWide(feather, maximum: maximum) }
    }
    if let wanted {
      guard !hasOriginalsSize || original.longestEdge <= wanted.longestEdge else {
        throw .tooLarge(original, wanted)
      }
      guard !settings.restoresAlpha || wanted.hasAlpha else { throw .noAlpha(wanted) }
    }
  }
}

extension VisibleArea {
  /// Checks that the area is plausible: the padding of preparation may extend far beyond a picture, but not
  /// as far as this.
  fileprivate func requireSense(in original: PixelSize) throws(FinishingError) {
    let (width, height) = (Double(original.width), Double(original.height))
    let isThere = left < width && top < height && left + self.width > 0 && top + self.height > 0
    let isSensible =
      self.width >= 1 && self.height >= 1 && self.width <= 1_000 * width + 1_000
      && self.height <= 1_000 * height + 1_000
    guard isThere, isSensible else { throw .shownOutside(self, original) }
  }
}

/// The metadata to write into a finished file.
package struct MetadataWishes: Sendable, Codable, Equatable {
  /// Whether to keep where the original was taken.
  package var keepsPlace = false
  /// How the picture was made.
  package var provenance = Provenance()

  package init(keepsPlace: Bool = false) {
    self.keepsPlace = keepsPlace
  }
}

/// Why a returned picture cannot be finished.
package enum FinishingError: Error, Sendable, Codable {
  case picture(ImagingError)
  /// The original cannot be read in its present state.
  case original(ImagingError)
  case mask(ImagingError)
  case regionOutside(PixelArea, PixelSize)
  case featherTooWide(Int, maximum: Int)
  /// The mask, read this way, marks no area to edit.
  case maskEmpty(MaskEdits)
  /// The area to edit that the mask marks is outside of the region.
  case maskOutside(PixelArea)
  /// Both the white and the transparent areas of the mask could be meant.
  case maskAmbiguous
  /// The mask is opaque nowhere, so it is unclear how to read it.
  case maskOpaqueNowhere
  /// The mask has another aspect ratio than the original.
  case maskShape(PixelSize, original: PixelSize)
  /// The format does not support that many pixels along an edge.
  case tooLarge(PixelSize, PictureFormat)
  case noAlpha(PictureFormat)
  /// The area that the result is said to show does not include at least a pixel of the original.
  case shownOutside(VisibleArea, PixelSize)
  /// No encoding is small enough.
  case capNotReachable(smallest: ByteCount, limit: ByteCount, format: PictureFormat)
}

/// Something unexpected that the user should know. The raw value is its code in JSON.
package enum FinishingWarning: String, Sendable, Codable {
  /// The result could not be aligned with the original, so it was placed on it as a whole.
  case notAligned = "not-aligned"
  /// The result has another shape than what was sent; what did not fit was cropped.
  case resultCropped = "result-cropped"
  /// Too few pixels are unchanged to measure the tint.
  case colorNotMatched = "color-not-matched"
  /// Most of the picture is changed, so unchanged areas were not restored.
  case changedMostly = "changed-mostly"
  /// Nothing in the mask is white, so the result is the original. Only for masks that an earlier version
  /// accepted.
  case maskEmpty = "mask-empty"
  /// The mask lets almost everything change.
  case maskCoversAll = "mask-covers-all"
  /// The squares with which programs show transparency are painted into the picture.
  case paintedCheckerboard = "painted-checkerboard"
  /// The picture was scaled down to stay within the byte limit.
  case pixelsReduced = "pixels-reduced"
  /// The content credentials (C2PA) of the returned picture would no longer be valid.
  case credentialsRemoved = "credentials-removed"
  /// The original has more than 8 bits per channel, and the finished picture does not.
  case depthReduced = "depth-reduced"
}
