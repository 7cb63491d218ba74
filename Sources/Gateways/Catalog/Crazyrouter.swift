import Core

extension Gateway {
  /// The gateway crazyrouter.com, a reseller that uses Google's own format. Its `/v1/images/generations` is
  /// "currently unhealthy" according to its own documentation, and is never used.
  public static let crazyrouter = Gateway(
    id: "crazyrouter",
    dialect: .nativeGemini,
    // The page on image editing says crazyrouter.com, which newer pages (June 2026) call the console.
    baseURL: "https://api.crazyrouter.com",
    path: "/v1beta/models/{model}:generateContent",
    keyVariables: ["CRAZYROUTER_API_KEY"],
    // The page on image editing puts the key into the URL; the general page puts it into this header "for all
    // requests". A header is logged in fewer places.
    authorization: .bearer,
    // Google's limits, because this gateway states none of its own.
    limits: Limits(references: 14, statedPictureBytes: .megabytes(7)),
    carrier: .inlineData,
    fields: fields,
    takesPromptAlone: true,
    errorDialect: .openAI,
    models: [
      // The id on newer pages. The older id below remains for accounts that have it.
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
    // The page withdrew its statements about aspect ratio and size as "not revalidated", and its template has
    // no imageConfig.
    fields.sendsShapeUnasked = false
    return fields
  }()
}
