import PictureFormats

/// Selects one page of a TIFF, or one picture of an animation. The decoder opens only that page.
struct SelectPage: PlannedStep {
  let report: [PreparationStep]

  init(_ facts: PlanningFacts) {
    let structure = facts.structure
    guard structure.pageCount > 1 else {
      report = []
      return
    }
    let reason = structure.skipsPreview ? "the first that is not a preview" : "one of several"
    report = [
      PreparationStep(.page, reason, before: "\(structure.pageCount)", after: "\(structure.page)")
    ]
  }
}
