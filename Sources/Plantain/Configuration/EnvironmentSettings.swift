import Gateways

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the environment says where a caller says nothing.
public enum EnvironmentSettings {
  /// The gateway of that name, else the one that `PLANTAIN_GATEWAY` names. There is no silent fallback.
  ///
  /// - Throws: 64 for an unknown name, 78 when there is none at all.
  public static func gateway(named name: String?) throws(PlantainError) -> Gateway {
    if let gateway = try chosenGateway(named: name) { return gateway }
    throw PlantainError(
      .configuration, .configuration, "no gateway is chosen",
      hint:
        "Add --gateway ID or set PLANTAIN_GATEWAY (\(known)). To try without an account: --gateway simulator."
    )
  }

  /// The same, where none is needed.
  ///
  /// - Throws: 64 for an unknown name.
  public static func chosenGateway(named name: String?) throws(PlantainError) -> Gateway? {
    guard let id = name ?? variable("PLANTAIN_GATEWAY") else { return nil }
    guard let gateway = Gateway.named(id) else {
      throw .usage("there is no gateway called \(id)", hint: "Known are: \(known).")
    }
    return gateway
  }

  /// The address that `PLANTAIN_<ID>_URL` gives, if any.
  public static func baseURL(for gateway: Gateway) -> String? {
    variable("PLANTAIN_\(gateway.id.uppercased())_URL")
  }

  private static var known: String { Gateway.all.map(\.id).joined(separator: ", ") }

  /// An empty variable counts as none.
  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
