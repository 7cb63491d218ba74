/// Normalizes a base URL that a user copied from a gateway's documentation: the root of the API
/// (`https://host/v1beta`) or a whole endpoint (`https://host/v1beta/models/MODEL:generateContent`).
/// Trailing segments that the gateway's own path repeats are removed; otherwise they would appear in the URL
/// twice.
package struct EndpointPath {
  private let path: [Substring]

  /// - Parameter path: The path of a gateway, relative to its base URL, such as
  ///   `/v1beta/models/{model}:generateContent`.
  package init(_ path: String) {
    self.path = Self.segments(path)
  }

  /// Returns the base URL within `address`.
  ///
  /// - Parameter address: A URL without query and fragment.
  /// - Returns: A prefix of `address`, without a trailing slash.
  package func base(of address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let start = address[scheme.upperBound...].firstIndex(of: "/") ?? address.endIndex
    var rest = Self.segments(address[start...])
    while let cut = rest.indices.first(where: { isRepeated(rest[$0...]) }) { rest.removeSubrange(cut...) }
    return String(address[..<(rest.last?.endIndex ?? start)])
  }

  /// Whether the last segments of a URL repeat the path, literally or as another endpoint of the same API.
  private func isRepeated(_ tail: ArraySlice<Substring>) -> Bool {
    if isBeginningOfPath(tail) { return true }
    guard let first = tail.first, let start = path.first else { return false }
    // If the path has no version, the URL must keep its own.
    if Self.isVersion(first), Self.isVersion(start) {
      return tail.count == 1 || Self.isRoute(tail.dropFirst())
    }
    return tail.count > 1 && Self.isEndpoint(tail)
  }

  private func isBeginningOfPath(_ tail: ArraySlice<Substring>) -> Bool {
    guard tail.count <= path.count, zip(tail, path).allSatisfy({ Self.fits($0, $1) }) else { return false }
    // A pattern that consists of the model's name only would match everything.
    return zip(tail, path).contains { !$1.contains("{") }
  }

  /// Whether `segment` matches `pattern`.
  ///
  /// - Parameter pattern: A segment of the path, in which a name in braces matches any text.
  private static func fits(_ segment: Substring, _ pattern: Substring) -> Bool {
    guard let brace = pattern.firstIndex(of: "{"), let end = pattern.lastIndex(of: "}") else {
      return segment == pattern
    }
    let (start, rest) = (pattern[..<brace], pattern[pattern.index(after: end)...])
    return segment.count > start.count + rest.count && segment.hasPrefix(start) && segment.hasSuffix(rest)
  }

  /// Whether a segment is an API version, such as `v1`, `v1beta`, or `v1alpha2`.
  private static func isVersion(_ segment: Substring) -> Bool {
    let segment = segment.lowercased()
    guard segment.first == "v" else { return false }
    let stage = segment.dropFirst().trimmingPrefix { $0.isNumber }
    guard stage.count < segment.count - 1 else { return false }
    return ["", "alpha", "beta"].contains(stage.prefix { !$0.isNumber })
      && stage.drop { !$0.isNumber }.allSatisfy(\.isNumber)
  }

  /// Segments that follow the version in APIs of this kind.
  private static let routes: Set<String> = [
    "models", "images", "chat", "completions", "responses", "messages", "tasks", "uploads", "files", "openai",
    "embeddings", "audio", "videos", "interactions", "moderations",
  ]

  private static func isRoute(_ tail: ArraySlice<Substring>) -> Bool {
    tail.count <= 3 && tail.first.map { routes.contains($0.lowercased()) } ?? false
  }

  /// Whether these segments are a route that is recognizable as an endpoint without a version before it.
  private static func isEndpoint(_ tail: ArraySlice<Substring>) -> Bool {
    guard isRoute(tail), let last = tail.last?.lowercased() else { return false }
    return last.contains(":") || ["generations", "edits", "variations", "completions"].contains(last)
  }

  private static func segments(_ text: some StringProtocol) -> [Substring] {
    Substring(text).prefix { $0 != "?" }.split(separator: "/")
  }
}
