import Core
import PictureFormats
import Raster

/// Turns the picture upright.
struct Orient: PlannedStep {
  let report: [PreparationStep]
  let needsPixels: Bool
  /// The EXIF orientation, 1…8.
  private let orientation: Int

  init(_ facts: PlanningFacts) {
    orientation = facts.structure.orientation
    let isTurned = orientation != 1
    let isLossless = isTurned && Self.turnsBlocks(facts)
    needsPixels = isTurned && !isLossless
    report = isTurned ? [isLossless ? Self.blocks(orientation) : Self.pixels(orientation)] : []
  }

  private static func blocks(_ orientation: Int) -> PreparationStep {
    PreparationStep(
      .rotateLossless, "EXIF orientation \(orientation) applied to whole blocks of coefficients")
  }

  private static func pixels(_ orientation: Int) -> PreparationStep {
    PreparationStep(.orient, "EXIF orientation \(orientation) applied to the pixels")
  }

  /// Whether a JPEG that must be turned needs nothing else and can be turned losslessly. For that, the edges
  /// that become the left or top edge must consist of whole blocks.
  private static func turnsBlocks(_ facts: PlanningFacts) -> Bool {
    let structure = facts.structure
    guard let unit = structure.blockUnit, facts.cut == nil, facts.format == .jpeg, structure.isComplete,
      !ConvertColor.isNeeded(structure), facts.keepsSize, facts.options.quality == nil
    else { return false }
    let reversesColumns = [2, 3, 7, 8].contains(structure.orientation)
    let reversesRows = [3, 4, 6, 7].contains(structure.orientation)
    return (!reversesColumns || structure.size.width % unit.width == 0)
      && (!reversesRows || structure.size.height % unit.height == 0)
  }

  /// A picture to be turned is held as a whole.
  func memory(_ sizes: WorkingSizes) -> Int { orientation == 1 ? 0 : sizes.fitted }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    guard orientation != 1 else { return image }
    // The losslessly turned file may still have been too large.
    work.replace(.rotateLossless, with: Self.pixels(orientation))
    return try image.copiedToMemory().oriented(orientation)
  }
}
