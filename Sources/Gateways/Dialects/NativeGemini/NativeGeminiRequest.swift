import Core

/// Google's `generateContent`, as documented by Google and its resellers:
///
///     {"contents": [{"parts": [{"text": "…"}, {"inlineData": {"mimeType": "image/jpeg", "data": "…"}}]}],
///      "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": {"imageSize": "2K"}}}
enum NativeGeminiFormat: WireFormat {
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode {
    let fields = gateway.fields
    var message = RequestNode.empty
    if let role = fields.role { message.set("role", .string(role)) }
    message.set("parts", .array([text(request.prompt)] + request.references.compactMap(part)))
    var document = RequestNode.empty
    document.set("contents", .array([message]))
    document.set("generationConfig.responseModalities", .array([.string("IMAGE")]))
    document.setShape(of: request, fields)
    if let level = request.thinking { document.set(fields.thinking, .string(level.rawValue.uppercased())) }
    if let tool = search(request) { document.set("tools", .array([tool])) }
    return document
  }

  private static func text(_ text: String) -> RequestNode {
    .object([("text", .string(text))])
  }

  private static func part(_ reference: EditRequest.Reference) -> RequestNode? {
    guard case .picture(let type, let content) = reference else { return nil }
    return .object([
      (
        "inlineData",
        .object([("mimeType", .string(type.name)), ("data", .picture(content, head: ""))])
      )
    ])
  }

  /// The search tool. `googleSearch` searches the web unless search types are given (Google's SDK, type
  /// GoogleSearch).
  private static func search(_ request: EditRequest) -> RequestNode? {
    guard request.webSearch || request.imageSearch else { return nil }
    var tool = RequestNode.empty
    tool.set("googleSearch", .empty)
    if request.imageSearch {
      if request.webSearch { tool.set("googleSearch.searchTypes.webSearch", .empty) }
      tool.set("googleSearch.searchTypes.imageSearch", .empty)
    }
    return tool
  }
}

extension RequestFields {
  /// Google's field names (https://ai.google.dev/gemini-api/docs/image-generation). `imageConfig` accepts
  /// only these two members. Others exist on Vertex AI only, and are rejected elsewhere.
  package static let nativeGemini = RequestFields(
    prompt: "contents.parts.text", references: "contents.parts.inlineData",
    ratio: "generationConfig.imageConfig.aspectRatio", tier: "generationConfig.imageConfig.imageSize",
    // The text of the guide says 0.5K, but the value is 512.
    tierSpellings: [.half: "512"])
}
