import Core
package import Gateways

/// The validated base URL of a gateway.
package struct BaseURL {
  /// The URL to which the gateway's path is appended, without a trailing slash. A URL that already contains
  /// the path is accepted and shortened.
  package let text: String
  /// The host and port, for messages.
  package let host: String

  /// - Throws: `configuration` for anything but `https://HOST…`, or `http://` on the loopback interface: keys
  ///   and private pictures are not sent unencrypted.
  package init(_ text: String?, _ gateway: Gateway) throws(PlantainError) {
    guard let text, !text.isEmpty else {
      throw PlantainError(
        .configuration, .configuration, "no base URL is set for \(gateway.id)",
        hint: "Add `base-url`, or set \(gateway.addressVariable).", subject: gateway.id)
    }
    let endpoint = EndpointPath(gateway.path)
    func bad(_ why: String, better: String = "https://api.example.com") -> PlantainError {
      // A text that does not look like a URL may be a key given by mistake, so it is not shown.
      let shown = text.contains("://") ? " " + text.withoutURLSecrets : ""
      return PlantainError(
        .configuration, .configuration, "cannot use the base URL\(shown): \(why)",
        hint: "Give a URL such as \(better).", subject: gateway.id)
    }
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard ["http", "https"].contains(scheme), text.dropFirst(scheme.count).hasPrefix("://") else {
      throw bad("it does not begin with https://")
    }
    let authority = String(text.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) })
    guard !authority.contains("@"), !text.contains("?"), !text.contains("#") else {
      let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
      let path = text.dropFirst(scheme.count + 3 + authority.count).prefix { $0 != "?" && $0 != "#" }
      throw bad(
        "it must not contain a user name, a query or a fragment",
        better: endpoint.base(of: "\(scheme)://\(host)\(path)"))
    }
    guard let name = Self.hostName(authority) else { throw bad("\(authority) is not HOST or HOST:PORT") }
    guard text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }) else {
      throw bad("it contains spaces or other characters that a URL cannot have")
    }
    if scheme == "http", !LoopbackName.matches(name) {
      throw bad("without TLS only 127.0.0.1, [::1] and localhost are allowed")
    }
    self.text = endpoint.base(of: text)
    host = authority
  }

  /// The host without its port; `nil` when there is none, or the port is not 1…65535.
  private static func hostName(_ authority: String) -> String? {
    var name = authority
    let bracket = authority.lastIndex(of: "]")
    if let colon = authority.lastIndex(of: ":"), bracket.map({ colon > $0 }) ?? true {
      let digits = authority[authority.index(after: colon)...]
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
        (1...65_535).contains(port)
      else { return nil }
      name = String(authority[..<colon])
    }
    if bracket != nil { return name.hasPrefix("[") && name.hasSuffix("]") && name.count > 2 ? name : nil }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let wellFormed =
      !name.contains(":") && !name.contains("[") && labels.allSatisfy { !$0.isEmpty && $0.count < 64 }
    return wellFormed ? name : nil
  }
}
