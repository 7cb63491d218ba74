import Core

extension Gateway {
  /// gccai.heqingsong.uk, a white label of APIMart, whose other names speak the same.
  public static let gccai = Gateway(
    id: "gccai",
    dialect: .task,
    baseURL: "https://gccai.heqingsong.uk",
    path: "/v1/images/generations",
    keyVariables: ["GCCAI_API_KEY"],
    authorization: .bearer,
    limits: Limits(
      references: 14,
      // "Single image size: not exceeding 10MB", of the file or of its text is not said.
      statedPictureBytes: .megabytes(10), counting: .unstated,
      formats: [.jpeg, .png, .webp]),
    // "Must use the full Data URI format".
    carrier: .dataURI,
    fields: RequestFields(
      model: "model", prompt: "prompt", references: "image_urls", addresses: "image_urls", ratio: "size",
      automaticRatio: .word("auto"), tier: "resolution", count: "n", webSearch: "google_search",
      imageSearch: "google_image_search", officialFallback: "official_fallback"),
    takesPromptAlone: true,
    maximumPictures: 4,
    // "Must be used together with google_search: true".
    imageSearchNeedsWebSearch: true,
    // "2 s", "15 s": APIMart's own client.
    mode: .task(TaskRoute(path: "/v1/tasks/{task}?language=en")),
    // APIMart documents it; whether this white label passes it on is not known, so nothing relies on it.
    idempotency: Idempotency(header: "Idempotency-Key", isHonored: false),
    errorDialect: .apimart,
    // A day, by the sample's two times; the newer contract says three.
    resultLife: .seconds(86_400),
    models: [
      NanoBanana2.model("gemini-3.1-flash-image-preview"),
      NanoBanana2.model("gemini-3.1-flash-image-preview-official", isOfficialChannel: true),
    ],
    documentation: "https://gccai.heqingsong.uk/en/api-reference/images/gemini-3.1-flash/generation",
    checked: "2026-11-23")
}
