import Core
import PictureFormats
import Raster

/// Pads or crops the picture to its frame. This happens upright and in sRGB, the color space of the
/// background color.
struct Frame: PlannedStep {
  let report: [PreparationStep]
  private let plan: FitPlan
  private let isMirrored: Bool
  private let isCropped: Bool
  private let background: RGBColor

  init(_ facts: PlanningFacts) {
    plan = facts.fit
    isMirrored = facts.answer != nil
    isCropped = facts.options.fit == .crop
    background = facts.options.background
    report = facts.fit.frame == facts.scaled ? [] : [Self.step(facts)]
  }

  private static func step(_ facts: PlanningFacts) -> PreparationStep {
    let reason =
      facts.answer.map {
        "mirrored beyond its edges to the shape of \($0), so that the result shows all of it"
      } ?? "aspect ratio \(facts.ratio?.description ?? "")"
    return PreparationStep(
      facts.options.fit == .crop ? .crop : .pad, reason, before: "\(facts.scaled)",
      after: "\(facts.fit.frame)")
  }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    guard image.size != plan.frame else { return image }
    if isMirrored {
      // Mirroring reads the picture from both ends.
      return try image.copiedToMemory().mirrored(into: plan.frame, left: plan.offset.x, top: plan.offset.y)
    }
    return try image.framed(
      plan.frame, offset: plan.offset, isCropped: isCropped, background: background)
  }
}
