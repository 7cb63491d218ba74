import Core

extension Gateway {
  /// myrouter.ai, and by its shape jiekou.ai and highwayapi.ai.
  public static let myrouter = Gateway(
    id: "myrouter",
    dialect: .v3,
    baseURL: "https://api.myrouter.ai",
    path: "/v3/{model}",
    keyVariables: ["MYROUTER_API_KEY"],
    authorization: .bearer,
    // No page states a size.
    limits: Limits(references: 14),
    // Data URI or bare base64 is not said; a list called image_base64s beside one called image_urls means bare.
    carrier: .rawBase64,
    fields: RequestFields(
      prompt: "prompt", references: "image_base64s", addresses: "image_urls", ratio: "aspect_ratio",
      tier: "size", outputFormat: "output_format", webSearch: "google.web_search",
      imageSearch: "google.image_search"),
    // This path edits; text alone has a path of its own, whose page we do not have.
    takesPromptAlone: false,
    outputFormats: [.png, .jpeg],
    errorDialect: .novita,
    models: [NanoBanana2.model("gemini-3.1-flash-image-edit")],
    documentation: "https://docs.myrouter.ai/docs/models/reference-gemini-3.1-flash-image-edit",
    checked: "2026-11-23")
}
