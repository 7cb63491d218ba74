import Core

extension Gateway {
  /// The gateway gccai.heqingsong.uk, a white label of APIMart. APIMart's other white labels use the same
  /// format.
  public static let gccai = Gateway(
    id: "gccai",
    dialect: .task,
    baseURL: "https://gccai.heqingsong.uk",
    path: "/v1/images/generations",
    keyVariables: ["GCCAI_API_KEY"],
    authorization: .bearer,
    limits: Limits(
      references: 14,
      // "Single image size: not exceeding 10MB". The documentation does not say whether of the file or of its
      // base64.
      statedPictureBytes: .megabytes(10), counting: .unstated,
      formats: [.jpeg, .png, .webp]),
    // The documentation says "Must use the full Data URI format".
    carrier: .dataURI,
    fields: RequestFields(
      model: "model", prompt: "prompt", references: "image_urls", addresses: "image_urls", ratio: "size",
      automaticRatio: .word("auto"), tier: "resolution", count: "n", webSearch: "google_search",
      imageSearch: "google_image_search", officialFallback: "official_fallback"),
    takesPromptAlone: true,
    maximumPictures: 4,
    // The documentation says "Must be used together with google_search: true".
    imageSearchNeedsWebSearch: true,
    // The interval and the timeout of a poll are the defaults, 2 s and 15 s, as in APIMart's own client.
    mode: .task(TaskRoute(path: "/v1/tasks/{task}?language=en")),
    // APIMart documents this header. Whether this white label passes it on is unknown, so nothing relies on
    // it.
    idempotency: Idempotency(header: "Idempotency-Key", isHonored: false),
    errorDialect: .apimart,
    // One day, according to the two timestamps of the sample reply. The newer contract says three days.
    resultLife: .seconds(86_400),
    models: [
      NanoBanana2.model("gemini-3.1-flash-image-preview"),
      NanoBanana2.model("gemini-3.1-flash-image-preview-official", isOfficialChannel: true),
    ],
    documentation: "https://gccai.heqingsong.uk/en/api-reference/images/gemini-3.1-flash/generation",
    checked: "2026-11-23")
}
