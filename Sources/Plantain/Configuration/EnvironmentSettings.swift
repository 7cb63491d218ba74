import Gateways

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the environment says where a caller says nothing.
public enum EnvironmentSettings {
  /// The gateways of these names, which commas separate, else those that `PLANTAIN_GATEWAY` names. There is no silent
  /// fallback.
  ///
  /// - Returns: at least one.
  /// - Throws: 64 for an unknown or repeated name, 78 when there is none at all.
  public static func gateways(named names: String?) throws(PlantainError) -> [Gateway] {
    if let names = names ?? variable("PLANTAIN_GATEWAY") {
      var gateways: [Gateway] = []
      for name in names.split(separator: ",", omittingEmptySubsequences: false) {
        let gateway = try gateway(called: String(name))
        guard !gateways.contains(where: { $0.id == gateway.id }) else {
          throw .usage("the gateway \(name) is named twice", hint: "Name each once, in the order to try.")
        }
        gateways.append(gateway)
      }
      return gateways
    }
    throw PlantainError(
      .configuration, .configuration, "no gateway is chosen",
      hint:
        "Add --gateway ID or set PLANTAIN_GATEWAY (\(known)). To try without an account: --gateway simulator."
    )
  }

  /// The first of them, where none is needed.
  ///
  /// - Throws: 64 for an unknown name.
  public static func chosenGateway(named names: String?) throws(PlantainError) -> Gateway? {
    guard names != nil || variable("PLANTAIN_GATEWAY") != nil else { return nil }
    return try gateways(named: names)[0]
  }

  private static func gateway(called id: String) throws(PlantainError) -> Gateway {
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
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
