package import PictureFormats
package import Core

/// What a returned picture is to become.
package struct FinishingOptions: Sendable, Codable, Equatable {
  /// What this kind of work is called between processes.
  package static let jobKind = "finish"

  /// How the original's file is read.
  package var reading = OriginalReading()
  /// The format to write; `nil` keeps whatever came, or where the original's pixels stay, the original's.
  package var wanted: PictureFormat?
  /// The most bytes of the file; `nil`: any.
  package var maximumBytes: Int?
  /// What goes into the file beside the picture; `nil`: nothing.
  package var metadata: MetadataWishes?
  /// What the result shows of the original; `nil`: all of it.
  package var shown: VisibleArea?
  /// The original's exact width and height.
  package var fitsSource = false
  /// Shift, scale and turn against the original are taken back; `nil`: where some of the original's pixels stay.
  package var aligns: Bool?
  /// The tint of what the model has not changed is taken back; `nil`: where some of the original's pixels stay.
  package var matchesColor: Bool?
  /// Only this area of the upright original changes.
  package var region: PixelArea?
  /// Only what is white in the mask, which comes beside the original, changes.
  package var usesMask = false
  /// What in the mask says where; `nil`: what is white, as before there was a choice.
  package var maskEdits: MaskEdits?
  /// Over so many of the original's pixels the result goes over into it, outside the region or the mask; `nil`: by the
  /// region's size, and none at a mask.
  package var feather: Int?
  /// What the model has not changed is the original's.
  package var keepsUnchanged = false
  /// The original's alpha channel.
  package var restoresAlpha = false
  /// How far the result is from its original is to be known.
  package var measuresDrift = false
  /// Makes a picture of the original, the result and their difference, too.
  package var compares = false
  /// The longest edge of each of the three, in pixels; `nil`: 1,024.
  package var comparisonEdge: Int?

  package init(wanted: PictureFormat? = nil) {
    self.wanted = wanted
  }

  /// Whether some of the original's pixels stay as they are.
  package var composites: Bool { region != nil || usesMask || keepsUnchanged }
  /// Whether the result is as large as the original.
  package var hasOriginalsSize: Bool { fitsSource || composites }
  package var looksForPlace: Bool { aligns ?? composites }
  package var looksForTint: Bool { matchesColor ?? composites }

  /// Whether the result is laid into the original's frame, whose own pixels show where it does not reach.
  package var laysBack: Bool { hasOriginalsSize || looksForPlace || restoresAlpha }

  /// Whether something is done to the result's pixels; otherwise it is only looked at.
  var changesPixels: Bool { hasOriginalsSize || looksForPlace || looksForTint || restoresAlpha }

  /// Whether the original's pixels are needed.
  package var looksAtOriginal: Bool {
    fitsSource || looksForPlace || looksForTint || composites || restoresAlpha || compares
      || measuresDrift
  }

  /// Whether the original has room for what is asked.
  ///
  /// - Parameter original: its upright size.
  package func check(against original: PixelSize) throws(FinishingError) {
    if let region, !region.isInside(original) { throw .regionOutside(region, original) }
    guard original.pixelCount <= maximumPixels else {
      throw .original(.tooManyPixels(original, limit: maximumPixels))
    }
    if let shown { try shown.requireSense(in: original) }
    if let feather {
      let maximum = region.map { min($0.size.width, $0.size.height) } ?? min(original.width, original.height)
      guard feather <= maximum else { throw .featherTooWide(feather, maximum: maximum) }
    }
    if let wanted {
      guard !hasOriginalsSize || original.longestEdge <= wanted.longestEdge else {
        throw .tooLarge(original, wanted)
      }
      guard !restoresAlpha || wanted.hasAlpha else { throw .noAlpha(wanted) }
    }
  }
}

extension VisibleArea {
  /// What preparation pads may reach far beyond a picture, but not as far as this.
  fileprivate func requireSense(in original: PixelSize) throws(FinishingError) {
    let (width, height) = (Double(original.width), Double(original.height))
    let isThere = left < width && top < height && left + self.width > 0 && top + self.height > 0
    let isSensible =
      self.width >= 1 && self.height >= 1 && self.width <= 1_000 * width + 1_000
      && self.height <= 1_000 * height + 1_000
    guard isThere, isSensible else { throw .shownOutside(self, original) }
  }
}

/// What goes into a finished file beside its picture.
package struct MetadataWishes: Sendable, Codable, Equatable {
  /// Where the original was taken, too.
  package var keepsPlace = false
  /// How the picture was made.
  package var provenance = Provenance()

  package init(keepsPlace: Bool = false) {
    self.keepsPlace = keepsPlace
  }
}

/// How an original's file is read: as it was when it was prepared.
package struct OriginalReading: Sendable, Codable, Equatable {
  /// Of a TIFF, or which picture of an animation, from 1. `nil`: the first that is no preview.
  package var page: Int?
  /// Formats that are read although their decoders are not tested against hostile files.
  package var allowed: Set<String> = []
  /// A file that ends too early is taken as far as it goes.
  package var allowsTruncated = false

  package init() {}

  package var tolerance: DecodingTolerance { allowsTruncated ? .lenient : .strict }
}

/// Why a returned picture cannot be used.
package enum FinishingError: Error, Sendable, Codable {
  case picture(ImagingError)
  /// The original, as it is now, cannot be read.
  case original(ImagingError)
  case mask(ImagingError)
  case regionOutside(PixelArea, PixelSize)
  case featherTooWide(Int, maximum: Int)
  /// Nothing in the mask, so read, says that something may change.
  case maskEmpty(MaskEdits)
  /// What is white in the mask and what is transparent could both be meant.
  case maskAmbiguous
  /// The mask is opaque nowhere, which does not say how it is to be read.
  case maskOpaqueNowhere
  /// The mask has another shape than the original.
  case maskShape(PixelSize, original: PixelSize)
  /// The format cannot hold so many pixels along an edge.
  case tooLarge(PixelSize, PictureFormat)
  case noAlpha(PictureFormat)
  /// What the result is said to show is not a part of the original with at least a pixel in it.
  case shownOutside(VisibleArea, PixelSize)
  /// No encoding is small enough.
  case capNotReachable(smallest: ByteCount, limit: ByteCount, format: PictureFormat)
}

/// Something that went another way than one may expect. The raw value is its code in JSON.
package enum FinishingWarning: String, Sendable, Codable {
  /// The result could not be recognized in the original, so it was laid on it as a whole.
  case notAligned = "not-aligned"
  /// The result has another shape than what was sent; what sticks out was cut off.
  case resultCropped = "result-cropped"
  /// Too little is unchanged to know the tint.
  case colorNotMatched = "color-not-matched"
  /// Most of the picture is changed, so what is unchanged was not looked for.
  case changedMostly = "changed-mostly"
  /// Nothing in the mask is white: the result is the original. Of masks that an earlier version took.
  case maskEmpty = "mask-empty"
  /// Next to all of the mask says that something may change.
  case maskCoversAll = "mask-covers-all"
  /// The squares by which programs show transparency are painted into the picture.
  case paintedCheckerboard = "painted-checkerboard"
  /// Pixels had to go for the file to have no more bytes than it may.
  case pixelsReduced = "pixels-reduced"
  /// Content credentials (C2PA) of the returned picture would not be valid any more.
  case credentialsRemoved = "credentials-removed"
  /// The original has more than 8 bits per channel, the finished picture has not.
  case depthReduced = "depth-reduced"
}
