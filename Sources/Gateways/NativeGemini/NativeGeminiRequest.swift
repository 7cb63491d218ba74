import Vocabulary

/// Google's `generateContent`, as apiyi's page shows it.
enum NativeGemini {
  static func encode(_ request: EditRequest, baseURL: String, key: APIKey) -> OutgoingRequest {
    OutgoingRequest(
      url: "\(baseURL)/v1beta/models/\(percentEncoded(request.model)):generateContent",
      headers: [
        ("Authorization", "Bearer \(key.revealed)"),
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
      ],
      body: body(request))
  }

  /// `imageConfig` holds these two members and no other: further ones exist on Vertex only and are refused here.
  static func body(_ request: EditRequest) -> RequestBody {
    var body = RequestBody()
    var text = #"{"contents":[{"parts":[{"text":"# + JSONValue.literal(request.prompt) + "}"
    for reference in request.references {
      text += #",{"inlineData":{"mimeType":""# + reference.mediaType.name + #"","data":""#
      body.append(text)
      body.appendBase64(reference.content)
      text = #""}}"#
    }
    text += #"]}],"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"aspectRatio":""#
    text += "\(request.ratio)" + #"","imageSize":""# + spelling(request.tier) + #""}}}"#
    body.append(text)
    return body
  }

  /// The smallest tier is `512` here, not `0.5K`.
  static func spelling(_ tier: Tier) -> String {
    tier == .half ? "512" : tier.rawValue
  }

  /// Model ids go into the path: everything but unreserved characters (RFC 3986) is escaped.
  private static func percentEncoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      let character = Character(UnicodeScalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        result.append(character)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (byte < 16 ? "0" : "") + digits
      }
    }
  }
}
