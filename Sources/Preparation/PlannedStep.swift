package import PictureFormats
package import Raster

/// A step of a preparation, planned for one picture: what it reports, whether it needs pixels, what it costs,
/// and the work itself.
package protocol PlannedStep: Sendable {
  /// What is reported of the step. Empty if the picture, according to its header, does not need it.
  var report: [PreparationStep] { get }
  /// Whether the picture must be decoded for the step. Default: if it reports something.
  var needsPixels: Bool { get }
  /// Whether the step removes pixels, and so runs before those that do not. Default: `false`.
  var isReduction: Bool { get }
  /// The maximum memory in bytes that the step needs besides its input, its output and a copy. Default: 0.
  func memory(_ sizes: WorkingSizes) -> Int
  /// Does the step, and records in `work` what was not known before. Default: returns the picture unchanged.
  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture
}

extension PlannedStep {
  package var needsPixels: Bool { !report.isEmpty }
  package var isReduction: Bool { false }
  package func memory(_ sizes: WorkingSizes) -> Int { 0 }
  package func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture { image }
}
