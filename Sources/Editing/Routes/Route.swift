public import Gateways

/// A route to a gateway: the gateway, its base URL, and the source of its key.
public struct Route: Sendable {
  /// Shared storage: a gateway is a large value, and every edit in progress holds several copies of its
  /// route.
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

  /// The gateway.
  public var gateway: Gateway { storage.gateway }
  package var key: APIKey.Source { storage.key }
  package var baseURL: BaseURL { storage.baseURL }

  /// Creates a route.
  ///
  /// - Parameters:
  ///   - gateway: the gateway that requests are sent to.
  ///   - key: where the key is read from, at each edit; `nil`: the gateway's own environment variables.
  ///     Default: `nil`.
  ///   - baseURL: another host that speaks the gateway's dialect, such as a private route or the simulator;
  ///     `nil`: the environment variable `PLANTAIN_<ID>_URL` if set, otherwise the gateway's own base URL.
  ///     Default: `nil`.
  /// - Throws: `PlantainError` with exit status 78 when there is no usable base URL.
  public init(_ gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil) throws(PlantainError) {
    storage = Storage(
      gateway, key ?? .environment(gateway.keyVariables),
      try BaseURL(
        mostSpecific(
          commandLine: baseURL, environment: EnvironmentSettings.baseURL(for: gateway),
          configuration: gateway.baseURL), gateway))
  }
}
