#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An IP address, and whether it is public. An untrusted URL must not make this machine send requests to
/// itself or to its local network.
struct NetworkAddress: Equatable, Sendable {
  /// Four bytes (IPv4) or sixteen (IPv6), in network byte order.
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The blocks that are not public (IANA special-purpose registries for IPv4 and IPv6), with their prefix
  /// length in bits.
  private static let closedIPv4: [([UInt8], Int)] = [
    ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
    ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
    ([203, 0, 113], 24), ([224], 4), ([240], 4),
  ]
  private static let closedIPv6: [([UInt8], Int)] = [
    ([0x01, 0x00, 0, 0, 0, 0, 0, 0], 64), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x3F, 0xFF], 20), ([0xFC], 7),
    ([0xFE, 0x80], 10), ([0xFE, 0xC0], 10), ([0xFF], 8),
  ]

  /// Whether the address, or the IPv4 address embedded in it, is in no special-purpose block.
  var isPublic: Bool {
    if bytes.count == 4 { return !Self.closedIPv4.contains { Self.begins(bytes, with: $0.0, bits: $0.1) } }
    guard bytes.count == 16 else { return false }
    if let inner = embeddedIPv4 { return NetworkAddress(inner).isPublic }
    return !Self.closedIPv6.contains { Self.begins(bytes, with: $0.0, bits: $0.1) }
  }

  /// The IPv4 address that is embedded in an IPv6 address: mapped and compatible (RFC 4291), NAT64 (RFC
  /// 6052), 6to4 (RFC 3056), Teredo (RFC 4380, inverted), and ISATAP (RFC 5214).
  private var embeddedIPv4: [UInt8]? {
    let last = Array(bytes[12...])
    let zeros = [UInt8](repeating: 0, count: 10)
    if bytes.starts(with: zeros + [0xFF, 0xFF]) || bytes.starts(with: zeros + [0, 0]) { return last }
    if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return last }
    if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2..<6]) }
    if bytes.starts(with: [0x20, 0x01, 0, 0]) { return last.map { ~$0 } }
    if Array(bytes[9..<12]) == [0, 0x5E, 0xFE] { return last }
    return nil
  }

  private static func begins(_ address: [UInt8], with prefix: [UInt8], bits: Int) -> Bool {
    for bit in 0..<bits {
      let mask = UInt8(0x80) >> (bit % 8)
      let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
      if (address[bit / 8] ^ wanted) & mask != 0 { return false }
    }
    return true
  }

  /// The address in the notation of a URL's host, without brackets.
  var text: String {
    var room = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &room, socklen_t(room.count))
    return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Resolves a host name to all its addresses; empty on failure. Blocks.
  static func resolve(_ host: String) -> [NetworkAddress] {
    var hints = addrinfo()
    // Returns one entry per address, instead of one per address and socket type.
    hints.ai_protocol = Int32(IPPROTO_TCP)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [NetworkAddress] = []
    var entry = list
    while let info = entry?.pointee {
      if let address = info.ai_addr.flatMap(read) { found.append(address) }
      entry = info.ai_next
    }
    return found
  }

  private static func read(_ address: UnsafeMutablePointer<sockaddr>) -> NetworkAddress? {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) {
        NetworkAddress([UInt8]($0))
      }
    case AF_INET6:
      return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
        NetworkAddress([UInt8]($0))
      }
    default: return nil
    }
  }
}
