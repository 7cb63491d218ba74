import Core

extension Gateway {
  /// Google's Gemini API itself.
  public static let google = Gateway(
    id: "google",
    dialect: .nativeGemini,
    baseURL: "https://generativelanguage.googleapis.com",
    path: "/v1beta/models/{model}:generateContent",
    // Both names are used in Google's own guides.
    keyVariables: ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
    authorization: .googleHeader,
    limits: Limits(
      references: 14,
      // Vertex' figure for an inline file; the Gemini API names only the request.
      statedPictureBytes: .megabytes(7),
      // Raised to 100 MB in January 2026, "varying by data type"; copies of the schema still say 20.
      requestBytes: .megabytes(20),
      formats: [.jpeg, .png, .webp]),
    carrier: .inlineData,
    fields: fields,
    takesPromptAlone: true,
    errorDialect: .google,
    models: [
      NanoBanana21.model("gemini-nano-banana-2.1", prices: derivedPrices),
      // Shut down on 2026-10-29 by all that is known (a discussion of LiteLLM's, number 44983, and two clients); Google's own word
      // was not found.
      NanoBanana2.model("gemini-3.1-flash-image", prices: prices),
    ],
    documentation: "https://ai.google.dev/gemini-api/docs/image-generation",
    checked: "2026-11-23")

  private static let fields: RequestFields = {
    var fields = RequestFields.nativeGemini
    fields.role = "user"
    // "Default ratio: that of the input image, else 1:1".
    fields.automaticRatio = .omitted
    fields.webSearch = "tools.googleSearch.searchTypes.webSearch"
    fields.imageSearch = "tools.googleSearch.searchTypes.imageSearch"
    fields.thinking = "generationConfig.thinkingConfig.thinkingLevel"
    return fields
  }()

  /// 30 USD for a million tokens, as three public clients have it, times the tokens of its predecessor's pictures: at 1K they say so
  /// themselves, 2K and 4K are derived.
  private static let derivedPrices: [Tier: Price] = [.one: 33_600, .two: 50_400, .four: 75_600]
    .mapValues { Price(millionths: $0, currency: "USD", checked: "2026-11-29") }

  /// By the price page as noted on that day: 60 USD for a million tokens, 747 to 2,520 of which are one picture.
  private static let prices: [Tier: Price] = [.half: 45_000, .one: 67_000, .two: 101_000, .four: 151_000]
    .mapValues { Price(millionths: $0, currency: "USD", checked: "2026-09-05") }
}
