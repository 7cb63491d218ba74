import Core
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
  /// - Throws: `PlantainError` with the code `configuration` when there is no usable base URL, or the gateway
  ///   cannot be used as it is described, such as one without models.
  public init(_ gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil) throws(PlantainError) {
    try gateway.check()
    storage = Storage(
      gateway, key ?? .environment(gateway.keyVariables),
      try BaseURL(
        mostSpecific(
          commandLine: baseURL, environment: EnvironmentSettings.baseURL(for: gateway),
          configuration: gateway.baseURL), gateway))
  }
}

extension Gateway {
  /// Checks what requests take for granted. Gateways of the catalog have it; those of a program may not.
  fileprivate func check() throws(PlantainError) {
    func bad(_ why: String, _ hint: String) -> PlantainError {
      PlantainError(
        .configuration, .configuration, "cannot use the gateway \(id): \(why)", hint: hint, subject: id)
    }
    guard !models.isEmpty else { throw bad("it has no model", "Describe at least one model.") }
    for model in models where model.tiers.isEmpty || model.ratios.isEmpty {
      throw bad(
        "its model \(model.id) has no tier or no aspect ratio", "Describe at least one of each.")
    }
    let marks = [(path, fields.model == nil ? "{model}" : ""), (taskRoute?.path ?? "/{task}", "{task}")]
    for (path, mark) in marks where !path.hasPrefix("/") || !mark.isEmpty && !path.contains(mark) {
      throw bad(
        "its path \(path) does not begin with /, or lacks \(mark)", "Give a path such as /v1/\(mark).")
    }
    guard limits.references > 0, maximumPictures > 0, limits.requestBytes.bytes > 0 else {
      throw bad("its limits must be positive", "Raise them.")
    }
    guard (carrier == .inlineData) == (dialect == .nativeGemini) else {
      throw bad("its carrier does not fit its dialect", "The native dialect has inlineData, and only it.")
    }
  }
}
