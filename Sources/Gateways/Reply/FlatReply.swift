import Base64
import Core

/// A reply in one of the flat dialects, which are read alike. The location of pictures differs between
/// gateways, between versions of a gateway, and between the documentation and the actual replies. So every
/// location that was seen anywhere is searched.
struct FlatReply: ReplyShape {
  let documents: [JSONValue]

  /// Always `true`: a reply of no other shape is read as one of this shape.
  var isOwn: Bool { true }

  func read() throws(Base64.DecodingError) -> ReplyReader.Reading {
    var reading = ReplyReader.Reading()
    for document in documents {
      let task = TaskFormat.task(in: document)
      // Results come first, because some gateways repeat the request's references at the top of the reply.
      for place in [task["result"], document["output"], task["output"], document, task].compactMap(\.self) {
        reading.pictures += try Self.pictures(in: place)
        if !reading.pictures.isEmpty { break }
      }
      reading.tasks += TaskFormat.tasks(in: document)
      reading.facts = Self.facts(document, task)
      reading.spoken += Self.spoken(document, task)
      reading.blockReason = Self.blockReason(document)
    }
    return reading
  }

  static func pictures(in place: JSONValue) throws(Base64.DecodingError) -> [ReturnedPicture] {
    // A list of outputs, such as the image generation calls in OpenAI's Responses API.
    if !place.elements.isEmpty { return try pictures(at: "output", place, expires: nil) }
    for name in ["image_urls", "images", "data", "image_url", "url", "urls", "image", "b64_json"] {
      guard let value = place[name] else { continue }
      let found = try pictures(at: name, value, expires: place["expires_at"]?.int)
      if !found.isEmpty { return found }
    }
    return []
  }

  static func pictures(
    at name: String, _ value: JSONValue, expires: Int?
  ) throws(Base64.DecodingError) -> [ReturnedPicture] {
    switch value {
    case .array(let elements):
      var found: [ReturnedPicture] = []
      for element in elements { found += try pictures(at: name, element, expires: expires) }
      return found
    case .object: return try pictures(of: value, expires: value["expires_at"]?.int ?? expires)
    case .string, .lifted:
      let isText = ["b64_json", "base64"].contains(name)
      return try picture(value, isBase64: isText, label: nil, expires: expires).map { [$0] } ?? []
    case .null, .bool, .number: return []
    }
  }

  /// The picture that an object describes: its bytes, or else its URL, which can be a list of URLs.
  private static func pictures(
    of object: JSONValue, expires: Int?
  ) throws(Base64.DecodingError) -> [ReturnedPicture] {
    let label = (object["mime_type"] ?? object["mimeType"] ?? object["content_type"])?.string.map(
      MediaType.init)
    for name in ["b64_json", "base64", "data", "result"] {
      guard let value = object[name], value.string != nil else { continue }
      if let picture = try picture(value, isBase64: true, label: label, expires: expires) { return [picture] }
    }
    for name in ["url", "image_url", "urls"] {
      guard let value = object[name] else { continue }
      let found = try pictures(at: name, value, expires: expires)
      if !found.isEmpty { return found.map { ReturnedPicture($0.content, label: $0.label ?? label) } }
    }
    return []
  }

  /// The picture in a string: a data URI, base64, or a URL. The URL can be a path relative to the gateway's
  /// base URL.
  private static func picture(
    _ value: JSONValue, isBase64: Bool, label: MediaType?, expires: Int?
  ) throws(Base64.DecodingError) -> ReturnedPicture? {
    if let uri = try value.dataURI() { return ReturnedPicture(.bytes(uri.bytes), label: uri.mediaType) }
    let isLong = if case .lifted = value { true } else { false }
    if isBase64 || isLong { return try value.base64().map { ReturnedPicture(.bytes($0), label: label) } }
    guard let text = value.string, ["http://", "https://", "/"].contains(where: text.hasPrefix) else {
      return nil
    }
    return ReturnedPicture(.address(text, expires: expires), label: label)
  }

  private static func facts(_ document: JSONValue, _ task: JSONValue) -> ReplyFacts {
    var facts = ReplyFacts()
    facts.grounding = V3Format.grounding(document, task)
    facts.cost = ImagesFormat.cost(document) ?? TaskFormat.cost(document, task)
    facts.text = document["message"]?.string
    facts.finishReason = task["finish_reason"]?.string
    return facts
  }

  /// The model's texts, for which each gateway has another field name.
  private static func spoken(_ document: JSONValue, _ task: JSONValue) -> [JSONValue] {
    let holders = [document, task, task["result"], document["data"]?.elements.first].compactMap(\.self)
    let text = holders.lazy.map { holder in
      ["text", "content", "output_text", "output", "result", "response"].compactMap { holder[$0] }.filter {
        $0.string != nil
      }
    }
    return text.first { !$0.isEmpty } ?? []
  }

  private static func blockReason(_ document: JSONValue) -> String? {
    document["promptFeedback"]?["blockReason"]?.string
  }
}
