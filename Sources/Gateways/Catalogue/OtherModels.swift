import Vocabulary

/// Facts of Gemini Nano Banana 2.1, the successor of October 2026: the same ratios, no 512, and thinking in three levels.
/// Source: tables of relays and a release note of a client, read in November 2026; its price is "about half", which is no
/// figure.
enum NanoBanana21 {
  static func model(_ id: String, ratios: [AspectRatio] = NanoBanana2.ratios) -> Model {
    Model(id: id, tiers: [.one, .two, .four], ratios: ratios, thinking: [.minimal, .medium, .high])
  }
}

/// Facts of Gemini 2.5 Flash Image, the first "Nano Banana": one size, ten ratios, no choice of thinking.
/// Source: https://ai.google.dev/gemini-api/docs/image-generation.
enum NanoBanana1 {
  private static let ratios = [
    (1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9),
  ].map { AspectRatio($0.0, $0.1) }

  static func model(_ id: String, stability: Model.Stability) -> Model {
    Model(id: id, tiers: [.one], ratios: ratios, stability: stability)
  }
}
