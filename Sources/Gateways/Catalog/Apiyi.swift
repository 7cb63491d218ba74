import Core

extension Gateway {
  /// The gateway apiyi.com, a reseller that uses Google's own format.
  public static let apiyi = Gateway(
    id: "apiyi",
    dialect: .nativeGemini,
    baseURL: "https://api.apiyi.com",
    path: "/v1beta/models/{model}:generateContent",
    keyVariables: ["APIYI_API_KEY"],
    authorization: .bearer,
    limits: Limits(
      references: 14,
      // Google's limit for an inline file, which the gateway's developer guide repeats.
      statedPictureBytes: .megabytes(7),
      // "Under 100 MB in total", says the developer guide.
      requestBytes: .megabytes(100),
      formats: [.jpeg, .png, .webp]),
    carrier: .inlineData,
    // Without a ratio, the result is 1:1 according to the API page, and has the ratio of the last picture
    // according to the guide. So the ratio is always sent, and there is no automatic ratio.
    fields: .nativeGemini,
    takesPromptAlone: true,
    errorDialect: .google,
    models: [
      NanoBanana2.model("gemini-3.1-flash-image-preview", prices: callPrice),
      NanoBanana2.model("gemini-3.1-flash-image", prices: callPrice),
    ],
    // "360 s for image editing, 600 s for 4K or several references", says the timeout guide.
    timeouts: Timeouts(usual: .seconds(360), slow: .seconds(600)),
    documentation: "https://docs.apiyi.com/en/api-capabilities/nano-banana-2-image/image-edit",
    checked: "2026-11-21")

  /// The price per call, which is the same for every tier.
  private static let callPrice = Price.everyTier(
    Price(millionths: 55_000, currency: "USD", readOn: "2026-11-21"))
}
