package import Imaging
import Vocabulary

/// What a returned picture is to become.
package struct FinishingOptions: Sendable, Codable {
  /// What this kind of work is called between processes.
  package static let jobKind = "finish"

  /// The format to write; `nil` keeps whatever came.
  package var wanted: PictureFormat?
  /// The original's exact width and height.
  package var fitsSource = false
  /// Shift, scale and turn against the original are taken back.
  package var aligns = false
  /// The tint of what the model has not changed is taken back.
  package var matchesColour = false

  package init(wanted: PictureFormat? = nil) {
    self.wanted = wanted
  }

  /// Whether the original is needed.
  package var looksAtOriginal: Bool { fitsSource || aligns || matchesColour }
}

/// Why a returned picture cannot be used.
package enum FinishingError: Error, Sendable, Codable {
  case picture(ImagingError)
  /// The original, as it is now, cannot be read.
  case original(ImagingError)
}

/// Something that went another way than one may expect. The raw value is its code in JSON.
package enum FinishingWarning: String, Sendable, Codable {
  /// The result could not be recognised in the original, so it was laid on it as a whole.
  case notAligned = "not-aligned"
  /// The result has another shape than what was sent; what sticks out was cut off.
  case resultCropped = "result-cropped"
  /// Too little is unchanged to know the tint.
  case colourNotMatched = "colour-not-matched"
}
