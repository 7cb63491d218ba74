import Core

extension Gateway {
  /// aimlapi.com.
  public static let aimlapi = Gateway(
    id: "aimlapi",
    dialect: .images,
    baseURL: "https://api.aimlapi.com",
    path: "/v1/images/generations",
    keyVariables: ["AIMLAPI_API_KEY"],
    authorization: .bearer,
    // "max: 5"; no page states a size.
    limits: Limits(references: 5),
    // The schema says `uri`, so bare base64 would fail.
    carrier: .dataURI,
    fields: RequestFields(
      model: "model", prompt: "prompt", references: "image_urls", addresses: "image_urls",
      ratio: "aspect_ratio", tier: "resolution", webSearch: "enable_web_search"),
    takesPromptAlone: true,
    errorDialect: .aimlapi,
    models: [
      NanoBanana2.model("google/nano-banana-2", tiers: tiers, ratios: ratios),
      NanoBanana2.model("google/gemini-3-1-flash-image-preview", tiers: tiers, ratios: ratios),
      // Its schema's own list of ratios is not known; the route's is on the safe side.
      NanoBanana21.model("google/gemini-nano-banana-2.1", ratios: ratios),
    ],
    documentation: "https://docs.aimlapi.com/api-references/image-models/google/gemini-3.1-flash-image",
    checked: "2026-11-23")

  private static let tiers: [Tier] = [.one, .two, .four]
  /// Five only, and a square when none is sent: leaving it out does not follow the picture.
  private static let ratios = [(1, 1), (9, 16), (16, 9), (3, 4), (4, 3)].map { AspectRatio($0.0, $0.1) }
}
