import PictureFormats

/// Removes private metadata and repairs the file, without changing a pixel; or passes it unchanged.
struct Clean: PlannedStep {
  let report: [PreparationStep]
  /// The file is cleaned by copying it without these blocks.
  var needsPixels: Bool { false }

  init(_ facts: PlanningFacts, isPassthrough: Bool) {
    let structure = facts.structure
    let stays = isPassthrough ? "; the compressed pixels are unchanged" : ""
    var steps: [PreparationStep] = []
    if !structure.metadata.isEmpty {
      let kinds = structure.metadata.map(\.rawValue).joined(separator: ", ")
      let names = facts.options.kept(of: structure).isEmpty ? "" : "; creator and copyright are kept"
      steps.append(PreparationStep(.strip, "removed \(kinds)" + names + stays))
    }
    if !structure.repairs.isEmpty {
      let kinds = structure.repairs.map(\.rawValue).joined(separator: ", ")
      steps.append(PreparationStep(.repair, "repaired: \(kinds)" + stays))
    }
    report = isPassthrough && steps.isEmpty ? [Self.passthrough] : steps
  }

  private static let passthrough = PreparationStep(
    .passthrough,
    "within every limit according to its header; no byte is changed, and its pixels were not examined")
}
