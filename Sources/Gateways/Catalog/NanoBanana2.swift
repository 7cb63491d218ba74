package import Core

/// Facts about Gemini 3.1 Flash Image ("Nano Banana 2") that do not depend on the gateway.
/// Source: https://ai.google.dev/gemini-api/docs/image-generation, read in November 2026.
package enum NanoBanana2 {
  /// The supported aspect ratios.
  package static let ratios = rows.map(\.ratio)

  /// The pixel size in the guide's table. It is a forecast: recorded replies differ by a few pixels.
  package static func size(_ ratio: AspectRatio, _ tier: Tier) -> PixelSize? {
    guard let row = rows.first(where: { $0.ratio == ratio }) else { return nil }
    // The sizes of 2K and 4K are exactly two and four times those of 1K. The model rounds 0.5K in its own
    // way.
    switch tier {
    case .half: return row.half
    case .one: return row.one
    case .two: return PixelSize(width: row.one.width * 2, height: row.one.height * 2)
    case .four: return PixelSize(width: row.one.width * 4, height: row.one.height * 4)
    }
  }

  /// The whole table, by tier and aspect ratio.
  static let sizes = Dictionary(
    uniqueKeysWithValues: Tier.allCases.map { tier in
      (
        tier,
        Dictionary(uniqueKeysWithValues: ratios.compactMap { ratio in size(ratio, tier).map { (ratio, $0) } })
      )
    })

  private struct Row {
    let ratio: AspectRatio
    let half: PixelSize
    let one: PixelSize

    init(_ ratio: (Int, Int), half: (Int, Int), one: (Int, Int)) {
      self.ratio = AspectRatio(ratio.0, ratio.1)
      self.half = PixelSize(width: half.0, height: half.1)
      self.one = PixelSize(width: one.0, height: one.1)
    }
  }

  private static let rows = [
    Row((1, 1), half: (512, 512), one: (1024, 1024)),
    Row((1, 4), half: (256, 1024), one: (512, 2048)),
    Row((1, 8), half: (192, 1536), one: (384, 3072)),
    Row((2, 3), half: (424, 632), one: (848, 1264)),
    Row((3, 2), half: (632, 424), one: (1264, 848)),
    Row((3, 4), half: (448, 600), one: (896, 1200)),
    Row((4, 1), half: (1024, 256), one: (2048, 512)),
    Row((4, 3), half: (600, 448), one: (1200, 896)),
    Row((4, 5), half: (464, 576), one: (928, 1152)),
    Row((5, 4), half: (576, 464), one: (1152, 928)),
    Row((8, 1), half: (1536, 192), one: (3072, 384)),
    Row((9, 16), half: (384, 688), one: (768, 1376)),
    Row((16, 9), half: (688, 384), one: (1376, 768)),
    // The guide prints 792×168 here. 336 is the height that fits the ratio.
    Row((21, 9), half: (792, 336), one: (1584, 672)),
  ]

  /// The token counts: of generated pictures according to the guide's table, and of references according to
  /// Vertex AI's page on the model.
  package static let tokens = TokenCounts(
    perReference: 1_120, perPicture: [.half: 747, .one: 1_120, .two: 1_680, .four: 2_520])

  /// The model under a gateway's `id`, with that gateway's limits and prices.
  static func model(
    _ id: String, tiers: [Tier] = Tier.allCases, ratios: [AspectRatio] = ratios, prices: [Tier: Price] = [:],
    isOfficialChannel: Bool = false
  ) -> Model {
    Model(
      id: id, tiers: tiers, ratios: ratios, thinking: [.minimal, .high], prices: prices, tokens: tokens,
      sizes: sizes, isOfficialChannel: isOfficialChannel)
  }
}
