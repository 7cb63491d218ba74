import PictureFormats
import Raster

/// Runs all pending work once, so that every encode starts from the same pixels in memory, and removes an
/// alpha channel that is opaque or that the format cannot hold. Whether it is opaque is known only then, so
/// that nothing is reported before.
struct Flatten: PlannedStep {
  let report: [PreparationStep] = []
  private let format: PictureFormat
  private let background: RGBColor
  private let isDeep: Bool

  init(_ facts: PlanningFacts) {
    format = facts.format
    background = facts.options.background
    isDeep = facts.structure.bitsPerChannel > 8
  }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    let realized = try image.copiedToMemory()
    if isDeep, try realized.isNearlyBlank() { work.warn(.nearlyBlank) }
    guard realized.hasAlpha else { return realized }
    if try realized.isOpaque() { return try realized.withoutAlpha().copiedToMemory() }
    guard !format.hasAlpha else { return realized }
    work.steps.append(
      PreparationStep(.flatten, "\(format.name) has no transparency", after: background.description))
    return try realized.flattened(onto: background).copiedToMemory()
  }
}
