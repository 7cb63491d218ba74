import Core
import PictureFormats
import Raster

/// Scales the picture to the planned size.
struct Resize: PlannedStep {
  let report: [PreparationStep]
  private let plan: FitPlan
  private let source: PixelSize

  init(_ facts: PlanningFacts) {
    plan = facts.fit
    source = facts.structure.size
    guard facts.fit.size != facts.sent.size else {
      report = []
      return
    }
    report = [
      PreparationStep(
        .downscale, "longest edge at most \(facts.longestEdge.grouped) px",
        before: "\(facts.sent.uprightSize)", after: "\(facts.scaled)")
    ]
  }

  var isReduction: Bool { true }

  /// The memory of the output rows in progress. Input arrives in strips of 32 rows, each as wide as the
  /// source, as floating-point numbers at most.
  func memory(_ sizes: WorkingSizes) -> Int {
    guard plan.size != source else { return 0 }
    let factor = Double(source.height / plan.shrink) / Double(plan.size.height)
    let rows = min(Double(plan.size.height), (32 + 6 * max(1, factor)) / factor + 2)
    return Int(rows) * (source.width / plan.shrink + 1) * sizes.channels * 4
  }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    guard image.size != plan.size else { return image }
    return try image.resized(to: plan.size)
  }
}
