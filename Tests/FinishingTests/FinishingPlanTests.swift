import Core
import Finishing
import PictureFormats
import TestSupport
import Testing

@Suite("The steps of finishing")
struct FinishingPlanTests {
  private func inspect(_ change: (inout FinishingOptions) -> Void) throws -> ResultInspection {
    var options = FinishingOptions()
    change(&options)
    let file = PictureBytes(try Samples.fixture("baseline.jpg"))
    return try inspectResult(file, beside: FinishingPictures(original: file), options: options)
  }

  /// The steps that need pixels, in their order.
  private func active(_ plan: FinishingPlan) -> [String] {
    let steps: [(String, any FinishingStep)] = [
      ("align", plan.align), ("matchColor", plan.matchColor), ("place", plan.place),
      ("compose", plan.compose), ("restoreAlpha", plan.restoreAlpha),
      ("embedMetadata", plan.embedMetadata), ("encode", plan.encode),
    ]
    return steps.filter { $0.1.needsPixels }.map(\.0)
  }

  @Test("a picture that nothing is wished for passes as it is encoded")
  func untouched() throws {
    let inspection = try inspect { _ in }
    #expect(active(inspection.plan).isEmpty && !inspection.plan.needsPixels)
    #expect(inspection.untouched != nil && !inspection.needsDecoder)
  }

  @Test("each wish plans its own step")
  func wishes() throws {
    #expect(active(try inspect { $0.aligns = true }.plan) == ["align"])
    #expect(active(try inspect { $0.matchesColor = true }.plan) == ["matchColor"])
    #expect(active(try inspect { $0.fitsSource = true }.plan) == ["place"])
    #expect(active(try inspect { $0.wanted = .png }.plan) == ["encode"])
  }

  @Test("a region is aligned, matched, placed and composed, unless that is switched off")
  func region() throws {
    let area = PixelArea(left: 8, top: 8, size: PixelSize(width: 16, height: 16))
    let all = try inspect { $0.region = area }
    #expect(active(all.plan) == ["align", "matchColor", "place", "compose"])
    let bare = try inspect {
      $0.region = area
      ($0.aligns, $0.matchesColor) = (false, false)
    }
    #expect(active(bare.plan) == ["place", "compose"])
    #expect(try inspect { _ in }.cost.memory < all.cost.memory)
  }
}
