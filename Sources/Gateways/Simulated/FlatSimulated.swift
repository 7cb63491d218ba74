import Base64
import Core

/// The dialects whose request is one flat JSON object. It is read strictly, by the gateway's own table of
/// names: a name that the gateway's pages do not document is refused, so that a mistake shows here and not on
/// a bill.
enum FlatSimulated {
  /// - Parameter furtherNames: Names that are accepted besides those in the gateway's table.
  static func read(
    _ json: JSONValue, _ endpoint: SimulatedEndpoint, furtherNames: Set<String> = []
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    let (gateway, model) = (endpoint.gateway, endpoint.model)
    let fields = gateway.fields
    try refuseStrangers(in: json, gateway.fields, furtherNames)
    var request = SimulatedRequest(model)
    guard let prompt = json[path: fields.prompt]?.string, !prompt.isEmpty else {
      throw SimulatedRefusal("'\(fields.prompt)' is required.")
    }
    request.prompt = prompt
    try readReferences(json, endpoint, into: &request)
    if let text = try text(fields.ratio, json) { try request.take(ratio: text, endpoint) }
    if let text = try text(fields.tier, json) { try request.take(tier: text, endpoint) }
    request.count = try count(json, fields, gateway)
    request.format = try format(json, gateway)
    let searches = [fields.webSearch, fields.imageSearch].map { $0.flatMap { json[path: $0]?.bool } ?? false }
    guard !searches[1] || searches[0] || !gateway.imageSearchNeedsWebSearch else {
      throw SimulatedRefusal("Image search must be used together with web search.")
    }
    request.isSearching = searches.contains(true)
    if let name = fields.officialFallback, json[path: name]?.bool == true, model.isOfficialChannel {
      throw SimulatedRefusal("'\(name)' cannot be used with \(model.id).")
    }
    return request
  }

  private static func refuseStrangers(
    in json: JSONValue, _ fields: RequestFields, _ furtherNames: Set<String>
  ) throws(SimulatedRefusal) {
    let paths = [
      fields.model, fields.prompt, fields.references, fields.addresses, fields.ratio, fields.tier,
      fields.count,
      fields.outputFormat, fields.webSearch, fields.imageSearch, fields.officialFallback, fields.thinking,
    ]
    let known = furtherNames.union(paths.compactMap { $0.map { String($0.prefix { $0 != "." }) } })
    guard json.isObject else { throw SimulatedRefusal("The body must be a JSON object.") }
    if let stranger = json.members.keys.sorted().first(where: { !known.contains($0) }) {
      throw SimulatedRefusal("Unrecognized key: '\(stranger)'.")
    }
  }

  private static func readReferences(
    _ json: JSONValue, _ endpoint: SimulatedEndpoint, into request: inout SimulatedRequest
  ) throws(SimulatedRefusal) {
    let gateway = endpoint.gateway
    let fields = gateway.fields
    var items = json[path: fields.references]?.elements.map { ($0, true) } ?? []
    if let name = fields.addresses, name != fields.references {
      items += json[path: name]?.elements.map { ($0, false) } ?? []
    }
    guard items.count <= gateway.limits.references else {
      throw SimulatedRefusal("Array must contain at most \(gateway.limits.references) element(s).")
    }
    guard !items.isEmpty || gateway.takesPromptAlone else { throw SimulatedRefusal("An image is required.") }
    for (item, mayBeBytes) in items {
      guard let text = item.string else { throw SimulatedRefusal("An image must be a string.") }
      if isAddress(text), fields.addresses != nil { continue }
      guard mayBeBytes else { throw SimulatedRefusal("'\(text.prefix(40))' is not an http(s) URL.") }
      let (bytes, label) = try picture(text, gateway)
      try request.take(bytes, labeled: label, endpoint)
    }
    // The simulator fetches nothing, so that it needs no network.
    guard items.isEmpty || !request.pictures.isEmpty else {
      throw SimulatedRefusal("The simulator fetches nothing: the picture to edit must come as bytes.")
    }
  }

  private static func isAddress(_ text: String) -> Bool {
    ["https://", "http://"].contains { text.lowercased().hasPrefix($0) }
  }

  private static func picture(
    _ text: String, _ gateway: Gateway
  ) throws(SimulatedRefusal) -> (bytes: PictureBytes, label: String?) {
    do {
      if gateway.carrier == .dataURI {
        guard DataURI.isDataURI(text) else { throw SimulatedRefusal("Must use the full Data URI format.") }
        let uri = try DataURI(parsing: text)
        return (uri.bytes, uri.mediaType.name)
      }
      guard !DataURI.isDataURI(text) else { throw SimulatedRefusal("Base64 without a prefix is expected.") }
      return (try Base64.decodeForgiving(text), nil)
    } catch let refusal as SimulatedRefusal {
      throw refusal
    } catch {
      throw SimulatedRefusal("An image is not valid base64.")
    }
  }

  private static func text(_ name: String?, _ json: JSONValue) throws(SimulatedRefusal) -> String? {
    guard let name, let value = json[path: name] else { return nil }
    guard let text = value.string else { throw SimulatedRefusal("'\(name)' must be a string.") }
    return text
  }

  private static func count(
    _ json: JSONValue, _ fields: RequestFields, _ gateway: Gateway
  ) throws(SimulatedRefusal) -> Int {
    guard let value = json[path: fields.count ?? "n"] else { return 1 }
    guard case .number(let number) = value, let count = Int(exactly: number),
      (1...gateway.maximumPictures).contains(count)
    else { throw SimulatedRefusal("'n' must be a number of 1…\(gateway.maximumPictures), without quotes.") }
    return count
  }

  private static func format(_ json: JSONValue, _ gateway: Gateway) throws(SimulatedRefusal) -> MediaType? {
    guard let first = gateway.outputFormats.first else { return nil }
    guard let name = try text(gateway.fields.outputFormat, json) else { return first }
    guard let format = gateway.outputFormats.first(where: { $0.name == name }) else {
      throw SimulatedRefusal("'\(name)' is not an output format.")
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
