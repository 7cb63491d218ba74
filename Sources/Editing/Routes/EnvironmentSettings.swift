package import Gateways

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Settings from environment variables, for values that the caller does not give.
package enum EnvironmentSettings {
  /// The base URL from `PLANTAIN_<ID>_URL`, if set.
  package static func baseURL(for gateway: Gateway) -> String? {
    variable(gateway.addressVariable)
  }

  /// The value of a variable; `nil` if it is unset or empty.
  package static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
