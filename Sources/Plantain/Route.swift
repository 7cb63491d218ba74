public import Gateways

/// A way to a gateway: which one, under which address, with which key.
public struct Route: Sendable {
  public let gateway: Gateway
  let key: APIKey.Source
  let baseURL: BaseURL

  /// - Parameters:
  ///   - key: where the key is read from, at each edit. `nil`: the gateway's own environment variables.
  ///   - baseURL: another host that speaks the gateway's dialect, such as a private route or the simulator.
  ///     `nil`: what `PLANTAIN_<ID>_URL` says in the environment, else the gateway's own.
  /// - Throws: 78 when there is no usable address.
  public init(_ gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil) throws(PlantainError) {
    self.gateway = gateway
    self.key = key ?? .environment(gateway.keyVariables)
    self.baseURL = try BaseURL(
      baseURL ?? EnvironmentSettings.baseURL(for: gateway) ?? gateway.baseURL, gateway)
  }
}
