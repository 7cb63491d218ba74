import Base64
import Gateways
import Core

/// The dialects whose request is one flat JSON object. It is read strictly, by the gateway's own table of
/// names: a name that the gateway's pages do not document is refused, so that a mistake shows here and not on
/// a bill.
enum FlatDialect {
  /// The further names that OpenAI's own client may send.
  private static let openAINames: Set<String> = ["n", "response_format", "size", "user"]

  static func read(_ json: JSONValue, _ gateway: Gateway, _ model: Model) throws(Refusal) -> SimulatedRequest
  {
    let fields = gateway.fields
    try refuseStrangers(in: json, gateway)
    var request = SimulatedRequest(model)
    guard let prompt = json[path: fields.prompt]?.string, !prompt.isEmpty else {
      throw Refusal("'\(fields.prompt)' is required.")
    }
    request.prompt = prompt
    try readReferences(json, gateway, into: &request)
    if let text = try text(fields.ratio, json) { try request.take(ratio: text, gateway, model) }
    if let text = try text(fields.tier, json) { try request.take(tier: text, gateway, model) }
    request.count = try count(json, fields, gateway)
    request.format = try format(json, gateway)
    let searches = [fields.webSearch, fields.imageSearch].map { $0.flatMap { json[path: $0]?.bool } ?? false }
    guard !searches[1] || searches[0] || !gateway.imageSearchNeedsWebSearch else {
      throw Refusal("Image search must be used together with web search.")
    }
    request.isSearching = searches.contains(true)
    if let name = fields.officialFallback, json[path: name]?.bool == true, model.isOfficialChannel {
      throw Refusal("'\(name)' cannot be used with \(model.id).")
    }
    if gateway.dialect == .images { request.wantsBase64 = json["response_format"]?.string == "b64_json" }
    return request
  }

  private static func refuseStrangers(in json: JSONValue, _ gateway: Gateway) throws(Refusal) {
    let fields = gateway.fields
    let paths = [
      fields.model, fields.prompt, fields.references, fields.addresses, fields.ratio, fields.tier,
      fields.count,
      fields.outputFormat, fields.webSearch, fields.imageSearch, fields.officialFallback, fields.thinking,
    ]
    var known = Set(paths.compactMap { $0.map { String($0.prefix { $0 != "." }) } })
    if gateway.dialect == .images { known.formUnion(openAINames) }
    guard json.isObject else { throw Refusal("The body must be a JSON object.") }
    if let stranger = json.members.keys.sorted().first(where: { !known.contains($0) }) {
      throw Refusal("Unrecognized key: '\(stranger)'.")
    }
  }

  private static func readReferences(
    _ json: JSONValue, _ gateway: Gateway, into request: inout SimulatedRequest
  ) throws(Refusal) {
    let fields = gateway.fields
    var items = json[path: fields.references]?.elements.map { ($0, true) } ?? []
    if let name = fields.addresses, name != fields.references {
      items += json[path: name]?.elements.map { ($0, false) } ?? []
    }
    guard items.count <= gateway.limits.references else {
      throw Refusal("Array must contain at most \(gateway.limits.references) element(s).")
    }
    guard !items.isEmpty || gateway.takesPromptAlone else { throw Refusal("An image is required.") }
    for (item, mayBeBytes) in items {
      guard let text = item.string else { throw Refusal("An image must be a string.") }
      if isAddress(text), fields.addresses != nil { continue }
      guard mayBeBytes else { throw Refusal("'\(text.prefix(40))' is not an http(s) URL.") }
      let (bytes, label) = try picture(text, gateway)
      try request.take(bytes, labeled: label, gateway)
    }
    // The simulator fetches nothing, so that it needs no network.
    guard items.isEmpty || !request.pictures.isEmpty else {
      throw Refusal("The simulator fetches nothing: the picture to edit must come as bytes.")
    }
  }

  private static func isAddress(_ text: String) -> Bool {
    ["https://", "http://"].contains { text.lowercased().hasPrefix($0) }
  }

  private static func picture(
    _ text: String, _ gateway: Gateway
  ) throws(Refusal) -> (bytes: PictureBytes, label: String?) {
    do {
      if gateway.carrier == .dataURI {
        guard DataURI.isDataURI(text) else { throw Refusal("Must use the full Data URI format.") }
        let uri = try DataURI(parsing: text)
        return (uri.bytes, uri.mediaType.name)
      }
      guard !DataURI.isDataURI(text) else { throw Refusal("Base64 without a prefix is expected.") }
      return (try Base64.decodeForgiving(text), nil)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal("An image is not valid base64.")
    }
  }

  private static func text(_ name: String?, _ json: JSONValue) throws(Refusal) -> String? {
    guard let name, let value = json[path: name] else { return nil }
    guard let text = value.string else { throw Refusal("'\(name)' must be a string.") }
    return text
  }

  private static func count(
    _ json: JSONValue, _ fields: RequestFields, _ gateway: Gateway
  ) throws(Refusal) -> Int {
    guard let value = json[path: fields.count ?? "n"] else { return 1 }
    guard case .number(let number) = value, let count = Int(exactly: number),
      (1...gateway.maximumPictures).contains(count)
    else { throw Refusal("'n' must be a number of 1…\(gateway.maximumPictures), without quotes.") }
    return count
  }

  private static func format(_ json: JSONValue, _ gateway: Gateway) throws(Refusal) -> MediaType? {
    guard let first = gateway.outputFormats.first else { return nil }
    guard let name = try text(gateway.fields.outputFormat, json) else { return first }
    guard let format = gateway.outputFormats.first(where: { $0.name == name }) else {
      throw Refusal("'\(name)' is not an output format.")
    }
    return format
  }
}

extension JSONValue {
  /// The member at a dotted path.
  fileprivate subscript(path path: String) -> JSONValue? {
    path.split(separator: ".").reduce(self) { value, name in value?[String(name)] }
  }
}

extension FlatDialect {
  /// The reply to a request, in the shape of the gateway's dialect.
  ///
  /// - Parameters:
  ///   - addresses: The URLs of the pictures.
  ///   - pictures: The same pictures as bytes, for requests that want base64.
  static func reply(
    _ addresses: [String], _ pictures: [SimulatedModel.Answer], _ request: SimulatedRequest,
    _ gateway: Gateway, _ fault: Fault
  ) -> JSONValue {
    gateway.dialect == .v3 ? v3(addresses, request) : images(addresses, pictures, request, fault)
  }

  private static func v3(_ addresses: [String], _ request: SimulatedRequest) -> JSONValue {
    var document: [String: JSONValue] = ["image_urls": .array(addresses.map(JSONValue.string))]
    if request.isSearching {
      document["grounding_metadata"] = .object(["webSearchQueries": .array([.string(request.prompt)])])
    }
    return .object(document)
  }

  private static func images(
    _ addresses: [String], _ pictures: [SimulatedModel.Answer], _ request: SimulatedRequest, _ fault: Fault
  ) -> JSONValue {
    let data = zip(addresses, pictures).map { address, picture in
      JSONValue.object([
        "url": request.wantsBase64 ? .null : .string(address),
        "b64_json": request.wantsBase64 ? .string(Base64.encode(picture.bytes)) : .null,
        "mime_type": .string((fault.label ?? picture.mediaType).name),
      ])
    }
    return .object([
      "created": .number(1_780_000_000), "data": data.isEmpty ? .null : .array(data),
      "meta": .object(["usage": .object(["credits_used": .number(178_975)])]),
    ])
  }

  static func submitted(_ task: String) -> JSONValue {
    let holder = JSONValue.object(["status": .string("submitted"), "task_id": .string(task)])
    return .object(["code": .number(200), "data": .array([holder])])
  }

  /// The state of a task, in the shape that APIMart's pages show.
  ///
  /// - Parameter expires: The expiration of the addresses, in seconds since 1970.
  static func report(_ id: String, _ state: SimulatedTask.State, expires: Int) -> JSONValue {
    var task: [String: JSONValue] = ["id": .string(id), "status": .string(state.word)]
    switch state {
    case .running(let progress): task["progress"] = .number(Double(progress))
    case .failed(let message):
      let error: [String: JSONValue] = [
        "code": .number(500), "message": .string(message), "type": .string("server_error"),
      ]
      task["error"] = .object(error)
    case .done(let addresses):
      task["progress"] = .number(100)
      let images = addresses.map { address in
        JSONValue.object([
          "url": .array([.string(address)]), "expires_at": .number(Double(expires)),
        ])
      }
      task["result"] = .object(["images": .array(images)])
    }
    return .object(["code": .number(200), "data": .object(task)])
  }
}
