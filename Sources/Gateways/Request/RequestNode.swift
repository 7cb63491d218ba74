import Core

/// The JSON of a request, as a tree that preserves the order of members. Pictures are leaves and stay binary.
indirect enum RequestNode {
  /// A fragment of JSON text.
  case literal(String)
  case object([(name: String, value: RequestNode)])
  case array([RequestNode])
  /// A base64 string with a prefix, `head`.
  case picture(PictureContent, head: String)

  static func string(_ text: String) -> RequestNode { .literal(JSONValue.literal(text)) }
  static func bool(_ value: Bool) -> RequestNode { .literal(value ? "true" : "false") }
  static func number(_ value: Int) -> RequestNode { .literal("\(value)") }

  static var empty: RequestNode { .object([]) }

  /// Sets the member at a dotted path, and creates the objects on the way. Does nothing if the path is `nil`.
  mutating func set(_ path: String?, _ value: RequestNode) {
    guard let path else { return }
    set(path.split(separator: ".").map(String.init)[...], value)
  }

  private mutating func set(_ path: ArraySlice<String>, _ value: RequestNode) {
    guard let name = path.first else {
      self = value
      return
    }
    var members: [(name: String, value: RequestNode)] = []
    if case .object(let present) = self { members = present }
    let position = members.firstIndex { $0.name == name }
    var member = position.map { members[$0].value } ?? .empty
    member.set(path.dropFirst(), value)
    if let position { members[position].value = member } else { members.append((name, member)) }
    self = .object(members)
  }

  /// The body to send, made of JSON text and pictures.
  var body: RequestBody {
    var body = RequestBody()
    var text = ""
    write(to: &body, &text)
    body.append(text)
    return body
  }

  private func write(to body: inout RequestBody, _ text: inout String) {
    switch self {
    case .literal(let literal): text += literal
    case .picture(let content, let head):
      body.append(text + "\"" + head)
      body.appendBase64(content)
      text = "\""
    case .object(let members):
      Self.write(members, "{", "}", &text) { member, text in
        text += JSONValue.literal(member.name) + ":"
        member.value.write(to: &body, &text)
      }
    case .array(let elements):
      Self.write(elements, "[", "]", &text) { $0.write(to: &body, &$1) }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ begin: String, _ end: String, _ text: inout String,
    each: (Element, inout String) -> Void
  ) {
    text += begin
    for (position, element) in elements.enumerated() {
      if position > 0 { text += "," }
      each(element, &text)
    }
    text += end
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
