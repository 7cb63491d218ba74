import Base64
import Core

extension ImagesFormat {
  static let simulatedTraits: SimulatedTraits = .addresses

  /// The further names that OpenAI's own client may send.
  private static let openAINames: Set<String> = ["n", "response_format", "size", "user"]

  static func simulatedRequest(
    _ json: JSONValue, at endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    var request = try FlatSimulated.read(json, endpoint, furtherNames: openAINames)
    request.wantsBase64 = json["response_format"]?.string == "b64_json"
    return request
  }

  static func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue {
    let data = answer.pictures.map { picture in
      JSONValue.object([
        "url": request.wantsBase64 ? .null : .string(picture.address),
        "b64_json": request.wantsBase64 ? .string(Base64.encode(picture.bytes)) : .null,
        "mime_type": .string(picture.label.name),
      ])
    }
    return .object([
      "created": .number(1_780_000_000), "data": data.isEmpty ? .null : .array(data),
      "meta": .object(["usage": .object(["credits_used": .number(178_975)])]),
    ])
  }
}
