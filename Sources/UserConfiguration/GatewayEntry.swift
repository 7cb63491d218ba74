import Editing
import Gateways
import Core
import Yams

/// One gateway of the configuration file: a change of a built-in gateway, or one of the user's own, which
/// starts as a copy of the built-in one with the same dialect.
struct GatewayEntry {
  var gateway: Gateway
  var key: APIKey.Source?

  static let names = [
    "like", "dialect", "url", "path", "task_path", "key_name", "key_file", "key_command", "authorization",
    "carrier", "models", "references", "picture_bytes", "request_bytes", "formats", "text_to_image",
    "idempotency_header", "idempotency_honored", "prices",
  ]

  /// - Parameter folder: the folder that relative paths are resolved against.
  init(
    _ id: String, line: Int, _ node: Node, folder: String
  ) throws(YAMLObject.Mistake) {
    guard let first = id.first, first.isLetter,
      id.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789-".contains($0) })
    else {
      throw YAMLObject.Mistake(
        line: line, message: "a gateway's name consists of a-z, 0-9 and -, and begins with a letter")
    }
    var object = try YAMLObject(node, "a gateway")
    gateway = try Self.start(id, line: line, &object)
    try readPlace(&object)
    gateway.authorization = try object.takeWord("authorization") ?? gateway.authorization
    gateway.takesPromptAlone = try object.takeSwitch("text_to_image") ?? gateway.takesPromptAlone
    try readCarrier(&object)
    try readKey(&object, folder: folder)
    try readLimits(&object)
    try readIdempotency(&object)
    try readModels(&object)
    try object.requireNothingLeft(known: Self.names)
  }

  private static func start(
    _ id: String, line: Int, _ object: inout YAMLObject
  ) throws(YAMLObject.Mistake) -> Gateway {
    let likeness = try object.take("like", expected: Gateway.all.map(\.id).joined(separator: ", ")) {
      Gateway.named($0)
    }
    let dialect = try object.takeWord("dialect", of: Gateway.Dialect.self)
    let known = Gateway.named(id)
    guard known == nil || likeness == nil && dialect == nil else {
      throw YAMLObject.Mistake(
        line: line, message: "\(id) is a built-in gateway with a fixed dialect; choose another name")
    }
    if let known { return known }
    guard let example = likeness ?? dialect?.example, dialect == nil || dialect == example.dialect else {
      throw YAMLObject.Mistake(
        line: line, message: "\(id) needs a dialect (\(dialectNames)), or like: with a built-in gateway")
    }
    var copy = Gateway(id, like: example)
    copy.documentation = "same as \(example.id), according to the configuration"
    return copy
  }

  private static var dialectNames: String {
    Gateway.Dialect.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private mutating func readPlace(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    try readPaths(&object)
    let line = object.line(of: "url")
    guard let url = try object.takeText("url") else { return }
    do throws(PlantainError) {
      gateway.baseURL = try BaseURL(url, gateway).text
    } catch {
      throw YAMLObject.Mistake(
        line: line, message: [error.message, error.hint].compactMap(\.self).joined(separator: ". "))
    }
  }

  private mutating func readPaths(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    let needsModel = gateway.fields.model == nil
    let kind = needsModel ? "a path that begins with / and contains {model}" : "a path that begins with /"
    gateway.path =
      try object.take("path", expected: kind) { text in
        text.hasPrefix("/") && (!needsModel || text.contains("{model}")) ? text : nil
      } ?? gateway.path
    guard case .task(var route) = gateway.mode else { return }
    route.path =
      try object.take("task_path", expected: "a path that begins with / and contains {task}") { text in
        text.hasPrefix("/") && text.contains("{task}") ? text : nil
      } ?? route.path
    gateway.mode = .task(route)
  }

  private mutating func readCarrier(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    let line = object.line(of: "carrier")
    let carrier = try object.take("carrier", expected: "base64 or data-uri") { text in
      Gateway.Carrier(rawValue: text).flatMap { $0 == .inlineData ? nil : $0 }
    }
    guard let carrier else { return }
    guard gateway.carrier != .inlineData else {
      throw YAMLObject.Mistake(line: line, message: "the native dialect does not support a choice of carrier")
    }
    gateway.carrier = carrier
  }

  private mutating func readKey(
    _ object: inout YAMLObject, folder: String
  ) throws(YAMLObject.Mistake) {
    let name = try object.take("key_name", expected: "the name of an environment variable") { text in
      text.allSatisfy { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) } ? text : nil
    }
    if let name { gateway.keyVariables = [name] }
    let line = object.line(of: "key_command")
    if let path = try object.takeText("key_file") {
      key = .file(ConfigurationPath.resolved(path, in: folder))
    }
    if let command = try object.takeText("key_command") {
      guard key == nil else {
        throw YAMLObject.Mistake(
          line: line, message: "expected key_file or key_command, not both")
      }
      key = .command(command)
    }
  }

  private mutating func readLimits(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    let count = try object.take("references", expected: "a whole number in 1…100") { text in
      Int(text).flatMap { (1...100).contains($0) ? $0 : nil }
    }
    gateway.limits.references = count ?? gateway.limits.references
    if let bytes = try object.take("picture_bytes", expected: "a size such as 7MB", ByteCount.init(parsing:))
    {
      gateway.limits.statedPictureBytes = bytes
      gateway.limits.counting = .file
    }
    gateway.limits.requestBytes =
      try object.take("request_bytes", expected: "a size such as 20MB", ByteCount.init(parsing:))
      ?? gateway.limits.requestBytes
    gateway.limits.formats =
      try object.takeList("formats", expected: "jpeg, png or webp") { text in
        ["jpeg", "png", "webp"].contains(text) ? MediaType("image/\(text)") : nil
      } ?? gateway.limits.formats
  }

  private mutating func readIdempotency(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    let header = try object.take("idempotency_header", expected: "the name of a header") { text in
      text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) } ? text : nil
    }
    if let header {
      gateway.idempotency = Gateway.Idempotency(header: header, isHonored: false)
    }
    let line = object.line(of: "idempotency_honored")
    guard let isHonored = try object.takeSwitch("idempotency_honored") else { return }
    guard gateway.idempotency != nil else {
      throw YAMLObject.Mistake(
        line: line, message: "idempotency_honored requires an idempotency_header")
    }
    gateway.idempotency?.isHonored = isHonored
  }

  private mutating func readModels(_ object: inout YAMLObject) throws(YAMLObject.Mistake) {
    if let ids = try object.takeList("models", expected: "a model id", { $0 }) {
      gateway.models = ids.map { gateway.model(named: $0) }
    }
    guard let (line, node) = object.take("prices") else { return }
    var prices: [Tier: Price] = [:]
    var entry = try YAMLObject(node, "prices")
    for tier in Tier.allCases {
      prices[tier] = try entry.take(
        tier.rawValue, expected: "a price such as 0.055 USD"
      ) { Money(parsing: $0).map { Price($0, .configuration) } }
    }
    try entry.requireNothingLeft(known: Tier.allCases.map(\.rawValue))
    guard !prices.isEmpty else {
      throw YAMLObject.Mistake(line: line, message: "prices contains no price")
    }
    // The prices are those of the default model; others may cost something else.
    gateway.models[0].prices.merge(prices) { $1 }
  }
}

extension Gateway.Dialect {
  /// The built-in gateway that a gateway of this dialect is copied from.
  fileprivate var example: Gateway? { Gateway.all.first { $0.dialect == self } }
}
