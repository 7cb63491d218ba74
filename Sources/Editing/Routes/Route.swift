public import Gateways

/// A way to a gateway: which one, under which address, with which key.
public struct Route: Sendable {
  /// Shared: a gateway is a large value, and every edit under way holds several copies of its route.
  private final class Storage: Sendable {
    let gateway: Gateway
    let key: APIKey.Source
    let baseURL: BaseURL

    init(_ gateway: Gateway, _ key: APIKey.Source, _ baseURL: BaseURL) {
      self.gateway = gateway
      self.key = key
      self.baseURL = baseURL
    }
  }

  private let storage: Storage

  public var gateway: Gateway { storage.gateway }
  package var key: APIKey.Source { storage.key }
  package var baseURL: BaseURL { storage.baseURL }

  /// - Parameters:
  ///   - key: where the key is read from, at each edit. `nil`: the gateway's own environment variables.
  ///   - baseURL: another host that speaks the gateway's dialect, such as a private route or the simulator.
  ///     `nil`: what `PLANTAIN_<ID>_URL` says in the environment, else the gateway's own.
  /// - Throws: 78 when there is no usable address.
  public init(_ gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil) throws(PlantainError) {
    storage = Storage(
      gateway, key ?? .environment(gateway.keyVariables),
      try BaseURL(baseURL ?? EnvironmentSettings.baseURL(for: gateway) ?? gateway.baseURL, gateway))
  }
}
