import Core

extension Gateway {
  /// crazyrouter.com, a reseller that speaks Google's own dialect. Its `/v1/images/generations` is "currently unhealthy" by
  /// its own page, and is never used.
  public static let crazyrouter = Gateway(
    id: "crazyrouter",
    dialect: .nativeGemini,
    // The page says crazyrouter.com, which newer ones (June 2026) call the console.
    baseURL: "https://api.crazyrouter.com",
    path: "/v1beta/models/{model}:generateContent",
    keyVariables: ["CRAZYROUTER_API_KEY"],
    // The page puts the key into the address, the general one into this header "for all requests": a header lands in
    // fewer logs.
    authorization: .bearer,
    // Google's figures: it states none of its own.
    limits: Limits(references: 14, statedPictureBytes: .megabytes(7)),
    carrier: .inlineData,
    fields: fields,
    takesPromptAlone: true,
    errorDialect: .openAI,
    models: [
      // Newer pages call it so; the older id of the page stays for those whose account has it.
      NanoBanana2.model("nano-banana-2"),
      NanoBanana2.model("gemini-3.1-flash-image-preview"),
      NanoBanana1.model("nano-banana", stability: .controlledTesting),
      NanoBanana1.model("gemini-2.5-flash-image", stability: .controlledTesting),
    ],
    documentation: "https://docs.crazyrouter.com/en/chat/gemini/image-edit",
    checked: "2026-11-23")

  private static let fields: RequestFields = {
    var fields = RequestFields.nativeGemini
    fields.role = "user"
    // The page took back what it said about shapes as "not revalidated", and its template has no imageConfig.
    fields.sendsShapeUnasked = false
    return fields
  }()
}
