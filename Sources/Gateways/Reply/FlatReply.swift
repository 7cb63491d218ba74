import Base64
import Core

/// A reply in one of the flat dialects. The location of pictures differs between gateways, between versions
/// of a gateway, and between the documentation and the actual replies. So every location that was seen
/// anywhere is searched.
struct FlatReply: ReplyShape {
  let documents: [JSONValue]

  /// Always `true`: a reply of no other shape is read as one of this shape.
  var isOwn: Bool { true }

  func read() throws(Base64.DecodingError) -> ReplyReader.Reading {
    var reading = ReplyReader.Reading()
    for document in documents {
      let task = Self.task(in: document)
      // Results come first, because some gateways repeat the request's references at the top of the reply.
      for place in [task["result"], document["output"], task["output"], document, task].compactMap(\.self) {
        reading.pictures += try Self.pictures(in: place)
        if !reading.pictures.isEmpty { break }
      }
      reading.tasks += Self.tasks(in: document)
      reading.facts = Self.facts(document, task)
      reading.spoken += Self.spoken(document, task)
      reading.blockReason = Self.blockReason(document)
    }
    return reading
  }

  /// The task in a document. APIMart wraps it in `data`; newer documentation does not.
  static func task(in document: JSONValue) -> JSONValue {
    guard let data = document["data"] else { return document }
    if data.isObject { return data }
    return data.elements.count == 1 && data.elements[0].isObject ? data.elements[0] : document
  }

  enum TaskState { case running, done, failed }

  /// The state of a task. An unknown state counts as running, so polling goes on until the deadline.
  static func state(of task: JSONValue) -> TaskState {
    switch task["status"]?.string?.lowercased() ?? "" {
    case "completed", "success", "succeeded", "finished": .done
    case "failed", "error", "cancelled", "canceled": .failed
    case "": task["result"] != nil || task["images"] != nil ? .done : .running
    default: .running
    }
  }

  /// The ids of all tasks in a document. The documentation does not say whether one task makes all pictures
  /// or each picture has a task.
  private static func tasks(in document: JSONValue) -> [String] {
    let data = document["data"]
    let holders = data?.elements ?? []
    let ids = (holders.isEmpty ? [data, document].compactMap(\.self) : holders).compactMap { holder in
      holder["task_id"]?.string ?? holder["taskId"]?.string
        ?? (holder["status"] != nil ? holder["id"]?.string : nil)
    }
    return ids.filter { !$0.isEmpty }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
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
    facts.grounding = (document["grounding_metadata"] ?? task["grounding_metadata"])?.text
    facts.cost = cost(document, task)
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

  private static func cost(_ document: JSONValue, _ task: JSONValue) -> ReplyFacts.ReportedCost? {
    let usage = document["meta"]?["usage"]
    if let amount = usage?["usd_spent"]?.double { return .init(amount: amount, currency: "USD") }
    // The unit of `cost` alone is not documented.
    let credits = [usage?["credits_used"], task["credits_cost"], task["cost"], document["cost"]]
    return credits.lazy.compactMap { $0?.double }.first.map { .init(amount: $0, currency: "credits") }
  }

  private static func blockReason(_ document: JSONValue) -> String? {
    document["promptFeedback"]?["blockReason"]?.string
  }
}
