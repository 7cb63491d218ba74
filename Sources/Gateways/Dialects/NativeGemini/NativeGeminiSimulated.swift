import Base64
import Core

extension NativeGeminiFormat {
  static let simulatedTraits: SimulatedTraits = [.modelParts, .googleClients]

  /// As in Google's API, both spellings of keys and both base64 alphabets are accepted, and members of
  /// `imageConfig` that only Vertex knows are refused.
  static func simulatedRequest(
    _ json: JSONValue, at endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    let gateway = endpoint.gateway
    var request = SimulatedRequest(endpoint.model)
    for part in json["contents"]?.elements.flatMap({ $0["parts"]?.elements ?? [] }) ?? [] {
      if let text = part["text"]?.string { request.prompt += text }
      if let inline = part["inlineData"] { try read(inline, into: &request, endpoint) }
    }
    guard !request.prompt.isEmpty else { throw SimulatedRefusal("contents.parts must hold a text.") }
    guard request.pictures.count <= gateway.limits.references else {
      throw SimulatedRefusal("At most \(gateway.limits.references) images are supported.")
    }
    request.isSearching = json["tools"]?.elements.contains { $0["googleSearch"] != nil } ?? false
    guard let image = json["generationConfig"]?["imageConfig"] else { return request }
    try refuseStrangers(in: image)
    if let text = image["aspectRatio"]?.string { try request.take(ratio: text, endpoint) }
    if let text = image["imageSize"]?.string { try request.take(tier: text, endpoint) }
    return request
  }

  private static func read(
    _ inline: JSONValue, into request: inout SimulatedRequest, _ endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) {
    guard let type = inline["mimeType"]?.string, let data = inline["data"]?.string else {
      throw SimulatedRefusal("inlineData needs mimeType and data.")
    }
    let bytes: PictureBytes
    do throws(Base64.DecodingError) {
      bytes = try Base64.decodeForgiving(data)
    } catch {
      throw SimulatedRefusal("Base64 decoding failed at character \(error.offset).")
    }
    try request.take(bytes, labeled: type, endpoint)
  }

  private static func refuseStrangers(in imageConfig: JSONValue) throws(SimulatedRefusal) {
    let known: Set<String> = ["aspectRatio", "aspect_ratio", "imageSize", "image_size"]
    guard let stranger = imageConfig.members.keys.sorted().first(where: { !known.contains($0) }) else {
      return
    }
    let place = "at 'generation_config.image_config'"
    throw SimulatedRefusal(
      "Invalid JSON payload received. Unknown name \"\(stranger)\" \(place): Cannot find field.")
  }
}

extension NativeGeminiFormat {
  /// The shape that Google documents.
  static func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue {
    var document: [String: JSONValue] = [
      "modelVersion": .string("plantain-simulator"), "responseId": .string("simulated"),
      "usageMetadata": usage(request),
    ]
    if let reason = answer.blockReason {
      document["promptFeedback"] = .object(["blockReason": .string(reason)])
      return .object(document)
    }
    var candidate: [String: JSONValue] = [
      "index": .number(0), "finishReason": .string(answer.finishReason ?? "STOP"),
    ]
    if let reason = answer.finishReason {
      candidate["finishMessage"] = .string("Unable to show the generated image (\(reason)).")
    } else if answer.pictures.isEmpty, answer.text == nil {
      candidate["finishReason"] = .string("NO_IMAGE")
    } else {
      let parts = answer.text.map { [text($0)] } ?? parts(answer)
      candidate["content"] = .object(["role": .string("model"), "parts": .array(parts)])
    }
    if request.isSearching { candidate["groundingMetadata"] = request.grounding }
    document["candidates"] = .array([.object(candidate)])
    return .object(document)
  }

  private static func parts(_ answer: SimulatedAnswer) -> [JSONValue] {
    answer.pictures.enumerated().map { position, picture in
      let label = picture.label.name
      switch answer.form {
      case .textWithDataURI: return text("![image](data:\(label);base64,\(Base64.encode(picture.bytes)))")
      case .textWithAddress: return text("![Image](\(picture.address))")
      case .inline: break
      }
      var part: [String: JSONValue] = [
        "inlineData": .object(["mimeType": .string(label), "data": .string(Base64.encode(picture.bytes))])
      ]
      if picture.isThought { part["thought"] = .bool(true) }
      let isLast = position == answer.pictures.count - 1
      if isLast { part["thoughtSignature"] = .string("c2ltdWxhdGVk") }
      return .object(part)
    }
  }

  private static func text(_ text: String) -> JSONValue { .object(["text": .string(text)]) }

  private static func usage(_ request: SimulatedRequest) -> JSONValue {
    let tokens = NanoBanana2.tokens
    let input =
      tokens.perReference * request.pictures.count + TokenCounts.prompt(request.prompt.utf8.count)
    let output = tokens.perPicture[request.tier] ?? 0
    return .object([
      "promptTokenCount": .number(Double(input)), "candidatesTokenCount": .number(Double(output)),
      "totalTokenCount": .number(Double(input + output)),
    ])
  }
}
