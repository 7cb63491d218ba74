import Testing
import Core

@testable import Preparation

@Suite struct `The crop that is sent for a region` {
  /// Some sizes that models return at 1K.
  private static let sizes = [(1_024, 1_024), (1_264, 848), (848, 1_264), (1_376, 768), (768, 1_376)]
    .map { PixelSize(width: $0.0, height: $0.1) }

  @Test func `the crop shows the region and its surroundings, in a ratio that the model supports`() {
    var generator = SystemRandomNumberGenerator()
    func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    for _ in 0..<2_000 {
      let picture = PixelSize(width: random(64...9_000), height: random(64...9_000))
      let size = PixelSize(width: random(1...picture.width), height: random(1...picture.height))
      let region = PixelArea(
        left: random(0...picture.width - size.width), top: random(0...picture.height - size.height),
        size: size)
      let plan = RegionPlan(region, in: picture, sizes: Self.sizes)
      let context = "\(region) in \(picture) → \(plan.cut)"
      #expect(plan.cut.isInside(picture) && region.isInside(plan.cut), "\(context)")
      // Nothing is enlarged for sending, and no more pixels are sent than the model returns.
      #expect(plan.longestEdge ?? 0 <= 1_376)
      let room = Double(min(picture.width, picture.height))
      let wanted = Double(max(size.width, size.height)) * 1.5 + 64
      guard wanted < room else { continue }
      // If there is room, some surroundings are visible on every side that is not the picture's own edge.
      let least = max(size.width, size.height) / 5
      #expect(
        plan.cut.left == 0 || plan.cut.right == picture.width || region.left - plan.cut.left >= least,
        "\(context)")
      #expect(
        plan.cut.top == 0 || plan.cut.bottom == picture.height || region.top - plan.cut.top >= least,
        "\(context)")
      let ratio = Double(plan.cut.size.width) / Double(plan.cut.size.height)
      let isSupported = Self.sizes.contains { abs(Double($0.width) / Double($0.height) / ratio - 1) < 0.02 }
      #expect(isSupported || plan.cut.size.longestEdge < 200, "\(context)")
    }
  }

  /// If the picture has no more pixels than the model's size, a strip of it gains nothing.
  @Test(arguments: [
    (2_560, 1_920, PixelArea(left: 1_000, top: 600, size: PixelSize(width: 300, height: 300))),
    (384, 512, PixelArea(left: 150, top: 150, size: PixelSize(width: 100, height: 100))),
    (5_120, 2_880, PixelArea(left: 2_000, top: 1_000, size: PixelSize(width: 300, height: 300))),
  ])
  func `the crop has the region's shape if there is a choice`(width: Int, height: Int, region: PixelArea) {
    let plan = RegionPlan(
      region, in: PixelSize(width: width, height: height),
      sizes: Self.sizes
        + [(512, 2_048), (2_048, 512), (1_568, 672)].map { PixelSize(width: $0.0, height: $0.1) })
    let ratio = Double(plan.cut.size.width) / Double(plan.cut.size.height)
    #expect((0.7...1.5).contains(ratio), "\(plan.cut)")
  }

  @Test func `the crop prefers surroundings to more of the model's pixels`() {
    let picture = PixelSize(width: 1_622, height: 2_880)
    let region = PixelArea(left: 300, top: 1_100, size: PixelSize(width: 800, height: 900))
    let plan = RegionPlan(region, in: picture, sizes: Self.sizes)
    #expect(plan.cut.size.width >= 1_200 && plan.cut.size.height >= 1_300)
  }
}
