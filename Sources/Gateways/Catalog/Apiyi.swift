import Core

extension Gateway {
  /// apiyi.com, a reseller that speaks Google's own dialect.
  public static let apiyi = Gateway(
    id: "apiyi",
    dialect: .nativeGemini,
    baseURL: "https://api.apiyi.com",
    path: "/v1beta/models/{model}:generateContent",
    keyVariables: ["APIYI_API_KEY"],
    authorization: .bearer,
    limits: Limits(
      references: 14,
      // Google's figure for an inline file, repeated in the gateway's developer guide.
      statedPictureBytes: .megabytes(7),
      // "Under 100 MB in total", developer guide.
      requestBytes: .megabytes(100),
      formats: [.jpeg, .png, .webp]),
    carrier: .inlineData,
    // Without a ratio the page says 1:1 and the guide says the last picture's: it is always sent, and never left to it.
    fields: .nativeGemini,
    takesPromptAlone: true,
    errorDialect: .google,
    models: [
      NanoBanana2.model("gemini-3.1-flash-image-preview", prices: callPrice),
      NanoBanana2.model("gemini-3.1-flash-image", prices: callPrice),
    ],
    // "360 s for image editing, 600 s for 4K or several references", timeout guide.
    timeouts: Timeouts(usual: .seconds(360), slow: .seconds(600)),
    documentation: "https://docs.apiyi.com/en/api-capabilities/nano-banana-2-image/image-edit",
    checked: "2026-11-21")

  /// One price per call, whatever the tier.
  private static let callPrice = Price.everyTier(
    Price(millionths: 55_000, currency: "USD", checked: "2026-11-21"))
}
