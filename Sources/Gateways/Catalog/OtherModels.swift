import Core

/// Facts about Gemini Nano Banana 2.1, the successor of October 2026. It has the same aspect ratios, no 0.5K
/// tier, and three thinking levels.
/// Source: tables of relays, a release note of a client, and three public clients, read in November 2026.
enum NanoBanana21 {
  static func model(
    _ id: String, ratios: [AspectRatio] = NanoBanana2.ratios, prices: [Tier: Price] = [:]
  ) -> Model {
    Model(
      id: id, tiers: [.one, .two, .four], ratios: ratios, thinking: [.minimal, .medium, .high],
      prices: prices,
      tokens: tokens, sizes: NanoBanana2.sizes)
  }

  /// The token counts of its predecessor, because no table for this model was found.
  private static let tokens = TokenCounts(
    perReference: 1_120, perPicture: [.one: 1_120, .two: 1_680, .four: 2_520])
}

/// Facts about Gemini 2.5 Flash Image, the first "Nano Banana". It has one tier, ten aspect ratios, and no
/// choice of a thinking level.
/// Source: https://ai.google.dev/gemini-api/docs/image-generation.
enum NanoBanana1 {
  private static let rows = [
    ((1, 1), (1024, 1024)), ((2, 3), (832, 1248)), ((3, 2), (1248, 832)), ((3, 4), (864, 1184)),
    ((4, 3), (1184, 864)), ((4, 5), (896, 1152)), ((5, 4), (1152, 896)), ((9, 16), (768, 1344)),
    ((16, 9), (1344, 768)), ((21, 9), (1536, 672)),
  ].map { (AspectRatio($0.0.0, $0.0.1), PixelSize(width: $0.1.0, height: $0.1.1)) }

  static func model(_ id: String, stability: Model.Stability) -> Model {
    Model(
      id: id, tiers: [.one], ratios: rows.map(\.0), sizes: [.one: Dictionary(uniqueKeysWithValues: rows)],
      stability: stability)
  }
}
