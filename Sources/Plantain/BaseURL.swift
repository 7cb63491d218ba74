import Gateways

/// The address of a gateway, checked.
struct BaseURL {
  /// Without a trailing slash.
  let text: String
  /// Host and port, for messages.
  let host: String

  /// - Throws: 78 for anything but `https://HOST…`, or `http://` on the loopback interface: a key and a private
  ///   picture do not travel in the open.
  init(_ text: String?, _ gateway: Gateway) throws(PlantainError) {
    guard let text, !text.isEmpty else {
      throw PlantainError(
        .configuration, .configuration, "there is no address for \(gateway.id)",
        hint: "Give --base-url, or set PLANTAIN_\(gateway.id.uppercased())_URL.", subject: gateway.id)
    }
    func bad(_ why: String) -> PlantainError {
      PlantainError(
        .configuration, .configuration, "cannot use the base URL \(text): \(why)",
        hint: "Expected something like https://api.example.com.", subject: gateway.id)
    }
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard ["http", "https"].contains(scheme), text.dropFirst(scheme.count).hasPrefix("://") else {
      throw bad("it does not begin with https://")
    }
    let authority = text.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
    guard !authority.isEmpty, !authority.contains("@"), !text.contains("?"), !text.contains("#") else {
      throw bad("it needs a host, and no user, query or fragment")
    }
    guard text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }) else {
      throw bad("it holds spaces or other characters that a URL cannot have")
    }
    if scheme == "http", !Self.isLoopback(authority) {
      throw bad("without TLS only 127.0.0.1, [::1] and localhost are allowed")
    }
    var trimmed = text
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.text = trimmed
    host = String(authority)
  }

  private static func isLoopback(_ authority: Substring) -> Bool {
    if authority.hasPrefix("[::1]") { return true }
    let name = authority.prefix { $0 != ":" }
    if name.lowercased() == "localhost" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.first == 127 && numbers.allSatisfy { $0 != nil }
  }
}
