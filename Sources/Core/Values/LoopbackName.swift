/// Recognizes loopback hosts by their name, without a resolver.
package enum LoopbackName {
  /// - Parameter host: the host of a URL, without its port. An IPv6 address may be in brackets.
  package static func matches(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.first == 127 && numbers.allSatisfy { $0 != nil }
  }
}
