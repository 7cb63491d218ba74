import Base64
import Gateways
import Core

/// Google's `generateContent`. As in Google's API, both spellings of keys and both base64 alphabets are
/// accepted, and members of `imageConfig` that only Vertex knows are refused.
enum NativeGeminiDialect {
  static func read(_ json: JSONValue, _ gateway: Gateway, _ model: Model) throws(Refusal) -> SimulatedRequest
  {
    var request = SimulatedRequest(model)
    for part in json["contents"]?.elements.flatMap({ $0["parts"]?.elements ?? [] }) ?? [] {
      if let text = part["text"]?.string { request.prompt += text }
      if let inline = part["inlineData"] { try read(inline, into: &request, gateway) }
    }
    guard !request.prompt.isEmpty else { throw Refusal("contents.parts must hold a text.") }
    guard request.pictures.count <= gateway.limits.references else {
      throw Refusal("At most \(gateway.limits.references) images are supported.")
    }
    request.isSearching = json["tools"]?.elements.contains { $0["googleSearch"] != nil } ?? false
    guard let image = json["generationConfig"]?["imageConfig"] else { return request }
    try refuseStrangers(in: image)
    if let text = image["aspectRatio"]?.string { try request.take(ratio: text, gateway, model) }
    if let text = image["imageSize"]?.string { try request.take(tier: text, gateway, model) }
    return request
  }

  private static func read(
    _ inline: JSONValue, into request: inout SimulatedRequest, _ gateway: Gateway
  ) throws(Refusal) {
    guard let type = inline["mimeType"]?.string, let data = inline["data"]?.string else {
      throw Refusal("inlineData needs mimeType and data.")
    }
    let bytes: PictureBytes
    do throws(Base64.DecodingError) {
      bytes = try Base64.decodeForgiving(data)
    } catch {
      throw Refusal("Base64 decoding failed at character \(error.offset).")
    }
    try request.take(bytes, labeled: type, gateway)
  }

  private static func refuseStrangers(in imageConfig: JSONValue) throws(Refusal) {
    let known: Set<String> = ["aspectRatio", "aspect_ratio", "imageSize", "image_size"]
    guard let stranger = imageConfig.members.keys.sorted().first(where: { !known.contains($0) }) else {
      return
    }
    let place = "at 'generation_config.image_config'"
    throw Refusal("Invalid JSON payload received. Unknown name \"\(stranger)\" \(place): Cannot find field.")
  }
}

extension NativeGeminiDialect {
  /// The reply to a request, in the shape that Google documents.
  ///
  /// - Parameters:
  ///   - pictures: The pictures, drafts first.
  ///   - addresses: Their URLs, for replies that have them in the text.
  static func reply(
    _ pictures: [SimulatedModel.Answer], addresses: [String], _ request: SimulatedRequest, _ fault: Fault
  ) -> JSONValue {
    var document: [String: JSONValue] = [
      "modelVersion": .string("plantain-simulator"), "responseId": .string("simulated"),
      "usageMetadata": usage(request),
    ]
    if let reason = fault.blockReason {
      document["promptFeedback"] = .object(["blockReason": .string(reason)])
      return .object(document)
    }
    var candidate: [String: JSONValue] = [
      "index": .number(0), "finishReason": .string(fault.finishReason ?? "STOP"),
    ]
    if let reason = fault.finishReason {
      candidate["finishMessage"] = .string("Unable to show the generated image (\(reason)).")
    } else if fault.hasNoPicture {
      candidate["finishReason"] = .string("NO_IMAGE")
    } else {
      let parts = fault.text.map { [text($0)] } ?? parts(pictures, addresses: addresses, fault)
      candidate["content"] = .object(["role": .string("model"), "parts": .array(parts)])
    }
    if request.isSearching {
      candidate["groundingMetadata"] = .object(["webSearchQueries": .array([.string(request.prompt)])])
    }
    document["candidates"] = .array([.object(candidate)])
    return .object(document)
  }

  private static func parts(
    _ pictures: [SimulatedModel.Answer], addresses: [String], _ fault: Fault
  ) -> [JSONValue] {
    pictures.enumerated().map { position, picture in
      let label = (fault.label ?? picture.mediaType).name
      switch fault.inText {
      case .dataURI?: return text("![image](data:\(label);base64,\(Base64.encode(picture.bytes)))")
      case .address?: return text("![Image](\(addresses[position]))")
      case nil: break
      }
      var part: [String: JSONValue] = [
        "inlineData": .object(["mimeType": .string(label), "data": .string(Base64.encode(picture.bytes))])
      ]
      let isLast = position == pictures.count - 1
      if !isLast || fault.isOnlyThought { part["thought"] = .bool(true) }
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
