import Core

extension Gateway {
  /// Google's own Gemini API.
  public static let google = Gateway(
    id: "google",
    dialect: .nativeGemini,
    baseURL: "https://generativelanguage.googleapis.com",
    path: "/v1beta/models/{model}:generateContent",
    // Google's own guides use both names.
    keyVariables: ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
    authorization: .googleHeader,
    limits: Limits(
      references: 14,
      // Vertex AI's limit for an inline file. The Gemini API states only a limit for the request.
      statedPictureBytes: .megabytes(7),
      // The limit was raised to 100 MB in January 2026, "varying by data type". Copies of the schema still
      // say 20 MB.
      requestBytes: .megabytes(20),
      formats: [.jpeg, .png, .webp]),
    carrier: .inlineData,
    fields: fields,
    takesPromptAlone: true,
    errorDialect: .google,
    models: [
      NanoBanana21.model("gemini-nano-banana-2.1", prices: derivedPrices),
      // Shut down on 2026-10-29 according to LiteLLM's discussion 44983 and two clients. No statement by
      // Google was found.
      NanoBanana2.model("gemini-3.1-flash-image", prices: prices),
    ],
    documentation: "https://ai.google.dev/gemini-api/docs/image-generation",
    checked: "2026-11-23")

  private static let fields: RequestFields = {
    var fields = RequestFields.nativeGemini
    fields.role = "user"
    // The documentation says "Default ratio: that of the input image, else 1:1".
    fields.automaticRatio = .omitted
    fields.webSearch = "tools.googleSearch.searchTypes.webSearch"
    fields.imageSearch = "tools.googleSearch.searchTypes.imageSearch"
    fields.thinking = "generationConfig.thinkingConfig.thinkingLevel"
    return fields
  }()

  /// The prices of Nano Banana 2.1: 30 USD per million tokens (the value in three public clients), multiplied
  /// by the tokens of a picture of its predecessor. The clients state the price of 1K themselves; 2K and 4K
  /// are derived.
  private static let derivedPrices: [Tier: Price] = [.one: 33_600, .two: 50_400, .four: 75_600]
    .mapValues { Price(millionths: $0, currency: "USD", readOn: "2026-11-29") }

  /// The prices of Nano Banana 2 on the price page, as noted on that day: 60 USD per million tokens, and 747
  /// to 2,520 tokens per picture.
  private static let prices: [Tier: Price] = [.half: 45_000, .one: 67_000, .two: 101_000, .four: 151_000]
    .mapValues { Price(millionths: $0, currency: "USD", readOn: "2026-09-05") }
}
