import Core

extension Gateway {
  /// The gateway myrouter.ai. The APIs of jiekou.ai and highwayapi.ai have the same format.
  public static let myrouter = Gateway(
    id: "myrouter",
    dialect: .v3,
    baseURL: "https://api.myrouter.ai",
    path: "/v3/{model}",
    keyVariables: ["MYROUTER_API_KEY"],
    authorization: .bearer,
    // The documentation states no size.
    limits: Limits(references: 14),
    // The documentation does not say whether a data URI or plain base64 is expected. A list named
    // image_base64s beside one named image_urls means plain base64.
    carrier: .rawBase64,
    fields: RequestFields(
      prompt: "prompt", references: "image_base64s", addresses: "image_urls", ratio: "aspect_ratio",
      tier: "size", outputFormat: "output_format", webSearch: "google.web_search",
      imageSearch: "google.image_search"),
    // This endpoint is for edits only. Generation from text alone has another endpoint, whose documentation
    // is not available to us.
    takesPromptAlone: false,
    outputFormats: [.png, .jpeg],
    errorDialect: .novita,
    models: [NanoBanana2.model("gemini-3.1-flash-image-edit")],
    documentation: "https://docs.myrouter.ai/docs/models/reference-gemini-3.1-flash-image-edit",
    checked: "2026-11-23")
}
