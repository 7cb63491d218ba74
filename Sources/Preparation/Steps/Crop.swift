import Core
import PictureFormats
import Raster

/// Crops the picture to the region to edit and its surroundings.
struct Crop: PlannedStep {
  let report: [PreparationStep]
  /// In the pixels of the picture as stored; `nil` for the whole picture.
  private let area: PixelArea?

  init(_ facts: PlanningFacts) {
    area = facts.cut?.stored(facts.structure.orientation, in: facts.structure.size)
    report =
      facts.cut.map {
        [
          PreparationStep(
            .crop, "the region and its surroundings", before: "\(facts.whole)", after: "\($0)")
        ]
      } ?? []
  }

  var isReduction: Bool { true }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    guard let area else { return image }
    return try image.cropped(left: area.left, top: area.top, to: area.size)
  }
}
