/// A URL path with placeholders, such as `/v1beta/models/{model}:generateContent`.
struct PathPattern: Sendable {
  private let components: [String]

  /// Parses a pattern. A query is ignored.
  init(_ text: String) {
    components = Self.components(of: text.prefix { $0 != "?" })
  }

  /// Matches a path.
  ///
  /// - Returns: The decoded values by placeholder name; `nil` if the path does not match.
  func match(_ path: Substring) -> [String: String]? {
    let parts = Self.components(of: path)
    guard parts.count == components.count else { return nil }
    var found: [String: String] = [:]
    for (component, part) in zip(components, parts) {
      guard let open = component.firstIndex(of: "{"), let close = component.lastIndex(of: "}") else {
        guard component == part else { return nil }
        continue
      }
      let (before, after) = (component[..<open], component[component.index(after: close)...])
      guard part.count > before.count + after.count, part.hasPrefix(before), part.hasSuffix(after) else {
        return nil
      }
      let text = String(part.dropFirst(before.count).dropLast(after.count))
      found[String(component[open...].dropFirst().prefix { $0 != "}" })] = Self.decoded(text)
    }
    return found
  }

  /// Decodes percent escapes (RFC 3986), such as `%2F` for `/`. Invalid escapes are kept.
  private static func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func components(of path: Substring) -> [String] {
    path.split(separator: "/").map(String.init)
  }
}
