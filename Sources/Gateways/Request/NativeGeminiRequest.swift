import Core

/// Encodes requests for Google's `generateContent`, as documented by Google and its resellers.
enum NativeGemini {
  static func document(_ request: EditRequest, _ fields: RequestFields) -> RequestNode {
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

extension RequestNode {
  /// Sets the aspect ratio and the tier, with the gateway's field names and spelling.
  mutating func setShape(of request: EditRequest, _ fields: RequestFields) {
    switch (request.shape, fields.automaticRatio) {
    case (.ratio(let ratio), _): set(fields.ratio, .string("\(ratio)"))
    case (.automatic, .word(let word)): set(fields.ratio, .string(word))
    case (.automatic, _), (nil, _): break
    }
    if let tier = request.tier { set(fields.tier, .string(fields.spelling(of: tier))) }
  }
}
