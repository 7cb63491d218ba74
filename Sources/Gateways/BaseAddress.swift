/// The address below which a gateway's paths lie, out of what people copy from its pages: the root of its API
/// (`https://host/v1beta`), or a whole endpoint (`https://host/v1beta/models/MODEL:generateContent`). What the gateway's path
/// brings itself would stand in the URL twice.
package struct BaseAddress {
  private let path: [Substring]

  /// - Parameter path: a gateway's, from its base URL on, such as `/v1beta/models/{model}:generateContent`.
  package init(before path: String) {
    self.path = Self.segments(path)
  }

  /// - Parameter address: without query and fragment.
  /// - Returns: its beginning, without a trailing slash.
  package func base(of address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let start = address[scheme.upperBound...].firstIndex(of: "/") ?? address.endIndex
    var rest = Self.segments(address[start...])
    while let cut = rest.indices.first(where: { isRepeated(rest[$0...]) }) { rest.removeSubrange(cut...) }
    return String(address[..<(rest.last?.endIndex ?? start)])
  }

  /// Whether a URL's last segments come with the path again, as they are or as another endpoint of the same API.
  private func isRepeated(_ tail: ArraySlice<Substring>) -> Bool {
    if isBeginningOfPath(tail) { return true }
    guard let first = tail.first, let start = path.first else { return false }
    // Where the path has no version, that of the URL is needed.
    if Self.isVersion(first), Self.isVersion(start) {
      return tail.count == 1 || Self.isRoute(tail.dropFirst())
    }
    return tail.count > 1 && Self.isEndpoint(tail)
  }

  private func isBeginningOfPath(_ tail: ArraySlice<Substring>) -> Bool {
    guard tail.count <= path.count, zip(tail, path).allSatisfy({ Self.fits($0, $1) }) else { return false }
    // A path of nothing but a model's name would fit everything.
    return zip(tail, path).contains { !$1.contains("{") }
  }

  /// - Parameter pattern: a path's segment, in which a name in braces stands for anything.
  private static func fits(_ segment: Substring, _ pattern: Substring) -> Bool {
    guard let brace = pattern.firstIndex(of: "{"), let end = pattern.lastIndex(of: "}") else {
      return segment == pattern
    }
    let (start, rest) = (pattern[..<brace], pattern[pattern.index(after: end)...])
    return segment.count > start.count + rest.count && segment.hasPrefix(start) && segment.hasSuffix(rest)
  }

  /// `v1`, `v1beta`, `v1alpha2`.
  private static func isVersion(_ segment: Substring) -> Bool {
    let segment = segment.lowercased()
    guard segment.first == "v" else { return false }
    let stage = segment.dropFirst().trimmingPrefix { $0.isNumber }
    guard stage.count < segment.count - 1 else { return false }
    return ["", "alpha", "beta"].contains(stage.prefix { !$0.isNumber })
      && stage.drop { !$0.isNumber }.allSatisfy(\.isNumber)
  }

  /// What such APIs have below a version.
  private static let routes: Set<String> = [
    "models", "images", "chat", "completions", "responses", "messages", "tasks", "uploads", "files", "openai",
    "embeddings", "audio", "videos", "interactions", "moderations",
  ]

  private static func isRoute(_ tail: ArraySlice<Substring>) -> Bool {
    tail.count <= 3 && tail.first.map { routes.contains($0.lowercased()) } ?? false
  }

  /// Of those, what is an endpoint also without a version before it.
  private static func isEndpoint(_ tail: ArraySlice<Substring>) -> Bool {
    guard isRoute(tail), let last = tail.last?.lowercased() else { return false }
    return last.contains(":") || ["generations", "edits", "variations", "completions"].contains(last)
  }

  private static func segments(_ text: some StringProtocol) -> [Substring] {
    Substring(text).prefix { $0 != "?" }.split(separator: "/")
  }
}
