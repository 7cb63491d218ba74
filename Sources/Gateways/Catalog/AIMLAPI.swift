import Core

extension Gateway {
  /// The gateway aimlapi.com, with a JSON format modeled on OpenAI's images API.
  public static let aimlapi = Gateway(
    id: "aimlapi",
    dialect: .images,
    baseURL: "https://api.aimlapi.com",
    path: "/v1/images/generations",
    keyVariables: ["AIMLAPI_API_KEY"],
    authorization: .bearer,
    // The documentation says "max: 5" and states no size.
    limits: Limits(references: 5),
    // The schema declares the format `uri`, so base64 without a prefix would fail.
    carrier: .dataURI,
    fields: RequestFields(
      model: "model", prompt: "prompt", references: "image_urls", addresses: "image_urls",
      ratio: "aspect_ratio", tier: "resolution", webSearch: "enable_web_search"),
    takesPromptAlone: true,
    errorDialect: .aimlapi,
    models: [
      NanoBanana2.model("google/nano-banana-2", tiers: tiers, ratios: ratios),
      NanoBanana2.model("google/gemini-3-1-flash-image-preview", tiers: tiers, ratios: ratios),
      // The list of ratios in this model's schema is unknown. The list of this endpoint is the safe choice.
      NanoBanana21.model("google/gemini-nano-banana-2.1", ratios: ratios),
    ],
    documentation: "https://docs.aimlapi.com/api-references/image-models/google/gemini-3.1-flash-image",
    checked: "2026-11-23")

  private static let tiers: [Tier] = [.one, .two, .four]
  /// The five supported ratios. Without a ratio the gateway makes a square; it does not follow the picture.
  private static let ratios = [(1, 1), (9, 16), (16, 9), (3, 4), (4, 3)].map { AspectRatio($0.0, $0.1) }
}
