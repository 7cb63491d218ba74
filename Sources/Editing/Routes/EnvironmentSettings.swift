package import Gateways

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the environment says where a caller says nothing.
package enum EnvironmentSettings {
  /// The address that `PLANTAIN_<ID>_URL` gives, if any.
  package static func baseURL(for gateway: Gateway) -> String? {
    variable(gateway.addressVariable)
  }

  /// An empty variable counts as none.
  package static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
